"""A question to a class: each student's own answer, and on the teacher's screen all of them.

Both look again every few seconds, so that a screen changes by what happens elsewhere.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import nt, t
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.votes import Asked, as_csv, ask_anew, counts, is_told, tell, vote, vote_of
from resnet_explorer.lessons.votes_svg import votes_svg
from resnet_explorer.lessons.words import as_safe_markdown
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal, shown_refusal
from resnet_explorer.ui.serving.visitor import browser_name
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg

EVERY: Final = 2.0
"""Seconds between two looks."""
VOTES: Final = "_votes"
"""Names the place of what is refused here, for it is beside the page."""


@polling(EVERY)
def ask_student(asked: Asked, key: str) -> None:
    """A student's answer, which may be changed until the right one is told; nothing of that before.

    Args:
        asked: the question.
        key: begins the keys of the widgets.
    """
    show_kept_refusal(place=VOTES)
    with shown_refusal():
        browser, told = browser_name(), is_told(asked)
        mine = vote_of(asked, browser)
        widget = f"{key}_vote"
        if st.session_state.setdefault(widget, mine) != mine:
            st.session_state[widget] = mine  # in another tab, or forgotten, as the class is asked anew
        st.radio(
            t("Your answer"),
            range(len(asked.question.choices)),
            index=None,
            format_func=lambda place: as_safe_markdown(asked.question.choices[place]),
            key=widget,
            disabled=told,
            on_change=_vote,
            args=(asked, browser, widget),
            label_visibility="collapsed",
        )
        if told:
            show_verdict(asked.question, mine)
            show_svg(votes_svg(asked.question, counts(asked), is_told=True), f"{key}_bars")
        elif mine is None:
            st.caption(t("Nobody sees who answered what."))
        else:
            st.caption(t("It is counted; you may change it until the answer is told."))


@polling(EVERY)
def show_class(asked: Asked, key: str) -> None:
    """How many answered, for the teacher: what they answered, and the right answer, when he wishes.

    Args:
        asked: the question.
        key: begins the keys of the widgets.
    """
    show_kept_refusal(place=VOTES)
    with shown_refusal():
        found, told = counts(asked), is_told(asked)
        # First, for below bars and reasons it would be out of a small screen.
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            seen = answers_row(asked, key, sum(found), told) or told
            if not told:
                st.button(
                    t("Tell the answer"),
                    key=f"{key}_tell",
                    type="primary",
                    on_click=kept_refusal(VOTES)(tell),
                    args=(asked,),
                )
            save_button(t("CSV"), partial(as_csv, asked), "answers.csv", key=f"{key}_csv")
        if seen:
            show_svg(votes_svg(asked.question, found, is_told=told), f"{key}_bars")
        else:
            for choice in asked.question.choices:
                st.markdown(f"- {as_safe_markdown(choice)}")
        if told:
            st.markdown(as_safe_markdown(asked.question.why))


def answers_row(asked: Asked, key: str, total: int, told: bool) -> bool:
    """How many answered, whether their answers are seen, and, once the right one is told, to ask anew.

    Args:
        asked: the question.
        key: begins the keys of the widgets.
        total: how many answered.
        told: whether the right answer is known to the class.

    Returns:
        Whether the teacher wishes to see the bars.
    """
    words = nt("**{count} answer**", "**{count} answers**", total)
    st.markdown(words.format(count=total), width="content")
    seen = st.toggle(t("Bars"), key=f"{key}_seen", persist_state="session")
    if told:
        st.button(t("Ask anew"), key=f"{key}_anew", on_click=kept_refusal(VOTES)(ask_anew), args=(asked,))
    return seen


@kept_refusal(VOTES)
def _vote(asked: Asked, browser: str, widget: str) -> None:
    choice = st.session_state[widget]
    if choice is not None:
        vote(asked, browser, choice)


def show_verdict(question: Question, answer: int | None) -> None:
    """Whether an answer is right, which one is, and why."""
    right = " · ".join(as_safe_markdown(question.choices[place]) for place in sorted(question.right))
    words = t("**{right}: so it is.**") if answer in question.right else t("It is: **{right}**.")
    told = words.format(right=right) + " " + as_safe_markdown(question.why)
    (st.success if answer in question.right else st.info)(told)
