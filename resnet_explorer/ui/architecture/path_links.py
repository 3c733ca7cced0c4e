"""Where a click in the picture of the path leads besides its own page, for its callbacks and buttons."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.features.path_photo import ANSWER
from resnet_explorer.features.places import places
from resnet_explorer.network.layers import Plan
from resnet_explorer.ui.app.goal import set_goal
from resnet_explorer.ui.app.page_list import ARCHITECTURE, FEATURES, PREDICT
from resnet_explorer.ui.session.network import link_parameters
from resnet_explorer.weights.shown_names import code_of


def choose_answer(part: str) -> bool:
    """Ask Predict for the class of the bar that was clicked; False if the part is no bar."""
    if not part.startswith(ANSWER):
        return False
    st.session_state["p_class"] = code_of(part.removeprefix(ANSWER))
    set_goal(PREDICT.file, link_parameters())
    return True


def choose_on_architecture(part: str) -> None:
    """From another page: the arithmetic of the box that was clicked, or the class of the bar."""
    if not choose_answer(part):
        st.session_state["arch_step"] = part
        set_goal(ARCHITECTURE.file, link_parameters())


def choose_channels(p: Plan, key: str, channel: int | None) -> None:
    """Show the feature maps of a box, behind the last block of its stage, and one of them large.

    Args:
        p: the network.
        key: of the box.
        channel: the one that is large; None for the most active.
    """
    from resnet_explorer.ui.features.place import go_to  # the first page needs none of it

    there = [place for place in places(p) if place.section == key]
    go_to(there[-1] if there else places(p)[0])
    st.session_state.update({"fm_view": "maps", "fm_channel": channel})
    set_goal(FEATURES.file, link_parameters())
