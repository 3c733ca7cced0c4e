"""The receptive field of one cell, drawn over a photo: what it sees of it, and of the padding around it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from resnet_explorer.cell_grid import document, label
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.plan import Plan
from resnet_explorer.receptive_field import Field, FieldBox, Place, Span, field_box

WIDTH: Final = 700.0
HEIGHT: Final = 660.0
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
    body = [
        _ground(view),
        _photo(view, photo),
        _shade(view, box),
        _frames(view, box, colour),
        _cells(view, place),
        _chosen(view, place.field, row, column, colour),
        _target(view, place),
    ]
    words = f"What row {row}, column {column} of {place.name} sees of the image"
    return document(WIDTH, HEIGHT, words, "".join(body), standalone)


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

    def rect(self, rows: Span, columns: Span) -> tuple[float, float, float, float]:
        """Left, top, width and height of a box of pixels."""
        return (
            self.left + self.scale * columns.first,
            self.top + self.scale * rows.first,
            self.scale * columns.size,
            self.scale * rows.size,
        )

    @property
    def image(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the image."""
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


def _ground(view: _View) -> str:
    """What lies around the image: the zeros of all layers' padding."""
    left, top, _, _ = view.image
    text = label(12, 26, "padding", "start", 18, 0.72) if min(left, top) > 30 else ""
    return (
        '<defs><pattern id="zeros" width="14" height="14" patternUnits="userSpaceOnUse">'
        f'<path d="M0 14L14 0" stroke="{LINE_GREY}" stroke-width="1" opacity="0.55"/></pattern></defs>'
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" rx="10" fill="url(#zeros)"/>{text}'
    )


def _photo(view: _View, photo: Image.Image) -> str:
    left, top, width, height = view.image
    stream = io.BytesIO()
    # Few pixels are shown as they are, squares; many would only weigh more without loss.
    small = max(photo.size) <= 96
    photo.save(stream, "PNG" if small else "JPEG", quality=85)
    data = base64.b64encode(stream.getvalue()).decode()
    kind, style = ("png", "image-rendering:pixelated") if small else ("jpeg", "")
    return (
        f'<image x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" preserveAspectRatio="none" '
        f'style="{style}" href="data:image/{kind};base64,{data}"/>'
    )


def _shade(view: _View, box: FieldBox) -> str:
    """The image darkened where the cell does not see it."""
    return (
        f'<path fill-rule="evenodd" fill="#000000" opacity="0.6" '
        f'd="{_outline(view.image)}{_outline(view.rect(box.rows, box.columns))}"/>'
    )


def _outline(rect: tuple[float, float, float, float]) -> str:
    left, top, width, height = rect
    return f"M{left:g} {top:g}h{width:g}v{height:g}h{-width:g}z"


def _cells(view: _View, place: Place) -> str:
    """A dot where each cell has its centre, as a pattern: a map may have thousands of cells."""
    tile = view.scale * place.field.jump
    if tile < 5:
        return ""
    x, y, width, height = _tiles(view, place)
    radius = min(4.5, 0.17 * tile)
    return (
        f'<defs><pattern id="cells" x="{x:g}" y="{y:g}" width="{tile:g}" height="{tile:g}" '
        f'patternUnits="userSpaceOnUse"><circle cx="{tile / 2:g}" cy="{tile / 2:g}" r="{radius:g}" '
        f'fill="#ffffff" stroke="#000000" stroke-width="{min(1.2, radius / 3):g}" opacity="0.85"/></pattern>'
        f'</defs><rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="url(#cells)"/>'
    )


def _tiles(view: _View, place: Place) -> tuple[float, float, float, float]:
    """Left, top, width and height of the squares of a jump's side around the centres of all cells."""
    tile = view.scale * place.field.jump
    x, y = view.centre(place.field, 0, 0)
    return x - tile / 2, y - tile / 2, tile * place.shape[2], tile * place.shape[1]


def _frames(view: _View, box: FieldBox, colour: str) -> str:
    """The whole receptive field dashed, and solid what of it is the image."""
    reach = _outline(view.rect(box.reach_rows, box.reach_columns))
    seen = _outline(view.rect(box.rows, box.columns))
    return (
        f'<path d="{reach}{_outline(view.image)}" fill-rule="evenodd" fill="{colour}" fill-opacity="0.18"/>'
        f'<path d="{reach}" fill="none" stroke="{colour}" stroke-width="4" stroke-dasharray="12 7"/>'
        f'<path d="{seen}" fill="none" stroke="#ffffff" stroke-width="8"/>'
        f'<path class="seen" d="{seen}" fill="none" stroke="{colour}" stroke-width="5"/>'
    )


def _chosen(view: _View, field: Field, row: int, column: int, colour: str) -> str:
    x, y = view.centre(field, row, column)
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="9" fill="{colour}" stroke="#ffffff" stroke-width="3"/>'
        f'<circle cx="{x:g}" cy="{y:g}" r="11" fill="none" stroke="#000000" stroke-width="1.5"/>'
    )


def _target(view: _View, place: Place) -> str:
    x, y, width, height = _tiles(view, place)
    return (
        f'<rect data-key="cell" data-rows="{place.shape[1]}" data-columns="{place.shape[2]}" x="{x:g}" '
        f'y="{y:g}" width="{width:g}" height="{height:g}" fill="transparent"/>'
    )
