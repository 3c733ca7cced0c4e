"""Components of our own: what they are in JavaScript, and how they look, in files beside their Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import streamlit as st

_WHEN_RELEASED: Final = Path(__file__).with_name("when_released.js")
"""A function that each component's script may call."""


def component(module_file: str, html: str) -> Any:
    """Register the component of a module, with the `.js` and `.css` files of its name that there are.

    Args:
        module_file: the module's `__file__`.
        html: what it begins as.
    """
    path = Path(module_file)
    script, look = path.with_suffix(".js"), path.with_suffix(".css")
    return st.components.v2.component(
        f"resnet_explorer_{path.stem}",
        html=html,
        css=look.read_text(encoding="utf-8") if look.exists() else None,
        js="\n".join(file.read_text(encoding="utf-8") for file in (_WHEN_RELEASED, script))
        if script.exists()
        else None,
    )


def style(module_file: str) -> None:
    """Put the `.css` of a module's name into the page."""
    st.html(Path(module_file).with_suffix(".css"))
