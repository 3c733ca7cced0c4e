"""Show an SVG of our own in the page, and tell which part of it was clicked.

The SVG stands inline, so that it takes the theme's text colour (`currentColor`) and face. It is
ours, made from numbers: nothing that a user typed goes into it unescaped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from resnet_explorer.ui.widgets.component import component

PLACE: Final = "var(--picture)"
"""Height of the place of the picture that a page is about, in CSS."""

_picture = component(__file__, '<div class="picture"></div>')


def show_svg(
    svg: str,
    key: str,
    on_pick: Callable[[str], None] | None = None,
    shrink: float = 0.7,
    magnify: float = 1.5,
    tallest: int = 620,
    height: str | None = None,
) -> None:
    """Show an SVG as wide as the page, or as large as a place of that height lets it be.

    Args:
        svg: the picture, with a viewBox.
        key: a name for it, once per page.
        on_pick: called with the `data-key` of the part that was clicked; of a part that has `data-rows`
            and `data-columns`, with the cell of that grid, as "row,column", or as "name:row,column" if it
            has a `data-name`.
        shrink: share of its own width below which it scrolls rather than shrinks.
        magnify: how many times its own width it may grow to.
        tallest: height in pixels beyond which it does not grow.
        height: of the place that it fills, in CSS, `PLACE` or a part of it; the three before are not for it.
    """

    def picked() -> None:
        part = st.session_state[key].picked
        if on_pick and part:
            on_pick(part)

    _picture(
        key=key,
        data={
            "svg": svg,
            "pick": on_pick is not None,
            "shrink": shrink,
            "magnify": magnify,
            "tallest": tallest,
            "height": height,
        },
        on_picked_change=picked,
    )
