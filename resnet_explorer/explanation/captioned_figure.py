"""Pictures to take away: side by side, with a colour bar, and a caption that says what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from PIL import Image, ImageDraw

from resnet_explorer.common.fonts import Font, font
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text_lines import shortened, wrapped
from resnet_explorer.explanation.heatmap import colour_bar, png_bytes

GAP: Final = 16
LINE: Final = 30
"""Pixels from one line of text to the next."""
NARROWEST: Final = 640
BAR: Final = 260
"""Pixels of the length of a colour bar."""


@dataclass(frozen=True)
class Caption:
    """What a picture, or a file of numbers, that leaves the app says about itself.

    `square` is where in the photo the network looked: left, top, right and bottom in pixels of the photo
    as it is kept; only the numbers say it.
    """

    network: str
    weights: str
    photo: str
    target: str
    probability: float
    stage: str
    method: str
    square: tuple[float, ...] = ()

    @property
    def lines(self) -> tuple[str, str]:
        """Two lines: what is seen, and how it was made."""
        network = (
            self.weights if self.weights.startswith(self.network) else f"{self.network} · {self.weights}"
        )
        return (
            t("{target}, probability {probability:.1%} · {photo}").format(
                target=self.target, probability=self.probability, photo=self.photo
            ),
            t("{method} at {stage} · {network}").format(
                method=self.method, stage=t(self.stage), network=network
            ),
        )


@dataclass(frozen=True)
class ColourBar:
    """A colour bar: its colours, what stands at its ends, and what it measures."""

    colour_map: str
    low: str
    high: str
    words: str


def figure(
    panels: Sequence[Image.Image],
    lines: Sequence[str],
    scale: ColourBar | None = None,
    titles: Sequence[str] = (),
) -> bytes:
    """Pictures side by side with colour bar and caption, as the bytes of a PNG.

    Args:
        panels: the pictures, as wide as they are to be.
        lines: what is written below, a line each.
        scale: the colour bar between pictures and lines.
        titles: a name above each picture.
    """
    face = font(18)
    top = GAP + (LINE if titles else 0)
    bar_top = top + max(panel.height for panel in panels) + GAP
    text_top = bar_top + (LINE if scale else 0)
    scaled = _scale_width(scale, face) if scale else 0
    width = max(sum(panel.width for panel in panels) + GAP * (len(panels) + 1), scaled, NARROWEST)
    written = [part for line in lines for part in wrapped(line, face, width - 2 * GAP)]
    picture = Image.new("RGB", (width, text_top + LINE * len(written) + GAP), "white")
    draw = ImageDraw.Draw(picture)
    left = GAP
    for number, panel in enumerate(panels):
        picture.paste(panel, (left, top))
        if titles:
            draw.text((left, GAP - 4), shortened(titles[number], face, panel.width), fill="black", font=face)
        left += panel.width + GAP
    if scale:
        _draw_scale(picture, draw, scale, bar_top, face)
    for number, line in enumerate(written):
        draw.text((GAP, text_top + number * LINE), line, fill="black", font=face)
    return png_bytes(picture)


def _scale_width(scale: ColourBar, face: Font) -> int:
    words = face.getlength(scale.low) + face.getlength(f"{scale.high}  {scale.words}")
    return ceil(words) + BAR + 20 + 2 * GAP


def _draw_scale(
    picture: Image.Image, draw: ImageDraw.ImageDraw, scale: ColourBar, top: int, face: Font
) -> None:
    left = GAP
    draw.text((left, top), scale.low, fill="black", font=face)
    left += round(draw.textlength(scale.low, font=face)) + 10
    picture.paste(colour_bar(scale.colour_map, (BAR, 16)), (left, top + 5))
    draw.text((left + BAR + 10, top), f"{scale.high}  {scale.words}", fill="black", font=face)


def numbers_json(caption: Caption, numbers: Mapping[str, Any]) -> str:
    """The numbers behind a picture, with what its caption says, as JSON.

    Args:
        caption: of the picture.
        numbers: what JSON can hold, by name; maps as lists of rows.
    """
    return json.dumps(asdict(caption) | dict(numbers), ensure_ascii=False, indent=1) + "\n"
