"""Channels as pictures: small ones in a grid, all on one scale, and one large over the photo.

A cell of a map is a square of one colour, however large it is drawn: nothing is smoothed.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from resnet_explorer.cell_grid import document, label
from resnet_explorer.colours import LINE_GREY
from resnet_explorer.feature_numbers import Features, Values
from resnet_explorer.overlay import DIVERGING, colour_table, jpeg_bytes, png_bytes
from resnet_explorer.typeface import font

COLUMNS: Final = 8
ROWS: Final = 4
PER_PAGE: Final = COLUMNS * ROWS
SIDE: Final = 112
"""Units of the grid for the side of a picture: a multiple of 7, 14, 28, 56, 8 and 16."""
GAP: Final = 12
WORDS: Final = 74
"""Room below a picture for its number and its words."""
LARGE: Final = 448


@dataclass(frozen=True)
class Span:
    """The one scale of all pictures: a colour for each value.

    Attributes:
        low, high: the values at its ends; 0 is at the low end or in the middle.
        colour_map: one of `overlay`'s.
    """

    low: float
    high: float
    colour_map: str

    @classmethod
    def of(cls, largest: float, signed: bool, colour_map: str) -> Span:
        """From 0 to the largest value or, where some are negative, as far to both sides of 0."""
        return cls(-largest, largest, DIVERGING) if signed else cls(0.0, largest, colour_map)

    def levels(self, values: Values) -> NDArray[np.uint8]:
        """Each value as one of 256 steps; beyond an end it is the end's."""
        width = (self.high - self.low) or 1.0
        steps = (values.astype(np.float64) - self.low) * (255 / width)
        return np.round(steps).clip(0, 255).astype(np.uint8)

    def picture(self, channel: Values) -> Image.Image:
        """A map (H, W) as a picture, a pixel a cell, its colours in a palette."""
        picture = Image.fromarray(self.levels(channel))
        picture.putpalette(colour_table(self.colour_map).tobytes())
        return picture


@dataclass(frozen=True, eq=False)
class Tile:
    """A picture of the grid: one pixel a cell, and what stands below it."""

    picture: Image.Image
    number: int
    words: str


def channel_tiles(features: Features, mean: Values, channels: Sequence[int], span: Span) -> tuple[Tile, ...]:
    """Some channels of a place (C, H, W), each with its number and its mean."""
    return tuple(
        Tile(span.picture(features[channel]), channel, f"{mean[channel]:.3g}") for channel in channels
    )


def grid_svg(tiles: Sequence[Tile], rows: int, chosen: int | None, title: str) -> str:
    """The grid as one picture; `data-rows` and `data-columns` tell which tile a click meets.

    Args:
        tiles: in the order in which one reads.
        rows: how many there is room for, so that a page with fewer tiles is as high as the others.
        chosen: number of the tile that is framed, if it is here.
        title: what it shows, for those who do not see it.
    """
    pitch, line = SIDE + GAP, SIDE + WORDS
    parts = []
    for place, tile in enumerate(tiles):
        row, column = divmod(place, COLUMNS)
        parts.append(_tile_group(tile, GAP / 2 + column * pitch, GAP / 2 + row * line, tile.number == chosen))
    width, height = COLUMNS * pitch, rows * line
    parts.append(
        f'<rect data-key="tiles" data-rows="{rows}" data-columns="{COLUMNS}" width="{width}" '
        f'height="{height}" fill="transparent"/>'
    )
    return document(width, height, title, "".join(parts))


def _tile_group(tile: Tile, x: float, y: float, chosen: bool) -> str:
    frame = (
        f'<rect x="{x - 4:g}" y="{y - 4:g}" width="{SIDE + 8}" height="{SIDE + 8}" rx="3" fill="none" '
        'stroke="currentColor" stroke-width="4"/>'
        if chosen
        else ""
    )
    middle = x + SIDE / 2
    return (
        f'<g class="tile" data-number="{tile.number}">'
        + _cells(png_bytes(tile.picture), x, y, SIDE)
        + frame
        + label(middle, y + SIDE + 30, str(tile.number), size=30, weight="700")
        + label(middle, y + SIDE + 57, tile.words, size=26, opacity=0.85)
        + "</g>"
    )


def _cells(png: bytes, x: float, y: float, side: float, opacity: float = 1) -> str:
    """A picture of which each pixel is drawn as a square with sharp edges."""
    return (
        f'<image x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" opacity="{opacity:g}" '
        f'preserveAspectRatio="none" style="image-rendering:pixelated" href="{_uri("png", png)}"/>'
    )


def _uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def large_svg(
    seen: Image.Image, cells: Image.Image, opacity: float, peak: tuple[int, int] | None, title: str
) -> str:
    """One channel over the square that the network saw, the cell of its largest value framed.

    Args:
        seen: the square of the photo, of any size.
        cells: the channel as `Span.picture` draws it.
        opacity: 0 shows the photo, 1 the channel.
        peak: row and column of the cell; None for none.
        title: what it shows, for those who do not see it.
    """
    photo = jpeg_bytes(seen.resize((LARGE, LARGE), Image.Resampling.BICUBIC))
    parts = [
        f'<image width="{LARGE}" height="{LARGE}" preserveAspectRatio="none" href="{_uri("jpeg", photo)}"/>',
        _cells(png_bytes(cells), 0, 0, LARGE, opacity),
    ]
    if peak is not None:
        across, down = LARGE / cells.width, LARGE / cells.height
        box = f'x="{peak[1] * across:g}" y="{peak[0] * down:g}" width="{across:g}" height="{down:g}"'
        parts += [
            f'<rect {box} fill="none" stroke="{colour}" stroke-width="{width}"/>'
            for colour, width in (("#000000", 6), ("#ffffff", 3))
        ]
    return document(LARGE, LARGE, title, "".join(parts))


def kernel_svg(kernel: Image.Image, title: str) -> str:
    """One filter, large."""
    frame = f'<rect width="{LARGE}" height="{LARGE}" fill="none" stroke="{LINE_GREY}" stroke-width="2"/>'
    return document(LARGE, LARGE, title, _cells(png_bytes(kernel), 0, 0, LARGE) + frame)


def grid_picture(tiles: Sequence[Tile]) -> Image.Image:
    """The grid as a picture to take away, on white."""
    rows = -(-len(tiles) // COLUMNS)
    picture = Image.new("RGB", (COLUMNS * (SIDE + GAP), rows * (SIDE + WORDS)), "white")
    draw = ImageDraw.Draw(picture)
    large, small = font(24), font(20)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, COLUMNS)
        x, y = GAP // 2 + column * (SIDE + GAP), row * (SIDE + WORDS)
        picture.paste(enlarged_cells(tile.picture, SIDE), (x, y))
        middle = x + SIDE / 2
        draw.text((middle, y + SIDE + 4), str(tile.number), fill="black", font=large, anchor="ma")
        draw.text((middle, y + SIDE + 34), tile.words, fill="#444444", font=small, anchor="ma")
    return picture


def enlarged_cells(cells: Image.Image, side: int) -> Image.Image:
    """A picture of a pixel a cell as a square of that side, RGB."""
    return cells.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
