"""A photo before a whole network and a cut one: both answers at the outside, both maps between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from resnet_explorer.common import svg
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated, named
from resnet_explorer.explanation.top_k_svg import ROW, top_k_rows

BARS: Final = 290
GAP: Final = 40.0
TITLE: Final = 34.0


class Side(NamedTuple):
    """What one of the two networks makes of the photo.

    Attributes:
        name: of the network.
        best: its likeliest classes with their probabilities, the likeliest first.
        map: the photo with its evidence for the class, a JPEG file.
        alt: what that shows, for those who hear it.
    """

    name: str
    best: Sequence[tuple[str, float]]
    map: bytes
    alt: str


def pair_svg(whole: Side, cut: Side, label: str) -> str:
    """Both sides, mirrored: bars, map, map, bars. The maps are as high as the bars."""
    side_length = float(ROW * len(whole.best))
    places = ((0.0, BARS + GAP), (BARS + 3 * GAP + 2 * side_length, BARS + 2 * GAP + side_length))
    parts = []
    for side, (bars, picture) in zip((whole, cut), places, strict=True):
        said = enumerated(f"{name} {value:.1%}" for name, value in side.best)
        parts += [
            svg.text(bars, 20, side.name, font_weight=700),
            svg.group(
                *top_k_rows(side.best, label, BARS),
                transform=f"translate({bars:g} {TITLE - 4:g})",
                aria_label=named(side.name, said),
            ),
            svg.text(picture, 20, named(side.name, "Grad-CAM"), font_weight=700),
            svg.image(
                picture,
                TITLE,
                side_length,
                side_length,
                svg.data_address(side.map),
                aria_label=side.alt,
                role="img",
            ),
        ]
    width, height = 2 * (BARS + side_length) + 3 * GAP, TITLE + side_length
    name = t("What the whole network and the cut one see")
    return svg.document(width, height, *parts, name=name, font_size=23)
