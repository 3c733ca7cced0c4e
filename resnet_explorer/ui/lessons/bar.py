"""The bar of a lesson: in the menu's line the steps, below it what is said of this one, and its question."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.words import as_safe_markdown
from resnet_explorer.ui.lessons.current import Place, go, leave, place_words
from resnet_explorer.ui.lessons.follow import follow_switch
from resnet_explorer.ui.lessons.question_view import question_button


def lesson_steps(here: Place) -> None:
    """Back, where in the lesson this is, next, and the way out of it; in a row."""
    with st.container(
        key="lesson_steps",
        horizontal=True,
        wrap=False,
        gap="xsmall",
        vertical_alignment="center",
        width="content",
    ):
        number, last = here.number, here.count
        # The words of both are heard, and seen as ‹ and › (style.css): a hint would cover the step's words.
        st.button(t("Back"), key="_lesson_back", on_click=go, args=(number - 1,), disabled=number == 1)
        st.markdown(f"**{place_words(here)}** · {as_safe_markdown(here.step.heading)}", width="content")
        st.button(
            t("Next"),
            key="_lesson_next",
            type="primary",
            on_click=go,
            args=(number + 1,),
            disabled=number == last,
        )
        st.button(t("Leave"), key="_lesson_leave", type="tertiary", on_click=leave)
        follow_switch()


def lesson_words(here: Place) -> None:
    """What is said of the step, in a line over the page, and its question."""
    step = here.step
    if not (step.words or step.question):
        return
    with st.container(key="lesson", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        st.markdown(as_safe_markdown(step.words))
        if step.question:
            question_button(here, step.question)
