"""Pictures to take away: side by side, with a colour bar, and a caption that says what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from resnet_explorer.overlay import colour_bar, png_bytes

GAP: Final = 16
LINE: Final = 30
"""Pixels from one line of text to the next."""
NARROWEST: Final = 640


@dataclass(frozen=True)
class Caption:
    """What a picture, or a file of numbers, that leaves the app says about itself."""

    network: str
    weights: str
    photo: str
    target: str
    probability: float
    stage: str
    method: str

    @property
    def lines(self) -> tuple[str, str]:
        """Two lines: what is seen, and how it was made."""
        network = (
            self.weights if self.weights.startswith(self.network) else f"{self.network} · {self.weights}"
        )
        return (
            f"{self.target}, probability {self.probability:.1%} · {self.photo}",
            f"{self.method} at {self.stage} · {network}",
        )


@dataclass(frozen=True)
class Scale:
    """A colour bar: its colours, what stands at its ends, and what it measures."""

    colour_map: str
    low: str
    high: str
    words: str


def sheet(
    panels: Sequence[Image.Image],
    lines: Sequence[str],
    scale: Scale | None = None,
    titles: Sequence[str] = (),
) -> bytes:
    """Pictures side by side with colour bar and caption, as the bytes of a PNG.

    Args:
        panels: the pictures, as wide as they are to be.
        lines: what is written below, a line each.
        scale: the colour bar between pictures and lines.
        titles: a name above each picture.
    """
    font = ImageFont.load_default(18)
    top = GAP + (LINE if titles else 0)
    bar_top = top + max(panel.height for panel in panels) + GAP
    text_top = bar_top + (LINE if scale else 0)
    written = max((ceil(font.getlength(line)) for line in lines), default=0) + 2 * GAP
    width = max(sum(panel.width for panel in panels) + GAP * (len(panels) + 1), written, NARROWEST)
    picture = Image.new("RGB", (width, text_top + LINE * len(lines) + GAP), "white")
    draw = ImageDraw.Draw(picture)
    left = GAP
    for number, panel in enumerate(panels):
        picture.paste(panel, (left, top))
        if titles:
            draw.text((left, GAP - 2), titles[number], fill="black", font=font)
        left += panel.width + GAP
    if scale:
        _draw_scale(picture, draw, scale, bar_top, font)
    for number, line in enumerate(lines):
        draw.text((GAP, text_top + number * LINE), line, fill="black", font=font)
    return png_bytes(picture)


def _draw_scale(
    picture: Image.Image,
    draw: ImageDraw.ImageDraw,
    scale: Scale,
    top: int,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    left = GAP
    draw.text((left, top), scale.low, fill="black", font=font)
    left += round(draw.textlength(scale.low, font=font)) + 10
    bar = colour_bar(scale.colour_map, (260, 16))
    picture.paste(bar, (left, top + 3))
    draw.text((left + bar.width + 10, top), f"{scale.high}  {scale.words}", fill="black", font=font)


def numbers_json(caption: Caption, numbers: Mapping[str, Any]) -> str:
    """The numbers behind a picture, with what its caption says, as JSON.

    Args:
        caption: of the picture.
        numbers: what JSON can hold, by name; maps as lists of rows.
    """
    return json.dumps(asdict(caption) | dict(numbers), ensure_ascii=False, indent=1) + "\n"
