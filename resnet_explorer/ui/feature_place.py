"""The choice of a place in the network: a stage, then one of its blocks; or one step on or back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.feature_places import Place, places
from resnet_explorer.i18n import t
from resnet_explorer.plan import Plan, shape_text
from resnet_explorer.ui.evidence import stage_input
from resnet_explorer.ui.linked import linked, whole

_STAGE: Final = "_fm_stage"


def place_input(plan: Plan) -> Place:
    """Draw the controls.

    Args:
        plan: of the network at the size of what it sees.
    """
    everywhere = places(plan)
    row = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    with row:
        stage = stage_input(len(plan.stages))
    steps = row.container(horizontal=True, gap="small", width="content")
    there = [place for place in everywhere if place.stage == stage]
    if st.session_state.get(_STAGE, stage) != stage:  # its channels are others
        st.session_state["fm_block"] = len(there)
        first_view()
    st.session_state[_STAGE] = stage
    number = linked("fm_block", len(there), whole(1, len(there))) if stage else 1
    if len(there) > 1:
        row.selectbox(
            t("Block"),
            range(1, len(there) + 1),
            format_func=lambda block: t("{block} of {count} ({name})").format(
                block=block, count=len(there), name=there[block - 1].name
            ),
            key="fm_block",
            width=220,
            persist_state="session",
        )
    place = there[number - 1]
    _step_buttons(steps, place, everywhere)
    return place


def place_heading(place: Place) -> None:
    """The place in large type and in its stage's colour, with its shape."""
    st.html(
        f"<div style='border-left:0.5rem solid {place.colour};padding-left:0.8rem;font-size:1.5rem'>"
        f"<b>{place.words}</b> &nbsp; {shape_text(place.shape)}</div>"
    )


def go_to(place: Place) -> None:
    """Show a place; for callbacks."""
    state = st.session_state
    if state.get("p_stage") != place.stage:
        first_view()
    state["p_stage"] = state[_STAGE] = place.stage
    if place.block:
        state["fm_block"] = place.block


def first_view() -> None:
    """The first page of channels, and its first channel."""
    st.session_state["fm_page"], st.session_state["fm_channel"] = 1, None


def _step_buttons(
    where: st.delta_generator.DeltaGenerator, place: Place, everywhere: tuple[Place, ...]
) -> None:
    for name, step, shortcut, help_text in (
        ("◀", -1, "B", t("The block before")),
        ("▶", 1, "N", t("The next block")),
    ):
        index = place.index + step
        where.button(
            name,
            key=f"fm_step{step}",
            shortcut=shortcut,
            help=help_text,
            disabled=not 0 <= index < len(everywhere),
            on_click=go_to,
            args=(everywhere[max(0, min(index, len(everywhere) - 1))],),
        )
