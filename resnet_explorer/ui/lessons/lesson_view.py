"""A lesson that is chosen: its steps, to begin with any of them, and what can be taken home of it."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown, named, shortened
from resnet_explorer.lessons.handout import handout, summary
from resnet_explorer.lessons.lesson import Lesson, write_lesson
from resnet_explorer.lessons.read import read_lesson
from resnet_explorer.lessons.steps_svg import steps_svg
from resnet_explorer.lessons.store import SHIPPED, forget_lesson, is_own, keep_lesson, lessons, titles
from resnet_explorer.lessons.words import as_safe_markdown
from resnet_explorer.serving.classroom import classroom
from resnet_explorer.ui.app.head import foot, picture
from resnet_explorer.ui.app.page_list import STEMS, page_of_stem
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal
from resnet_explorer.ui.lessons.current import begin, place
from resnet_explorer.ui.lessons.draft import set_draft
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.ui.widgets.popover import close_popovers, popover
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg
from resnet_explorer.ui.widgets.uploads import emptied

CHOSEN = "le_lesson"


def show_lesson(controls: DeltaGenerator) -> None:
    """Draw the choice of a lesson and, of the chosen one, its steps.

    Args:
        controls: room in the head.
    """
    known = lessons(STEMS)
    with controls:
        name = linked_select(
            CHOSEN,
            t("Lesson"),
            known,
            default=SHIPPED[0],
            names=titles(known).__getitem__,
            label_visibility="collapsed",
            width=300,
        )
        st.button(t("Begin"), key="_le_begin", type="primary", on_click=begin, args=(name,))
        with popover(t("Open a file"), "le_opening"):
            st.file_uploader(
                t("A lesson in Markdown"),
                max_upload_size=2,
                **emptied("le_file", _take),
                help=t("docs/lessons.md says how one is written."),
            )
            show_kept_refusal()  # the popover stays open, and would cover it elsewhere
    lesson, here = known[name], place()
    with picture():
        at = here.number if here and here.name == name else None
        show_svg(
            steps_svg(lesson, page_name, at),
            "le_steps",
            lambda number: begin(name, int(number)),
            height=PLACE,
        )
    with foot(summary(lesson)):
        _take_home(name, lesson)
    st.markdown(as_safe_markdown(lesson.words))
    _steps_below(lesson)


def page_name(stem: str) -> str:
    """What the page of that stem is called."""
    return page_of_stem(stem).name


def _take_home(name: str, lesson: Lesson) -> None:
    root = _root()
    save_button(t("Handout"), lambda: handout(lesson, name, root), f"{name}.html")
    if role() == "student":  # the answers are the teacher's until they are told
        return
    save_button(
        t("With answers"),
        lambda: handout(lesson, name, root, with_answers=True),
        f"{name}-answers.html",
    )
    save_button(t("Markdown"), lambda: write_lesson(lesson), f"{name}.md")
    st.button(t("Write on"), key="_le_edit", on_click=_edit, args=(lesson,))
    if is_own(name):
        st.button(t("Remove"), key="_le_remove", type="tertiary", on_click=forget_lesson, args=(name,))


def _steps_below(lesson: Lesson) -> None:
    """All of it as text, but for the answers."""
    for number, step in enumerate(lesson.steps, start=1):
        heading, words = as_safe_markdown(step.heading), as_safe_markdown(step.words)
        photo = f" ({named(t('photo'), as_markdown(step.photo.name))})" if step.photo else ""
        st.markdown(f"**{number}. {heading}**{t(', ')}{page_name(step.page)}{photo}{t('.')} {words}")
        if step.question:
            choices = [f"\n- {as_safe_markdown(choice)}" for choice in step.question.choices]
            asked = named(f"*{t('Question')}*", as_safe_markdown(step.question.words))
            st.markdown(f"{asked}\n" + "".join(choices))


def _root() -> str:
    """The address of the app, as students open it in a class."""
    room = classroom()
    if room and room.address:
        return room.address.rstrip("/") + "/"
    here = urlsplit(st.context.url or "http://localhost:8501/")
    return f"{here.scheme}://{here.netloc}{here.path.rpartition('/')[0]}/"


@kept_refusal()
def _take(files: list[UploadedFile]) -> None:
    (file,) = files[:1]
    try:
        name = keep_lesson(read_lesson(file.getvalue(), STEMS), STEMS)
    except ValueError as refusal:
        raise ValueError(f"{shortened(file.name)}: {refusal}") from None
    st.session_state[CHOSEN] = name
    close_popovers()


def _edit(lesson: Lesson) -> None:
    set_draft(write_lesson(lesson))
    st.session_state["le_view"] = "write"
