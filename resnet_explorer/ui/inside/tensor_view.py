"""The view of a block of one's own that runs on a random tensor, layer by layer."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.blocks.config import BlockChoice
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.ui.app.head import foot_places, more_settings, picture
from resnet_explorer.ui.blocks.run_views import (
    code_that_ran,
    examples,
    kind_and_shortcut,
    more_controls,
    picture_of,
    result,
    runnable,
    running,
    sentence,
    steps_csv,
)
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg


def show_tensor(controls: DeltaGenerator) -> None:
    """Draw the view, from the page's head on.

    Args:
        controls: room in the head.
    """
    with controls:
        chosen = kind_and_shortcut()
    shown, (said, take_home), refusal = picture(), foot_places(), st.container()
    with take_home:
        examples()
    with take_home, more_settings():
        chosen |= more_controls(is_basic=chosen["kind"] == "basic")
    with refusal:
        choice = runnable(BlockChoice(**chosen))
    with shown:
        run = running(choice)
        show_svg(picture_of(run), "bl_picture", height=PLACE)
    said.markdown(sentence(run))
    save_button(t("CSV"), lambda: steps_csv(run), "block.csv", place=take_home)
    save_button(t("SVG"), lambda: picture_of(run, standalone=True), "block.svg", place=take_home)
    result(choice, run)
    code_that_ran(run)
    st.markdown(prose("block_lab_sources"))
