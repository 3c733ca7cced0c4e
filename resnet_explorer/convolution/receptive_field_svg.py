"""The receptive field of one cell, drawn over a photo: what it sees of it, and of the padding around it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.svg_grid import FONT, label
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.receptive_field import Field, FieldBox, Place, Span, field_box

Box = tuple[float, float, float, float]
"""Left, top, width and height, in units of the picture."""

WIDTH: Final = 740.0
HEIGHT: Final = 540.0
LARGEST_PHOTO: Final = 448
"""Pixels of the longer side of the embedded photo: a larger input is drawn no finer."""
MOST_AROUND: Final = 1.0
"""How much padding is drawn on each side at most, in sides of the image; a box may leave the picture."""


def fitted(photo: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of a photo at the network's input size (height, width), no longer than `LARGEST_PHOTO`."""
    height, width = size
    shrink = min(1.0, LARGEST_PHOTO / max(size))
    pixels = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return ImageOps.fit(photo, pixels, Image.Resampling.BICUBIC)


def field_svg(
    p: Plan, place: Place, row: int, column: int, photo: Image.Image, standalone: bool = False
) -> str:
    """The picture; a click on the photo's cells is a part "cell" of so many rows and columns.

    Args:
        p: the plan.
        place: the map whose cell it is.
        row, column: the cell, 0-based.
        photo: as `fitted` gives it.
        standalone: for a file of its own: with a white ground.

    Raises:
        ValueError: if the map has no such cell.
    """
    box = field_box(p, place.name, row, column)
    view = _View.of(p, place)
    colour = STAGE_COLOURS[place.stage]
    return svg.document(
        WIDTH,
        HEIGHT,
        _padding(view),
        _photo(view, photo),
        _shade(view, box),
        _frames(view, box, colour),
        _centres(view, place),
        _chosen(*view.centre(place.field, row, column), colour),
        svg.rect(
            *_tiles(view, place),
            data_key="cell",
            data_rows=place.shape[1],
            data_columns=place.shape[2],
            fill="transparent",
        ),
        name=t("What row {row}, column {column} of {place} sees of the image").format(
            row=row, column=column, place=place.name
        ),
        standalone=standalone,
        font_size=FONT,
    )


@dataclass(frozen=True)
class _View:
    """The image and what is drawn around it, in units of the picture.

    Attributes:
        height, width: of the image in pixels.
        left, top: where pixel 0 begins.
        scale: units per pixel.
    """

    height: int
    width: int
    left: float
    top: float
    scale: float

    @classmethod
    def of(cls, p: Plan, place: Place) -> _View:
        _, height, width = p.input_shape
        rows, columns = (_around(place.field, place.shape[axis], p.input_shape[axis]) for axis in (1, 2))
        scale = min(WIDTH / (width + sum(columns)), HEIGHT / (height + sum(rows)))
        left = (WIDTH - scale * (width + sum(columns))) / 2 + scale * columns[0]
        top = (HEIGHT - scale * (height + sum(rows))) / 2 + scale * rows[0]
        return cls(height, width, left, top, scale)

    def rect(self, rows: Span, columns: Span) -> Box:
        """Where a box of pixels lies."""
        return (
            self.left + self.scale * columns.first,
            self.top + self.scale * rows.first,
            self.scale * columns.size,
            self.scale * rows.size,
        )

    @property
    def image(self) -> Box:
        """Where the image lies."""
        return self.rect(Span(0, self.height - 1), Span(0, self.width - 1))

    def centre(self, field: Field, row: int, column: int) -> tuple[float, float]:
        """Where the middle of what a cell sees lies: x and y."""
        x, y = (field.centre + cell * field.jump + 0.5 for cell in (column, row))
        return self.left + self.scale * x, self.top + self.scale * y


def _around(field: Field, cells: int, size: int) -> tuple[float, float]:
    """Pixels of padding to draw before and after the image along one axis."""
    most = MOST_AROUND * size
    room = max(3.0, 0.03 * size)
    after = field.span(cells - 1).last - (size - 1)
    return min(max(field.padding, 0) + room, most), min(max(after, 0) + room, most)


