"""One colour per section of the network, the same on every page and in both themes.

The hues are Okabe and Ito's (2008), which colour-blind eyes tell apart, lightened where the
original would be too dark on a dark ground.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from resnet_explorer.common.i18n import msg

STAGE_COLOURS: Final[Mapping[str, str]] = {
    msg("stem"): "#8492a6",
    msg("stage 1"): "#2b8cd6",
    msg("stage 2"): "#0fa37f",
    msg("stage 3"): "#e69f00",
    msg("stage 4"): "#cc79a7",
    msg("head"): "#d55e00",
}
"""`.streamlit/config.toml` gives them to Streamlit's own charts: stage 1 to 4, the head, the stem."""

DEPTH_COLOURS: Final = ("#a07cf1", "#7b48e3")
"""Of a shallow network and a deep one, beside stages that keep their colours: one hue, the deeper darker.
Both are at least 3 to 1 on white and on black."""

LINE_GREY: Final = "#9aa4b2"
"""For lines and small text that must be seen on white and on black alike."""


UNREAD: Final = "#d55e00"
"""For cells of a padded input that no window reads."""


def rgba(colour: str, alpha: float) -> str:
    """A hex colour with an opacity, as CSS and Plotly write it."""
    red, green, blue = bytes.fromhex(colour[1:])
    return f"rgba({red}, {green}, {blue}, {alpha:g})"
