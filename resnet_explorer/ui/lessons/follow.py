"""In a class: the step that the teacher has open, and the students who follow it, each if he likes."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.lessons.lesson import FOLLOW
from resnet_explorer.lessons.open_step import open_step, set_open_step
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.lessons.class_view import EVERY
from resnet_explorer.ui.lessons.current import Place, begin
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.widgets.linked_inputs import linked_switch

_TOLD: Final = "_open_step_told"
_LED: Final = "_led_to_step"


def tell_open_step(here: Place | None) -> None:
    """Let the class know which step is open, where the teacher asks.

    Args:
        here: that step; None outside of lessons.
    """
    step = (here.name, here.number) if here else None
    # A window that was in no lesson yet says nothing: in another one, the lesson goes on.
    if role() != "teacher" or st.session_state.get(_TOLD) == step:
        return
    with shown_refusal():
        set_open_step(step)
        st.session_state[_TOLD] = step


def follow_switch() -> None:
    """A student's switch in the bar of a lesson: on, each step that the teacher opens is opened here, too."""
    if role() != "student":
        return
    if linked_switch(FOLLOW, t("Follow")):
        _follow()
    else:
        st.session_state.pop(_LED, None)  # switched on again, it leads to where the teacher is then


@polling(EVERY)
def _follow() -> None:
    with suppress(ValueError):  # the database is away for a moment: the next look will do
        step = open_step()
        if step and step != st.session_state.get(_LED):
            st.session_state[_LED] = step
            begin(*step)
            st.rerun()
