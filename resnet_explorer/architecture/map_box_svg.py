"""A map as a box: its front is the map as one sees it, behind it lie its channels, to scale.

The fronts are drawn by the cube root of their sides, so that one of 7 × 7 cells still has room for a picture:
a side 8 times as long is drawn twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cbrt
from typing import Final

from resnet_explorer.architecture.feature_maps import FeatureMap, sides
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.network.layers import Shape

TALLEST: Final = 190.0
"""Units of the picture for the longest side of any map."""
LONGEST: Final = 84.0
"""Units of the picture for the largest number of channels."""
SLANT: Final = (0.62, 0.46)
"""How far the channels go to the right and up, per unit of their scale."""
THINNEST: Final = 1.6
"""A side of one pixel or a few channels is drawn no thinner, so that it can be seen at all."""


@dataclass(frozen=True)
class Scale:
    """Units of the picture: for the side of the largest map, whose pixels are `side`, and per channel."""

    side: int
    tallest: float
    channel: float
    longest: float

    @classmethod
    def of(cls, maps: tuple[FeatureMap, ...], tallest: float = TALLEST, longest: float = LONGEST) -> Scale:
        """The scale on which the largest map is so tall, and the one of most channels so long."""
        side = max(max(sides(m.shape)) for m in maps)
        channels = max(m.shape[0] for m in maps if m.key != "fc")
        # Many classes must not squeeze the maps to nothing: fc may be the longest, up to twice.
        scores = max((m.shape[0] for m in maps if m.key == "fc"), default=0)
        return cls(side, tallest, longest / max(channels, min(scores, 2 * channels)), longest)

    def length(self, shape: Shape) -> float:
        """Of the box, along the channels."""
        return max(THINNEST, min(self.longest, shape[0] * self.channel))

    def is_cut(self, shape: Shape) -> bool:
        """Whether there are more channels than are drawn."""
        return shape[0] * self.channel > self.longest + 0.01

    def height(self, shape: Shape) -> float:
        """Of the front, along the rows."""
        return max(THINNEST, sides(shape)[0] * self._pixel(shape))

    def width(self, shape: Shape) -> float:
        """Of the front, along the columns."""
        return max(THINNEST, sides(shape)[1] * self._pixel(shape))

    def run(self, shape: Shape) -> float:
        """How far the channels go to the right."""
        return SLANT[0] * self.length(shape)

    def rise(self, shape: Shape) -> float:
        """How far the channels go up."""
        return SLANT[1] * self.length(shape)

    def _pixel(self, shape: Shape) -> float:
        """Of this map: its longer side is drawn by its cube root."""
        longer = max(sides(shape))
        return self.tallest * cbrt(longer / self.side) / longer


@dataclass(frozen=True)
class Column:
    """Where a map and its label stand; `body` is the width of what stands in a box's stead, if anything."""

    map: FeatureMap
    left: float
    right: float
    body: float | None = None

    @property
    def middle(self) -> float:
        """Between left and right."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Face:
    """A picture on the front of a box.

    Attributes:
        address: a `data:` address of it.
        cells: rows and columns of a map of which each pixel is a cell; None for a photo, which is smoothed.
        words: what it shows.
    """

    address: str
    cells: tuple[int, int] | None = None
    words: str = ""


def box_svg(column: Column, ground: float, scale: Scale, face: Face | None = None) -> str:
    """A map as a box on the ground, in the middle of its column.

    Args:
        column: where it stands.
        ground: y of its lower edge.
        scale: of the picture.
        face: a picture on its front.
    """
    m = column.map
    width, height = scale.width(m.shape), scale.height(m.shape)
    run, rise = scale.run(m.shape), scale.rise(m.shape)
    x, y = column.middle - (width + run) / 2, ground - height
    far = x + width
    drawn = "".join(
        _polygon(colour, points)
        for colour, points in (
            (_shade(m.colour, 0.82), [(x, y), (far, y), (far, ground), (x, ground)]),
            (_shade(m.colour, 1.18), [(x, y), (x + run, y - rise), (far + run, y - rise), (far, y)]),
            (m.colour, [(far, y), (far + run, y - rise), (far + run, ground - rise), (far, ground)]),
        )
    )
    if face:
        # Cells smaller than a unit are averaged, for else the browser would leave some of them out.
        is_sharp = face.cells is not None and face.cells[0] <= height and face.cells[1] <= width
        drawn += (
            svg.cells(x, y, width, height, face.address)
            if is_sharp
            else svg.image(x, y, width, height, face.address, preserveAspectRatio="none")
        )
        drawn += svg.rect(x, y, width, height, fill="none", stroke=m.colour, stroke_width=2)
    if scale.is_cut(m.shape):
        centred = {"text_anchor": "middle", "fill": "currentColor", "font_weight": "700"}
        drawn += svg.text(far + run / 2, ground - (height + rise) / 2 + 6, "⫽", **centred)
    return drawn


def _polygon(colour: str, points: list[tuple[float, float]]) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return svg.element("polygon", points=corners, fill=colour, stroke=colour, stroke_width=0.6)


def arrow_svg(one: Column, other: Column, y: float, scale: Scale) -> str:
    """From one box to the next; nothing where there is no room."""
    half, other_half = (
        (scale.width(c.map.shape) + scale.run(c.map.shape) if c.body is None else c.body) / 2
        for c in (one, other)
    )
    start, end = one.middle + half + 4, other.middle - other_half - 4
    if end - start < 12:
        return ""
    line = svg.path(f"M{start:.1f} {y:.1f}H{end - 7:.1f}", stroke=LINE_GREY, stroke_width=2, fill="none")
    return line + svg.path(f"M{end:.1f} {y:.1f}l-9 -5v10z", fill=LINE_GREY)


def _shade(colour: str, factor: float) -> str:
    """A darker (below 1) or lighter (above 1) tone of a hex colour."""
    channels = bytes.fromhex(colour[1:])
    toned = (c * factor if factor <= 1 else c + (255 - c) * (factor - 1) * 2 for c in channels)
    return "#" + "".join(f"{round(min(255, max(0, c))):02x}" for c in toned)
