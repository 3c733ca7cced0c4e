"""The film strip as a picture: above, every stage's map; below each, the evidence in its cells.

The same boxes as in the path of the feature map (`map_box_svg`), so that a heatmap stands under the
shape that it comes from. A cell of a map can be chosen; its receptive field is framed on the photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from resnet_explorer.architecture.feature_maps import FeatureMap, feature_maps
from resnet_explorer.architecture.map_box_svg import Column, Scale, arrow_svg, box_svg
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Plan, section_name, shape_text
from resnet_explorer.network.receptive_field import field_box

SIDE: Final = 230.0
"""Units of the picture for the side of a frame."""
GAP: Final = 18.0
GROUND: Final = 142.0
"""On which the boxes of the ruler stand."""
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


def film_strip_svg(p: Plan, photo: bytes, frames: tuple[Frame, ...], cell: Cell) -> str:
    """The picture; the cells of a frame are parts "N:row,column" for a click, N the number of the stage.

    Args:
        p: the network at the size of its input.
        photo: the crop, square, as a JPEG file.
        frames: one for the stem and for each stage, in the order of the data.
        cell: the chosen cell, of the chosen stage.
    """
    maps = ruler_maps(p)
    scale = Scale.of(maps, tallest=104, longest=76)
    columns = [Column(m, _left(number), _left(number) + SIDE) for number, m in enumerate(maps)]
    first = columns[0]
    parts = [arrow_svg(one, other, GROUND - 14, scale) for one, other in pairwise(columns)]
    parts += [_head(column, scale) for column in columns]
    parts += [_picture(first.left, photo), _field(p, first.left, cell, maps[cell.stage + 1].colour)]
    parts.append(_caption(first, t("what this cell sees")))
    for column, frame in zip(columns[1:], frames, strict=True):
        parts += _frame(column, frame, cell)
    return svg.document(
        columns[-1].right, HEIGHT, *parts, name=t("Evidence at every stage"), color="inherit", font_size=18
    )


def ruler_maps(p: Plan) -> tuple[FeatureMap, ...]:
    """The maps of the ruler: the image, what leaves the stem, and what leaves each stage."""
    image, *rest = feature_maps(p)
    first = next(number for number, m in enumerate(rest) if m.key == p.stages[0].name)
    last = rest[first - 1]  # what leaves the stem: conv1 or, where there is one, the max-pool
    stem = FeatureMap("stem", ("stem",), (), last.shape, last.colour)
    return (image, stem, *rest[first : first + len(p.stages)])


def _left(number: int) -> float:
    return number * (SIDE + GAP)


def _label(column: Column, y: float, words: str, size: float = TEXT - 3, **look: svg.Attribute) -> str:
    return svg.text(
        column.middle, y, words, text_anchor="middle", font_size=size, fill="currentColor", **look
    )


def _caption(column: Column, words: str) -> str:
    return _label(column, WORDS, words, opacity=0.72)


def _head(column: Column, scale: Scale) -> str:
    """The map as a box with its name, its shape and its colour."""
    m = column.map
    return (
        box_svg(column, GROUND, scale)
        + _label(column, NAME, t(m.names[0]), TEXT, font_weight="700")
        + _label(column, SHAPE, f"{m.shape[0]} × {shape_text(m.shape[1:])}")
        + svg.rect(column.left, BAR, SIDE, 8, rx=4, fill=m.colour)
    )


def _picture(left: float, jpeg: bytes) -> str:
    return svg.image(left, FRAME, SIDE, SIDE, svg.data_address(jpeg), preserveAspectRatio="none")


def _frame(column: Column, frame: Frame, cell: Cell) -> list[str]:
    """The picture, the chosen cell if it is one of its own, and the grid that takes the clicks."""
    _, rows, columns = column.map.shape
    parts = [_picture(column.left, frame.jpeg)]
    if frame.stage == cell.stage:
        width, height = SIDE / columns, SIDE / rows
        left, top = column.left + cell.column * width, FRAME + cell.row * height
        parts += [
            _outline(column.left, FRAME, SIDE, SIDE, column.map.colour),
            _outline(left, top, width, height, "#ffffff", "cell"),
        ]
    grid = svg.rect(
        column.left,
        FRAME,
        SIDE,
        SIDE,
        fill="#ffffff",
        fill_opacity=0,
        data_key=column.map.key,
        data_name=str(frame.stage),
        data_rows=rows,
        data_columns=columns,
    )
    return [*parts, grid, _caption(column, frame.words)]


def _field(p: Plan, left: float, cell: Cell, colour: str) -> str:
    """The receptive field of the chosen cell on the photo; the rest is dimmed."""
    box = field_box(p, section_name(cell.stage), cell.row, cell.column)
    _, height, width = p.input_shape
    x, across = (left + box.columns.first / width * SIDE, box.columns.size / width * SIDE)
    y, down = (FRAME + box.rows.first / height * SIDE, box.rows.size / height * SIDE)
    hole = f"M{x:g} {y:g}h{across:g}v{down:g}h{-across:g}z"
    whole = f"M{left:g} {FRAME:g}h{SIDE:g}v{SIDE:g}h{-SIDE:g}z"
    dimmed = svg.path(whole + hole, fill_rule="evenodd", fill="#000000", opacity=0.55)
    return dimmed + _outline(x, y, across, down, colour, "field")


def _outline(x: float, y: float, width: float, height: float, colour: str, name: str | None = None) -> str:
    """A frame that is seen on any picture: its colour with a dark line around it."""
    light = "#ffffff" if colour == LINE_GREY else colour
    return svg.rect(
        x, y, width, height, fill="none", stroke="#000000", stroke_width=7, opacity=0.7
    ) + svg.rect(x, y, width, height, fill="none", stroke=light, stroke_width=4, class_=name)
