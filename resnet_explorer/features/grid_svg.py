"""Channels and first filters as pictures: small in a grid, all on one scale, and one large over the photo.

A cell of a map is a square of one colour, however large it is drawn: nothing is smoothed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.fonts import font
from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.heatmap import DIVERGING, colour_table, jpeg_bytes, png_bytes
from resnet_explorer.features.statistics import Features, Values

Kernels = Values
"""(filters, channels of the photo, k, k): the filters of the first convolution."""

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
class ColourScale:
    """The one scale of all pictures: a colour for each value.

    Attributes:
        low, high: the values at its ends; 0 is at the low end or in the middle.
        colour_map: one of `heatmap.COLOUR_MAPS`, or `DIVERGING`.
    """

    low: float
    high: float
    colour_map: str

    @classmethod
    def of(cls, largest: float, signed: bool, colour_map: str) -> ColourScale:
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


def channel_tiles(
    features: Features, mean: Values, channels: Sequence[int], scale: ColourScale
) -> tuple[Tile, ...]:
    """Some channels of a place (C, H, W), each with its number and its mean."""
    return tuple(
        Tile(scale.picture(features[channel]), channel, f"{mean[channel]:.3g}") for channel in channels
    )


def largest_weight(kernels: Kernels) -> float:
    """The largest absolute value of all filters: the end of their common scale."""
    return float(np.abs(kernels).max())


def filter_picture(kernel: Values, largest: float) -> Image.Image:
    """A filter (channels, k, k) as a picture of k × k pixels: 0 is grey, and ±largest are the ends.

    The weights for red, green and blue are a pixel's colour, as Krizhevsky et al. 2012 drew them
    (figure 3); those of a network of one channel are a brightness.

    Raises:
        ValueError: for a filter of other than 1 or 3 channels.
    """
    if kernel.shape[0] not in (1, 3):
        raise ValueError(
            t("The filters read {channels} channels; those of 1 or 3 can be drawn.").format(
                channels=kernel.shape[0]
            )
        )
    scaled = kernel.astype(np.float64) / (largest or 1.0)
    levels = np.round(127.5 + 127.5 * scaled).clip(0, 255).astype(np.uint8)
    return Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0).copy())


def filter_tiles(kernels: Kernels, mean: Values, channels: list[int]) -> tuple[Tile, ...]:
    """Some filters, each with its number and the mean of its channel on the photo."""
    largest = largest_weight(kernels)
    return tuple(
        Tile(filter_picture(kernels[channel], largest), channel, f"{mean[channel]:.3g}")
        for channel in channels
    )


def grid_svg(tiles: Sequence[Tile], total: int, chosen: int | None, title: str) -> str:
    """The grid as one picture; `data-rows` and `data-columns` tell which tile a click meets.

    Args:
        tiles: of one page, in the order in which one reads.
        total: tiles of all pages, so that the last page is as high as the others.
        chosen: number of the tile that is framed, if it is here.
        title: what it shows, for those who do not see it.
    """
    rows = ROWS if total > PER_PAGE else -(-len(tiles) // COLUMNS)
    pitch, line = SIDE + GAP, SIDE + WORDS
    groups = []
    for place, tile in enumerate(tiles):
        row, column = divmod(place, COLUMNS)
        x, y = GAP // 2 + column * pitch, GAP // 2 + row * line
        groups.append(_tile_group(tile, x, y, tile.number == chosen))
    width, height = COLUMNS * pitch, rows * line
    ground = svg.rect(
        0, 0, width, height, fill="transparent", data_key="tiles", data_rows=rows, data_columns=COLUMNS
    )
    return svg.document(width, height, *groups, ground, name=title, color="inherit")


def _tile_group(tile: Tile, x: int, y: int, chosen: bool) -> str:
    style: dict[str, svg.Attribute] = {"text_anchor": "middle", "fill": "currentColor"}
    frame = svg.rect(
        x - 4, y - 4, SIDE + 8, SIDE + 8, rx=3, fill="none", stroke="currentColor", stroke_width=4
    )
    return svg.group(
        _cells(tile.picture, x, y, SIDE),
        frame if chosen else "",
        svg.text(x + SIDE / 2, y + SIDE + 30, str(tile.number), font_size=30, font_weight="700", **style),
        svg.text(x + SIDE / 2, y + SIDE + 57, tile.words, font_size=28, opacity=0.85, **style),
        class_="tile",
        data_number=tile.number,
    )


def _cells(picture: Image.Image, x: int, y: int, side: int, opacity: float = 1) -> str:
    """A picture of which each pixel is drawn as a square with sharp edges."""
    return svg.cells(x, y, side, side, svg.data_address(png_bytes(picture)), opacity=opacity)


def _image(file: bytes, x: int, y: int, side: int, **attributes: svg.Attribute) -> str:
    return svg.image(x, y, side, side, svg.data_address(file), preserveAspectRatio="none", **attributes)


def large_svg(
    crop: Image.Image, cells: Image.Image, opacity: float, peak: tuple[int, int] | None, title: str
) -> str:
    """One channel over the crop that the network saw, its largest value framed; a cell takes a click.

    Args:
        crop: of the photo, of any size.
        cells: the channel as `ColourScale.picture` draws it.
        opacity: 0 shows the photo, 1 the channel.
        peak: row and column of the cell; None for none.
        title: what it shows, for those who do not see it.
    """
    photo = jpeg_bytes(crop.resize((LARGE, LARGE), Image.Resampling.BICUBIC))
    parts = [_image(photo, 0, 0, LARGE), _cells(cells, 0, 0, LARGE, opacity)]
    if peak is not None:
        across, down = LARGE / cells.width, LARGE / cells.height
        box = (peak[1] * across, peak[0] * down, across, down)
        parts += [
            svg.rect(*box, fill="none", stroke=colour, stroke_width=width)
            for colour, width in (("#000000", 6), ("#ffffff", 3))
        ]
    ground = svg.rect(
        *(0, 0, LARGE, LARGE),
        fill="transparent",
        data_key="cells",
        data_rows=cells.height,
        data_columns=cells.width,
    )
    return svg.document(LARGE, LARGE, *parts, ground, name=title)


def kernel_svg(kernel: Image.Image, title: str) -> str:
    """One filter, large."""
    frame = svg.rect(0, 0, LARGE, LARGE, fill="none", stroke=LINE_GREY, stroke_width=2)
    return svg.document(LARGE, LARGE, _cells(kernel, 0, 0, LARGE), frame, name=title)


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
