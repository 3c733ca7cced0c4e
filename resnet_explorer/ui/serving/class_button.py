"""The address of the class and its QR code, for the teacher to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import segno
import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.serving.classroom import classroom
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.widgets.svg_view import show_svg

PIXELS: Final = 320
"""Of the code's side: read from the last row of a room by a phone's camera."""


def class_button(place: Mapping[str, str]) -> None:
    """A place in the menu bar, for the teacher of a class alone.

    Args:
        place: the lesson and its step, as they stand in a link, where one is followed: the code leads there.
    """
    room = classroom()
    if room is None or role() != "teacher":
        return
    with st.popover(t("The class"), type="tertiary"):
        address = f"{room.address.rstrip('/')}/?{urlencode(place)}" if place else room.address
        code = segno.make(address)
        # First, for below the code it would be out of a small screen.
        st.markdown(t("Students open **{address}**").format(address=f"[{address}](<{address}>)"))
        svg = code.svg_inline(title=address, light="#ffffff", dark="#000000", omitsize=True)
        show_svg(svg, "class_code", magnify=PIXELS / code.symbol_size()[0])
        st.caption(t("They see what is theirs alone; you see all that is kept on this machine."))
