"""The question of a step: its answer is told to who answered, and not before."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.store import is_own, written_question
from resnet_explorer.lessons.votes import Asked
from resnet_explorer.lessons.words import as_safe_markdown
from resnet_explorer.ui.app.page_list import STEMS
from resnet_explorer.ui.lessons.class_view import ask_student, show_class, show_verdict
from resnet_explorer.ui.lessons.current import Place
from resnet_explorer.ui.serving.visitor import role


def question_button(here: Place, question: Question) -> None:
    """What opens the question.

    Args:
        here: the step that asks.
        question: what it asks.
    """
    key = f"_asked_{here.name}_{here.number}"
    with st.popover(t("Question"), key=f"{key}_open", type="primary", width="content"):
        st.markdown(f"**{as_safe_markdown(question.words)}**")
        who = role()
        if who == "owner" or (who == "student" and is_own(here.name)):
            _ask_alone(key, question)
        else:
            asked = Asked(here.name, question, written_question(here.name, here.number, STEMS))
            (show_class if who == "teacher" else ask_student)(asked, key)


def _ask_alone(key: str, question: Question) -> None:
    """One's own answer, and whether it is right."""
    state = st.session_state
    number, shown = f"{key}_number", f"{key}_shown"
    answer = st.radio(
        t("Your answer"),
        range(len(question.choices)),
        index=None,
        format_func=lambda place: as_safe_markdown(question.choices[place]),
        key=f"{key}_{state.get(number, 0)}",
        disabled=state.get(shown, False),
        label_visibility="collapsed",
        persist_state="session",
    )
    if not state.get(shown):
        st.button(
            t("Show"),
            key=f"{key}_show",
            disabled=answer is None,
            on_click=state.update,
            args=({shown: True},),
        )
        return
    show_verdict(question, answer)
    again = {shown: False, number: state.get(number, 0) + 1}
    st.button(t("Ask again"), key=f"{key}_again", type="tertiary", on_click=state.update, args=(again,))
