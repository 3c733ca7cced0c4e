"""The choice of a place in the network: a stage, then one of its blocks; or one step on or back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.features.places import Place, places
from resnet_explorer.network.layers import Plan, shape_text
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.explanation.evidence import stage_input
from resnet_explorer.ui.widgets.keeping_value import keeping_value

_STAGE: Final = "_fm_stage"


def place_input(plan: Plan) -> Place:
    """Draw the controls, for a page's head.

    Args:
        plan: of the network at the size of what it sees.
    """
    everywhere = places(plan)
    stage = stage_input(len(plan.stages), in_head=True)
    there = [place for place in everywhere if place.stage == stage]
    if st.session_state.get(_STAGE, stage) != stage:  # its channels are others
        st.session_state["fm_block"] = len(there)
        show_first_channels()
    st.session_state[_STAGE] = stage
    number = linked("fm_block", len(there), whole(1, len(there))) if stage else 1
    if len(there) > 1:
        st.selectbox(
            t("Block"),
            range(1, len(there) + 1),
            format_func=lambda block: t("block {block} of {count}").format(block=block, count=len(there)),
            width=150,
            label_visibility="collapsed",
            **keeping_value("fm_block"),
        )
    return there[number - 1]


def place_heading(place: Place) -> None:
    """The place in its stage's colour, with its shape."""
    st.html(
        f"<div style='border-left:0.5rem solid {place.colour};padding-left:0.6rem;line-height:1.3'>"
        f"<b>{place.words}</b><br>{shape_text(place.shape)}</div>"
    )


def go_to(place: Place) -> None:
    """Show a place; for callbacks."""
    state = st.session_state
    if state.get("p_stage") != place.stage:
        show_first_channels()
    state["p_stage"] = state[_STAGE] = place.stage
    if place.block:
        state["fm_block"] = place.block


def show_first_channels() -> None:
    """The first page of channels, and its first channel."""
    st.session_state["fm_page"], st.session_state["fm_channel"] = 1, None


def step_buttons(place: Place, plan: Plan) -> None:
    """One step back or on through the places of the network; the keys B and N do the same."""
    everywhere = places(plan)
    with st.container(horizontal=True, gap="small"):
        for name, step, shortcut, help_text in (
            (t("◀ Block"), -1, "B", t("The block before; or press B")),
            (t("Block ▶"), 1, "N", t("The next block; or press N")),
        ):
            index = place.index + step
            st.button(
                name,
                key=f"fm_step{step}",
                shortcut=shortcut,
                help=help_text,
                disabled=not 0 <= index < len(everywhere),
                on_click=go_to,
                args=(everywhere[max(0, min(index, len(everywhere) - 1))],),
            )
