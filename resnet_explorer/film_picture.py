"""The film strip as a picture: above, every stage's map to scale; below each, the evidence in its cells.

The same boxes as in the path of the feature map (`feature_path`), so that a heatmap stands under the
shape that it comes from. A cell of a map can be chosen; what it sees is framed on the photo.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from resnet_explorer.cell_grid import document, label
from resnet_explorer.colours import LINE_GREY
from resnet_explorer.feature_path import Column, FeatureMap, Scale, arrow_svg, box_svg, feature_maps
from resnet_explorer.plan import Plan, section_name, shape_text
from resnet_explorer.receptive_field import Span, field_box

SIDE: Final = 230.0
"""Units of the picture for the side of a frame."""
GAP: Final = 18.0
AXIS: Final = 76.0
"""Height at which the boxes of the ruler are centred."""
NAME: Final = 174.0
SHAPE: Final = 206.0
BAR: Final = 220.0
FRAME: Final = 236.0
WORDS: Final = FRAME + SIDE + 32
HEIGHT: Final = WORDS + 12
TEXT: Final = 29.0


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture of the strip.

    Attributes:
        stage: 0 for the stem, n for stage n.
        jpeg: the map over the photo, square, as a file.
        words: what stands below it.
    """

    stage: int
    jpeg: bytes
    words: str


@dataclass(frozen=True)
class Cell:
    """A cell of a stage's map, row and column 0-based; stage 0 is the stem."""

    stage: int
    row: int
    column: int


def film_svg(p: Plan, photo: bytes, frames: tuple[Frame, ...], cell: Cell, standalone: bool = False) -> str:
    """The picture; the cells of a frame are parts "N:row,column" for a click, N the number of the stage.

    Args:
        p: the network at the size of its input.
        photo: what it looks at, square, as a JPEG file.
        frames: one for the stem and for each stage, in the order of the data.
        cell: the chosen cell, of the chosen stage.
        standalone: for a file of its own: with a white ground.
    """
    maps = ruler_maps(p)
    scale = Scale.of(maps, tallest=104, longest=76)
    columns = [Column(m, _left(number), _left(number) + SIDE) for number, m in enumerate(maps)]
    body = [arrow_svg(one, other, AXIS, scale) for one, other in pairwise(columns)]
    body += [_head(column, scale) for column in columns]
    body += [_image(columns[0].left, photo), _field(p, columns[0].left, cell, maps[cell.stage + 1].colour)]
    body.append(label(columns[0].middle, WORDS, "what this cell sees", size=TEXT - 3, opacity=0.72))
    for column, frame in zip(columns[1:], frames, strict=True):
        body += _frame(column, frame, cell)
    return document(columns[-1].right, HEIGHT, "Evidence at every stage", "".join(body), standalone)


def ruler_maps(p: Plan) -> tuple[FeatureMap, ...]:
    """The maps of the ruler: the image, what leaves the stem, and what leaves each stage."""
    image, *rest = feature_maps(p)
    first = next(number for number, m in enumerate(rest) if m.key == p.stages[0].name)
    last = rest[first - 1]  # what leaves the stem: conv1 or, where there is one, the max-pool
    stem = FeatureMap("stem", ("stem",), (), last.shape, last.colour)
    return (image, stem, *rest[first : first + len(p.stages)])


def _left(number: int) -> float:
    return number * (SIDE + GAP)


def _head(column: Column, scale: Scale) -> str:
    """The map to scale with its name, its shape and its colour."""
    m = column.map
    return (
        box_svg(column, AXIS, scale)
        + label(column.middle, NAME, m.names[0], size=TEXT, weight="700")
        + label(column.middle, SHAPE, f"{m.shape[0]} × {shape_text(m.shape[1:])}", size=TEXT - 3)
        + f'<rect x="{column.left:g}" y="{BAR:g}" width="{SIDE:g}" height="8" rx="4" fill="{m.colour}"/>'
    )


def _image(left: float, jpeg: bytes) -> str:
    data = base64.b64encode(jpeg).decode()
    return (
        f'<image x="{left:g}" y="{FRAME:g}" width="{SIDE:g}" height="{SIDE:g}" '
        f'preserveAspectRatio="none" href="data:image/jpeg;base64,{data}"/>'
    )


def _frame(column: Column, frame: Frame, cell: Cell) -> list[str]:
    """The picture, the chosen cell if it is one of its own, and the grid that takes the clicks."""
    _, rows, columns = column.map.shape
    parts = [_image(column.left, frame.jpeg)]
    if frame.stage == cell.stage:
        width, height = SIDE / columns, SIDE / rows
        parts.append(_outline(column.left, FRAME, SIDE, SIDE, column.map.colour))
        parts.append(
            _outline(
                column.left + cell.column * width, FRAME + cell.row * height, width, height, "#ffffff", "cell"
            )
        )
    parts.append(
        f'<rect data-key="{column.map.key}" data-name="{frame.stage}" data-rows="{rows}" '
        f'data-columns="{columns}" x="{column.left:g}" y="{FRAME:g}" width="{SIDE:g}" height="{SIDE:g}" '
        'fill="#ffffff" fill-opacity="0"/>'
    )
    parts.append(label(column.middle, WORDS, frame.words, size=TEXT - 3, opacity=0.72))
    return parts


def _field(p: Plan, left: float, cell: Cell, colour: str) -> str:
    """What the chosen cell sees, on the photo; the rest is dimmed."""
    box = field_box(p, section_name(cell.stage), cell.row, cell.column)
    _, height, width = p.input_shape

    def along(span: Span, size: int) -> tuple[float, float]:
        return span.first / size * SIDE, span.size / size * SIDE

    (x, across), (y, down) = along(box.columns, width), along(box.rows, height)
    hole = f"M{left + x:g} {FRAME + y:g}h{across:g}v{down:g}h{-across:g}z"
    whole = f"M{left:g} {FRAME:g}h{SIDE:g}v{SIDE:g}h{-SIDE:g}z"
    return f'<path d="{whole}{hole}" fill-rule="evenodd" fill="#000000" opacity="0.55"/>' + _outline(
        left + x, FRAME + y, across, down, colour, "field"
    )


def _outline(x: float, y: float, width: float, height: float, colour: str, name: str = "") -> str:
    """A frame that is seen on any picture: its colour with a dark line around it."""
    rect = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none"'
    named = f' class="{name}"' if name else ""
    return (
        f'<rect {rect} stroke="#000000" stroke-width="7" opacity="0.7"/>'
        f'<rect{named} {rect} stroke="{colour if colour != LINE_GREY else "#ffffff"}" stroke-width="4"/>'
    )
