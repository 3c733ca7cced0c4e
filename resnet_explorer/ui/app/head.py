"""The parts of a page's one screen: its head with the controls, its picture, its foot.

controls = head(__file__)
with controls:
    …                       # the one or two controls that change the picture
with picture():
    …
with foot(t("A basic block costs 17 times as much.")):
    …                       # what can be taken home
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.page_list import OVERVIEW, page_of_stem
from resnet_explorer.ui.photos.photo_input import photo_button
from resnet_explorer.ui.weights.weights_input import network_button


def head(page_file: str, has_own_networks: bool = False) -> DeltaGenerator:
    """The page's name, room for its controls, and what is the same on every page: the network and the photo.

    Args:
        page_file: of the page; its name is that of the menus.
        has_own_networks: whether it shows networks of its own: then the session's is not named beside them.

    Returns:
        The room for the controls, in a row.
    """
    page = page_of_stem(Path(page_file).stem)
    name = "ResNet Explorer" if page is OVERVIEW else page.name
    with st.container(key="head", horizontal=True, wrap=False, gap="small", vertical_alignment="center"):
        st.title(name, anchor=False, width="content")
        controls = _row("controls")
        st.space("stretch")
        if not has_own_networks:
            network_button()
        photo_button()
    return controls


def picture() -> DeltaGenerator:
    """The place of the picture that the page is about."""
    return st.container(key="picture")


def foot(sentence: str) -> DeltaGenerator:
    """One sentence that says what the picture shows, and room beside it for what can be taken home."""
    words, take_home = foot_places()
    words.markdown(sentence)
    return take_home


def foot_places() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The foot of a page whose settings come before its sentence: room for both."""
    with st.container(key="foot", horizontal=True, gap="small", vertical_alignment="center"):
        return st.container(key="sentence"), _row("take_home")


def more_settings() -> DeltaGenerator:
    """The quiet place of the settings that are seldom changed; they are in the link all the same."""
    return st.popover(t("More settings"), key="more_settings", type="tertiary")


def steps_and_settings() -> tuple[DeltaGenerator, DeltaGenerator]:
    """In the foot, room for the steps from one cell to the next, and the place of the settings beside it."""
    return st.container(horizontal=True, gap="small", wrap=False, width="content"), more_settings()


def _row(key: str) -> DeltaGenerator:
    return st.container(
        key=key, horizontal=True, wrap=False, gap="small", vertical_alignment="center", width="content"
    )
