"""The lesson that the session follows, and at which step it is; both are in the link."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import FOLLOW, PLACE, Lesson, Step
from resnet_explorer.lessons.store import find_lesson
from resnet_explorer.ui.app import url_state
from resnet_explorer.ui.app.goal import follow_goal, set_goal
from resnet_explorer.ui.app.page_list import STEMS, page_of_stem
from resnet_explorer.ui.photos.photo_input import hold_photo
from resnet_explorer.ui.session import language
from resnet_explorer.ui.session.language import LANGUAGE
from resnet_explorer.ui.session.network import forget_size

HIDE: Final = "hide"
"""In a link: names of what is hidden, with a comma between."""
PRESENT: Final = "present"
"""In a link: the picture alone."""
_NAME, _NUMBER = "_lesson", "_lesson_step"


@dataclass(frozen=True)
class Place:
    """Where a session is in a lesson.

    Attributes:
        name: of the lesson, in the link.
        lesson: it.
        number: of the step, from 1.
    """

    name: str
    lesson: Lesson
    number: int

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.number - 1]

    @property
    def count(self) -> int:
        """How many steps there are."""
        return len(self.lesson.steps)


def place() -> Place | None:
    """Where the session is; None outside of lessons."""
    name = st.session_state.get(_NAME)
    if name is None:
        return None
    try:
        lesson = find_lesson(name, STEMS)
    except ValueError:  # removed meanwhile
        _forget()
        return None
    return Place(name, lesson, min(st.session_state[_NUMBER], len(lesson.steps)))


def read_link() -> None:
    """Take lesson and step from the link; one that says nothing else of a page leads to the step's.

    So does the browser's Back, to a step that the session has seen.
    """
    before, context = place(), get_script_run_ctx(suppress_warning=True)
    is_back = context is not None and context.is_history_navigation
    name, number = map(st.query_params.get if is_back else url_state.asked_for, PLACE)
    if name is not None:
        try:
            find_lesson(name, STEMS)
        except ValueError as error:
            url_state.complain(str(error))
        else:
            st.session_state.update({_NAME: name, _NUMBER: 1})
    here = place()
    if here is None:
        for each in PLACE:
            url_state.write(each, None)
        return
    if number is not None:
        try:
            st.session_state[_NUMBER] = url_state.whole(1, here.count).read(number)
        except ValueError as error:
            url_state.complain(f"`step={url_state.shortened(number)}`: {error}")
    if place() != before:
        _hold_photo()
    is_short = name is not None and set(st.query_params) <= {*PLACE, LANGUAGE}
    if is_short or (is_back and place() != before):
        go(st.session_state[_NUMBER])
        follow_goal()


def write_link() -> None:
    """Put lesson and step into the link."""
    for name, text in parameters().items():
        url_state.write(name, text)


def parameters() -> Mapping[str, str]:
    """Lesson and step as they stand in a link; nothing outside of lessons."""
    here = place()
    return dict(zip(PLACE, (here.name, str(here.number)), strict=True)) if here else {}


def begin(name: str, number: int = 1) -> None:
    """Follow a lesson, from its first step on unless told; for a callback."""
    st.session_state.update({_NAME: name, _NUMBER: number})
    go(number)


def go(number: int) -> None:
    """Go to a step: its page as the step's link says, all else of the page as at first; for a callback."""
    st.session_state[_NUMBER] = number
    here = place()
    if here is None:
        return
    _hold_photo()
    page, asked = page_of_stem(here.step.page), dict(here.step.parameters)
    for key in (PRESENT, FOLLOW):
        if st.session_state.get(key):
            asked.setdefault(key, "1")
    if "net" in asked and "size" not in asked:
        forget_size()
    url_state.follow(page.stem, asked)
    set_goal(page.file, asked | dict(parameters()) | language.link_parameters())


def _hold_photo() -> None:
    """Have the photo at hand that the step brings, if any."""
    here = place()
    if here and here.step.photo:
        hold_photo(here.step.photo.open())


def leave() -> None:
    """Follow no lesson; the page stays as it is, but for what the step hid; for a callback."""
    here, state = place(), st.session_state
    if here and HIDE in state:
        hidden = dict(here.step.parameters).get(HIDE, "").split(",")
        state[HIDE] = [name for name in state[HIDE] if name not in hidden]
    _forget()


def _forget() -> None:
    for key in (_NAME, _NUMBER):
        with suppress(KeyError):
            del st.session_state[key]


def place_words(here: Place) -> str:
    """Which step of how many it is."""
    return t("Step {number} of {count}").format(number=here.number, count=here.count)
