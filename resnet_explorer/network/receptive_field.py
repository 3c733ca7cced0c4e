"""What one cell of a map sees of the image: size, jump and place of its receptive field.

Along one axis, a window of k cells that moves by s over a map padded by p turns what the map's cells
see into what its own see (Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional
neural networks", https://distill.pub/2019/computing-receptive-fields/):

    size' = size + (k − 1) · jump,   start' = start − p · jump,   jump' = jump · s.

Where a shortcut joins, a cell sees what either path saw. The recurrence knows no borders; `field_box`
does: it walks back from the cell and drops at each map what lies in the padding, which is zeros and
no part of the image.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown
from resnet_explorer.network.layers import Block, Layer, Plan, Shape
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.table_rows import Row, window_text


@dataclass(frozen=True)
class Span:
    """Pixels of the image along one axis, the first and the last; below 0 and from the size on is padding."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many pixels."""
        return self.last - self.first + 1

    def joined(self, other: Span) -> Span:
        """The smallest span that has both in it."""
        return Span(min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True)
class Field:
    """What the cells of a map see along one axis, as if the image had no borders.

    Attributes:
        size: pixels that one cell sees, the gaps between them counted in.
        jump: pixels between what two neighbouring cells see.
        start: the first pixel that cell 0 sees; below 0 it lies in the padding.
    """

    size: int = 1
    jump: int = 1
    start: int = 0

    @property
    def padding(self) -> int:
        """Pixels before the image that cell 0 reaches: the padding of all layers together."""
        return -self.start

    @property
    def centre(self) -> float:
        """The pixel in the middle of what cell 0 sees."""
        return self.start + (self.size - 1) / 2

    def span(self, cell: int) -> Span:
        """The pixels that a cell sees, those in the padding among them."""
        first = self.start + cell * self.jump
        return Span(first, first + self.size - 1)

    def after(self, layer: Layer) -> Field:
        """What the cells see that a layer makes of this map."""
        return Field(
            self.size + (layer.kernel - 1) * self.jump,
            self.jump * layer.stride,
            self.start - layer.padding * self.jump,
        )

    def joined(self, other: Field) -> Field:
        """What a sum sees of two maps whose cells lie equally far apart."""
        span = self.span(0).joined(other.span(0))
        return Field(span.size, self.jump, span.first)


IMAGE: Final = Field()
"""A pixel sees itself."""


@dataclass(frozen=True)
class Place:
    """A map on the path, as "conv1", "maxpool" or "stage 2" left it, and what its cells see."""

    name: str
    stage: str
    shape: Shape
    field: Field


@dataclass(frozen=True)
class FieldBox:
    """What one cell sees of the image.

    Attributes:
        rows, columns: pixels of the image itself that can change the cell: exact at the borders.
        reach_rows, reach_columns: the whole receptive field, with what of it lies in the padding.
    """

    rows: Span
    columns: Span
    reach_rows: Span
    reach_columns: Span


def places(p: Plan) -> tuple[Place, ...]:
    """The maps whose cells have a receptive field: after each step of the stem, and after each stage.

    The head has none of its own: average pooling sees the whole map.
    """
    fields = _fields(p.spec)
    stem = [layer for layer in p.stem.layers if layer.kind in ("conv", "maxpool")]
    return (
        *(Place(layer.name, layer.stage, layer.out_shape, fields[layer.name]) for layer in stem),
        *(Place(s.name, s.name, s.out_shape, fields[s.layers[-1].name]) for s in p.stages),
    )


def layer_fields(p: Plan) -> tuple[tuple[Layer, Field], ...]:
    """Every layer of the stem and of the stages with what its cells see, in the order of the calls."""
    fields = _fields(p.spec)
    return tuple((layer, fields[layer.name]) for section in (p.stem, *p.stages) for layer in section.layers)


