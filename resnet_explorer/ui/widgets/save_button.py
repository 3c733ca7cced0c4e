"""The button that saves a file: made when it is clicked, and without a rerun of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.fonts import missing_face
from resnet_explorer.common.i18n import with_language_of_now
from resnet_explorer.common.user_folder import with_home_of_now

_KINDS: Final = {
    ".csv": "text/csv",
    ".dot": "text/vnd.graphviz",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".onnx": "application/octet-stream",
    ".png": "image/png",
    ".py": "text/x-python",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".zip": "application/zip",
}
"""The media types of what is saved, by the ending of the file."""


def save_button(
    label: str,
    make: Callable[[], str | bytes],
    file_name: str,
    *,
    place: DeltaGenerator | None = None,
    key: str | None = None,
    icon: str | None = "⬇️",
    width: Literal["content", "stretch"] = "content",
) -> None:
    """Show the button.

    Args:
        label: what stands on it.
        make: makes the file's content when somebody asks for it.
        file_name: its name, with one of the endings that are saved here.
        place: where it stands; below what was drawn last unless told.
        key: the widget's key, where two would be the same without.
        icon: the sign beside the label; None for none.
        width: as in `st.download_button`.
    """
    (st if place is None else place).download_button(
        label,
        with_language_of_now(with_home_of_now(make)),  # it is called in a thread of nobody's
        file_name,
        _KINDS[PurePath(file_name).suffix],
        icon=icon,
        on_click="ignore",
        key=key,
        help=missing_face() or None if file_name.endswith(".png") else None,
        width=width,
    )
