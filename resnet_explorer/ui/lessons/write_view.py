"""A lesson of one's own as a text, and beside it what it is read as, or the line that is wrong."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.lessons.lesson import Lesson
from resnet_explorer.lessons.read import read_lesson
from resnet_explorer.lessons.steps_svg import steps_svg
from resnet_explorer.lessons.store import keep_lesson
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.app.page_list import STEMS
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal, tell_refusal
from resnet_explorer.ui.lessons.draft import TEXT, draft, whole_draft
from resnet_explorer.ui.lessons.lesson_view import CHOSEN, page_name
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def show_write(controls: DeltaGenerator) -> None:
    """Draw the text and what it becomes.

    Args:
        controls: room in the head.
    """
    draft()
    show_kept_refusal()
    with picture():
        left, right = st.columns([2, 3])
        left.text_area(
            t("The lesson, in Markdown"),
            key=TEXT,
            height=380,
            label_visibility="collapsed",
            persist_state="session",
        )
        text = whole_draft()
        lesson: Lesson | None = None
        with right:
            try:
                lesson = read_lesson(text, STEMS) if "## " in text else None
            except ValueError as refusal:
                tell_refusal(str(refusal))
            else:
                if lesson:
                    show_svg(steps_svg(lesson, page_name), "le_draft", height=PLACE)
                else:
                    st.info(prose("lesson_add"))
    controls.button(
        t("Keep it"), key="_le_keep", type="primary", disabled=lesson is None, on_click=_keep, args=(lesson,)
    )
    with foot(t("What is kept stands among your lessons, and students of a class find it there.")):
        save_button(t("Markdown"), lambda: text, "lesson.md")
    st.markdown(prose("lesson_format"))


@kept_refusal()
def _keep(lesson: Lesson | None) -> None:
    if lesson:
        st.session_state[CHOSEN] = keep_lesson(lesson, STEMS)
        st.session_state["le_view"] = "follow"
