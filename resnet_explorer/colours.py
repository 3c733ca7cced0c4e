"""One colour per section of the network, the same on every page and in both themes.

The hues are Okabe and Ito's (2008), which colour-blind eyes tell apart, lightened where the
original would be too dark on a dark ground.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STAGE_COLOURS: Final[Mapping[str, str]] = {
    "stem": "#8492a6",
    "stage 1": "#2b8cd6",
    "stage 2": "#0fa37f",
    "stage 3": "#e69f00",
    "stage 4": "#cc79a7",
    "head": "#d55e00",
}

DEPTH_COLOURS: Final = ("#b795f6", "#a07cf1", "#8a5cec", "#6d35dd")
"""For networks of growing depth, beside stages that keep their colours: one hue, the deeper the stronger."""

LINE_GREY: Final = "#9aa4b2"
"""For lines and small text that must be seen on white and on black alike."""


def rgba(colour: str, alpha: float) -> str:
    """A hex colour with an opacity, as CSS and Plotly write it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"