def _padding(view: _View) -> str:
    """What lies around the image: the zeros of all layers' padding, hatched."""
    left, top, _, _ = view.image
    words = label(12, 28, t("padding"), "start", 20, 0.85) if min(left, top) > 30 else ""
    hatch = svg.path("M0 14L14 0", stroke=LINE_GREY, stroke_width=1, opacity=0.55)
    return (
        _tiled("zeros", (0, 0, 14, 14), hatch)
        + svg.rect(0, 0, WIDTH, HEIGHT, rx=10, fill="url(#zeros)")
        + words
    )


def _tiled(name: str, tile: Box, content: str) -> str:
    """A pattern to fill something with, by its name."""
    x, y, width, height = tile
    pattern = svg.element(
        "pattern", content, id=name, x=x, y=y, width=width, height=height, patternUnits="userSpaceOnUse"
    )
    return svg.element("defs", pattern)


def _photo(view: _View, photo: Image.Image) -> str:
    stream = io.BytesIO()
    # Few pixels are shown as they are, squares; many would only weigh more without loss.
    small = max(photo.size) <= 96
    photo.save(stream, "PNG" if small else "JPEG", quality=85)
    return svg.image(
        *view.image,
        svg.data_address(stream.getvalue()),
        preserveAspectRatio="none",
        style="image-rendering:pixelated" if small else None,
    )


def _shade(view: _View, box: FieldBox) -> str:
    """The image darkened where the cell does not see it."""
    outlines = _outline(view.image) + _outline(view.rect(box.rows, box.columns))
    return svg.path(outlines, fill_rule="evenodd", fill="#000000", opacity=0.6)


def _outline(rect: Box) -> str:
    left, top, width, height = map(svg.number, rect)
    return f"M{left} {top}h{width}v{height}h-{width}z"


def _centres(view: _View, place: Place) -> str:
    """A dot where each cell has its centre, as a pattern: a map may have thousands of cells."""
    tile = view.scale * place.field.jump
    if tile < 5:
        return ""
    x, y, width, height = _tiles(view, place)
    radius = min(4.5, 0.17 * tile)
    dot = svg.circle(
        tile / 2,
        tile / 2,
        radius,
        fill="#ffffff",
        stroke="#000000",
        stroke_width=min(1.2, radius / 3),
        opacity=0.85,
    )
    return _tiled("cells", (x, y, tile, tile), dot) + svg.rect(x, y, width, height, fill="url(#cells)")


def _tiles(view: _View, place: Place) -> Box:
    """The squares of a jump's side around the centres of all cells."""
    tile = view.scale * place.field.jump
    x, y = view.centre(place.field, 0, 0)
    return x - tile / 2, y - tile / 2, tile * place.shape[2], tile * place.shape[1]


def _frames(view: _View, box: FieldBox, colour: str) -> str:
    """The whole receptive field dashed, and solid what of it is the image."""
    reach = _outline(view.rect(box.reach_rows, box.reach_columns))
    seen = _outline(view.rect(box.rows, box.columns))
    return (
        svg.path(reach + _outline(view.image), fill_rule="evenodd", fill=colour, fill_opacity=0.18)
        + svg.path(reach, fill="none", stroke=colour, stroke_width=4, stroke_dasharray="12 7")
        + svg.path(seen, fill="none", stroke="#ffffff", stroke_width=8)
        + svg.path(seen, class_="seen", fill="none", stroke=colour, stroke_width=5)
    )


def _chosen(x: float, y: float, colour: str) -> str:
    """The centre of the cell that is chosen, with a ring."""
    dot = svg.circle(x, y, 9, fill=colour, stroke="#ffffff", stroke_width=3)
    return dot + svg.circle(x, y, 11, fill="none", stroke="#000000", stroke_width=1.5)