def field_box(p: Plan, section: str, row: int, column: int) -> FieldBox:
    """What a cell of a map sees of the image.

    Args:
        p: the plan.
        section: "conv1", "maxpool" (or "stem", the last of them), or "stage 1" and so on.
        row, column: the cell, 0-based.

    Raises:
        ValueError: if there is no such map, or no such cell in it.
    """
    place = place_of(p, section)
    for name, cell, there in (("row", row, place.shape[1]), ("column", column, place.shape[2])):
        if not 0 <= cell < there:
            raise ValueError(
                t("{name} is {cell}; {place} has 0 to {last}.").format(
                    name=name, cell=cell, place=place.name, last=there - 1
                )
            )
    rows, columns = (_seen(p, place, axis, Span(cell, cell)) for axis, cell in ((1, row), (2, column)))
    return FieldBox(rows, columns, place.field.span(row), place.field.span(column))


def place_of(p: Plan, section: str) -> Place:
    """The map of that name; "stem" is the last map of the stem.

    Raises:
        ValueError: if there is none; the message lists those that there are.
    """
    found = places(p)
    if section == "stem":
        return next(place for place in reversed(found) if place.stage == "stem")
    for place in found:
        if place.name == section:
            return place
    words = msg("{name!r} is no map here; there are {listed}.")
    raise unknown(words, section, (place.name for place in found))


def place_rows(p: Plan) -> list[Row]:
    """One row per map for a table; "middle cell sees" is its share of the image's pixels, in percent."""
    return [_row(place.stage, place.name, place.shape, place.field) | _share(p, place) for place in places(p)]


def window_rows(p: Plan) -> list[Row]:
    """One row for each layer that moves a window, and for each addition."""
    return [
        _row(layer.stage, layer.name, layer.out_shape, field)
        | {"window": window_text(layer) or ("main path + shortcut" if layer.kind == "add" else "subsampling")}
        for layer, field in layer_fields(p)
        if layer.kind in ("conv", "maxpool", "zero_pad", "add")
    ]


def _row(stage: str, name: str, shape: Shape, field: Field) -> Row:
    return {
        "stage": stage,
        "after": name,
        "map": f"{shape[1]} × {shape[2]}",
        "receptive field": field.size,
        "jump": field.jump,
        "padding": field.padding,
    }


def _share(p: Plan, place: Place) -> Row:
    box = field_box(p, place.name, place.shape[1] // 2, place.shape[2] // 2)
    return {
        "middle cell sees": round(
            100 * box.rows.size * box.columns.size / (p.input_shape[1] * p.input_shape[2]), 4
        )
    }


@lru_cache(maxsize=64)
def _fields(spec: ResNetSpec) -> dict[str, Field]:
    """What the cells of every layer's output see, by the layer's name; the input's size plays no part."""
    p = plan(spec, spec.natural_size)
    fields: dict[str, Field] = {}
    here = IMAGE
    for layer in p.stem.layers:
        here = fields[layer.name] = here.after(layer)
    for block in p.blocks:
        side = here
        for layer in block.layers:
            if layer.on_shortcut:
                side = fields[layer.name] = side.after(layer)
            else:
                here = here.joined(side) if layer.kind == "add" else here.after(layer)
                fields[layer.name] = here
    return fields


def _seen(p: Plan, place: Place, axis: int, span: Span) -> Span:
    """The cells of a map traced back to the pixels of the image, along the height (1) or the width (2)."""
    for block in reversed(list(_blocks_before(p, place))):
        main = _back((layer for layer in block.layers if not layer.on_shortcut), axis, span)
        side = _back((layer for layer in block.layers if layer.on_shortcut), axis, span)
        span = main if block.shortcut == "none" else main.joined(side)
    stem: Iterable[Layer] = p.stem.layers
    if place.name == "conv1":
        stem = (layer for layer in stem if layer.kind != "maxpool")
    return _back(stem, axis, span)


def _blocks_before(p: Plan, place: Place) -> Iterator[Block]:
    names = [stage.name for stage in p.stages]
    count = names.index(place.name) + 1 if place.name in names else 0
    for stage in p.stages[:count]:
        yield from stage.blocks


def _back(layers: Iterable[Layer], axis: int, span: Span) -> Span:
    """What the windows of some layers in a row read, the last first, without the padding of each map."""
    for layer in reversed(list(layers)):
        first = span.first * layer.stride - layer.padding
        last = span.last * layer.stride - layer.padding + layer.kernel - 1
        span = Span(max(first, 0), min(last, layer.in_shape[axis] - 1))
    return span
