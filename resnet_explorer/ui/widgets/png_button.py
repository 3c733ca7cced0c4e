"""A button that saves an SVG of our own as a PNG, drawn by the reader's browser.

The browser has the fonts and draws SVG anyway, so the server needs neither. The picture is sent when
it is asked for and not before.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.graph.svg import Picture
from resnet_explorer.ui.widgets.component import component

_button = component(__file__, '<button type="button"></button>')


def png_button(picture: Callable[[], Picture], file: str, key: str) -> None:
    """Show the button.

    Args:
        picture: draws what is to be saved; called when somebody asks for it.
        file: the name of the file.
        key: the component's key.
    """
    wanted = f"_{key}_wanted"
    number = f"_{key}_number"

    def ask() -> None:
        st.session_state[wanted] = True
        st.session_state[number] = st.session_state.get(number, 0) + 1

    data: dict[str, object] = {"label": t("PNG")}
    if st.session_state.pop(wanted, False):
        drawn = picture()
        data |= {
            "svg": drawn.svg,
            "width": drawn.width,
            "height": drawn.height,
            "scale": drawn.png_scale,
            "file": file,
            "number": st.session_state[number],
        }
    _button(key=key, data=data, on_asked_change=ask)
