"""Where everything of a network's drawing stands.

A residual network is a chain of cells (`diagram.Cell`), so no general graph layout is needed: cells
stand one after another on a line, the shortcut of each arches over its branch, and the chain wraps
like words of a text. Everything is reckoned in u, along the chain, and v, across it, with the
shortcuts at negative v; left to right means (x, y) = (u, v), top to bottom (x, y) = (v, u).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, inf
from typing import Final

from resnet_explorer.diagram import Cell, Direction, Node
from resnet_explorer.plan import HEAD, STEM, Shape

NAME_SIZE: Final = 15.5
TEXT_SIZE: Final = 14.0
LINE_HEIGHT: Final = 18.0
ADD_RADIUS: Final = 10.0
_CHARACTER: Final = 0.52
"""Width of a character over the font's size, for the common sans-serif fonts."""

_THIN: Final = "\u2009"

_BOX_PAD: Final = 11.0
_ARC_GAP: Final = 20.0
_BAND_PAD: Final = 14.0
_BAND_HEAD: Final = 26.0
_BAND_GAP: Final = 14.0
_LINE_GAP: Final = 26.0
_TOO_LONG: Final = 3000.0
_SCREEN: Final = 0.62
"""Height over width of the part of a screen that a drawing gets."""


Point = tuple[float, float]
"""u and v."""

Way = tuple[Point, ...]
Bounds = tuple[float, float, float, float]
"""From u, from v, to u, to v."""


@dataclass(frozen=True)
class Box:
    """A node and where it stands: its centre and half its extent along u and v."""

    node: Node
    u: float
    v: float
    half_u: float
    half_v: float


@dataclass(frozen=True)
class Label:
    """A shape written beside the chain's line, centred in the gap at u."""

    u: float
    text: str


@dataclass(frozen=True)
class ArchText:
    """Lines written over a shortcut's arch, centred at u, `lift` beyond it.

    The first `shapes` of them are shapes, the others say why the line is dashed.
    """

    u: float
    lines: tuple[str, ...]
    shapes: int = 0
    lift: float = 0.0


@dataclass(frozen=True)
class CellLayout:
    """A cell laid out from u = 0 to `length`, its line at v = 0.

    `gaps` are the pieces of that line with, for each, whether an arrow ends it. `arc_v` is how far
    the shortcut's arch stands off; `near` and `far` are the cell's extents at negative and positive v.
    """

    cell: Cell
    boxes: tuple[Box, ...]
    bypass: tuple[Box, ...]
    labels: tuple[Label, ...]
    gaps: tuple[tuple[float, float, bool], ...]
    length: float
    near: float
    far: float
    tap_u: float = 0.0
    add_u: float = 0.0
    arc_v: float = 0.0
    texts: tuple[ArchText, ...] = ()
    frame: tuple[float, float, float] | None = None
    """From u, to u and half the v extent of the outline around a branch drawn layer by layer."""


@dataclass(frozen=True)
class Placed:
    """A cell's layout and where its origin is."""

    layout: CellLayout
    u: float
    v: float


@dataclass(frozen=True)
class Band:
    """The ground behind the cells of one section."""

    section: str
    u: float
    v: float
    length: float
    breadth: float


@dataclass(frozen=True)
class GraphLayout:
    """The whole drawing. `turns` are the ways from the end of a line to the start of the next."""

    direction: Direction
    cells: tuple[Placed, ...]
    bands: tuple[Band, ...]
    turns: tuple[Way, ...]
    length: float
    breadth: float


def lay_out(chain: Sequence[Cell], direction: Direction, extent: float, shapes: bool = True) -> GraphLayout:
    """Lay the chain out in lines of about `extent`; longer ones where that would need too many.

    Args:
        chain: the cells; what is folded is one of them and takes the room of one.
        direction: along which the chain runs.
        extent: how long a line may be, in the drawing's units.
        shapes: whether the lines have shapes beside them, and room for these.
    """
    cells = [_cell_layout(cell, direction, shapes) for cell in chain]
    drawing = _wrap(cells, direction, extent)
    while drawing.breadth > _TOO_LONG and not _fits_a_screen(drawing):
        extent *= 1.25
        drawing = _wrap(cells, direction, extent)
    return drawing


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """About how wide a text is, in the drawing's units."""
    return (len(text) - 0.7 * text.count(_THIN)) * size * _CHARACTER


def section_title(section: str) -> str:
    """A section's name with the paper's beside it: "stage 3 · conv4_x"."""
    if section in (STEM, HEAD):
        return section
    return f"{section} · conv{int(section.rpartition(' ')[2]) + 1}_x"


def shape_label(shape: Shape) -> str:
    """A shape with thin spaces: "64 × 56 × 56"."""
    return f"{_THIN}×{_THIN}".join(map(str, shape))


def _fits_a_screen(drawing: GraphLayout) -> bool:
    wanted = _SCREEN if drawing.direction == "LR" else 1 / _SCREEN
    return drawing.breadth <= wanted * drawing.length


# --- one cell -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Gaps:
    """Lengths along the chain between what stands on it."""

    lead: float
    inner: float
    to_add: float
    tail: float
    label: float
    """What a gap with a shape beside it takes at least; 0 where the label's width sets it."""


_GAPS: Final = {
    "LR": _Gaps(lead=30, inner=18, to_add=18, tail=22, label=0),
    "TB": _Gaps(lead=30, inner=16, to_add=18, tail=20, label=28),
}


def _cell_layout(cell: Cell, direction: Direction, shapes: bool) -> CellLayout:
    gaps, by_layer = _GAPS[direction], len(cell.path) > 1
    line = _LineBuilder(gaps, direction, shapes)
    taps = []
    for number, node in enumerate(cell.path):
        taps.append(line.u - gaps.lead / 2 if number == 0 else line.u - gaps.inner / 2)
        line.box(node)
        if number < len(cell.path) - 1:
            line.gap(node if node.kind == "conv" else None)
    frame_end = line.u + 10
    if cell.add:
        line.advance(gaps.to_add + (10 if by_layer else 0), arrow=True)
        line.box(cell.add)
    for node in cell.after:
        line.advance(gaps.inner, arrow=True)
        line.box(node)
    line.end(cell.out_shape)
    half = max(box.half_v for box in line.boxes)
    side = max((8 + text_width(label.text) for label in line.labels), default=0)
    far = max(half, 26.0) if direction == "LR" else max(half, side)
    layout = CellLayout(cell, tuple(line.boxes), (), tuple(line.labels), tuple(line.gaps), line.u, half, far)
    if by_layer:
        layout = _framed(layout, direction, half, gaps.lead - 10, frame_end)
    return _with_arc(layout, direction, taps[cell.tap], shapes) if cell.add else layout


class _LineBuilder:
    """Puts boxes one after another on the chain's line."""

    def __init__(self, gaps: _Gaps, direction: Direction, shapes: bool) -> None:
        self.gap_sizes, self.direction, self.shapes = gaps, direction, shapes
        self.u = gaps.lead
        self.boxes: list[Box] = []
        self.labels: list[Label] = []
        self.gaps: list[tuple[float, float, bool]] = [(0.0, gaps.lead, True)]

    def box(self, node: Node) -> None:
        half_u, half_v = _half_extent(node, self.direction)
        self.boxes.append(Box(node, self.u + half_u, 0.0, half_u, half_v))
        self.u += 2 * half_u

    def advance(self, length: float, arrow: bool) -> None:
        self.gaps.append((self.u, self.u + length, arrow))
        self.u += length

    def gap(self, labelled: Node | None) -> None:
        """The gap between two layers, with the shape beside it after a convolution."""
        if labelled is None or not self.shapes:
            return self.advance(self.gap_sizes.inner, arrow=True)
        text = shape_label(labelled.out_shape)
        length = self.gap_sizes.label or text_width(text) + 12
        self.labels.append(Label(self.u + length / 2, text))
        return self.advance(length, arrow=True)

    def end(self, shape: Shape) -> None:
        """The line out of the cell, with the shape beside it, under the addition if there is one."""
        if not self.shapes:
            return self.advance(self.gap_sizes.tail, arrow=False)
        text, last = shape_label(shape), self.boxes[-1]
        adds = last.node.kind == "add"
        start = self.boxes[-2].u + self.boxes[-2].half_u if adds else self.u
        needed = self.gap_sizes.label or text_width(text) + 12
        stop = max(self.u + self.gap_sizes.tail, start + needed - self.gap_sizes.lead)
        self.advance(stop - self.u, arrow=False)
        self.labels.append(Label((start + stop + self.gap_sizes.lead) / 2, text))
        return None


def _half_extent(node: Node, direction: Direction) -> tuple[float, float]:
    if node.kind == "add":
        return ADD_RADIUS, ADD_RADIUS
    wide = max(text_width(node.lines[0], NAME_SIZE), *map(text_width, node.lines)) + 2 * _BOX_PAD
    high = len(node.lines) * LINE_HEIGHT + _BOX_PAD
    return (wide / 2, high / 2) if direction == "LR" else (high / 2, wide / 2)


def _framed(layout: CellLayout, direction: Direction, half: float, start: float, stop: float) -> CellLayout:
    """An outline around the branch, with room for the block's name at its far end or side."""
    if direction == "LR":
        return replace(layout, frame=(start, stop, half + 8), near=half + 8, far=half + 8 + LINE_HEIGHT + 6)
    breadth = max(half, layout.far) + 8
    return replace(layout, frame=(start, stop, breadth), near=breadth, far=breadth)


def _with_arc(layout: CellLayout, direction: Direction, tap_u: float, shapes: bool) -> CellLayout:
    cell = layout.cell
    assert cell.add is not None
    add_u = next(box.u for box in layout.boxes if box.node is cell.add)
    extents = [_half_extent(node, direction) for node in cell.bypass]
    stand = max((half_v for _, half_v in extents), default=0.0)
    arc_v = layout.near + _ARC_GAP + stand
    gap = 14.0
    total = sum(2 * half_u for half_u, _ in extents) + gap * max(0, len(extents) - 1)
    u, bypass = (tap_u + add_u - total) / 2, []
    for node, (half_u, half_v) in zip(cell.bypass, extents, strict=True):
        bypass.append(Box(node, u + half_u, -arc_v, half_u, half_v))
        u += 2 * half_u + gap
    texts = _arch_texts(layout, direction, (tap_u, add_u), bypass, shapes)
    if direction == "LR":
        room = max((text.lift + len(text.lines) * LINE_HEIGHT for text in texts), default=0.0) + 4
    else:
        room = max((text.lift + text_width(line) for text in texts for line in text.lines), default=0.0) + 10
    return replace(
        layout,
        bypass=tuple(bypass),
        tap_u=tap_u,
        add_u=add_u,
        arc_v=arc_v,
        texts=texts,
        near=arc_v + room,
    )


def _arch_texts(
    layout: CellLayout, direction: Direction, ends: Point, bypass: Sequence[Box], shapes: bool
) -> tuple[ArchText, ...]:
    """What stands over the arch: the shapes that flow in it, and why it is dashed.

    With layers on it, the shape before them and the one behind them have a place each.
    """
    cell, (tap, add) = layout.cell, ends
    middle = (tap + add) / 2
    if not bypass:
        flow = _flow(cell, 2 * min(middle, layout.length - middle) if direction == "LR" else inf)
        lines = (*(flow if shapes else ()), *cell.reason_lines)
        return (ArchText(middle, lines, len(flow) if shapes else 0),) if lines else ()
    texts = [ArchText(middle, cell.reason_lines, lift=max(box.half_v for box in bypass))]
    if shapes:
        first, last = bypass[0].u - bypass[0].half_u, bypass[-1].u + bypass[-1].half_u
        for start, stop, shape in ((tap, first, cell.in_shape), (last, add, cell.out_shape)):
            text = shape_label(shape)
            if (text_width(text) if direction == "LR" else LINE_HEIGHT) <= stop - start:
                texts.append(ArchText((start + stop) / 2, (text,), 1))
    return tuple(text for text in texts if text.lines)


def _flow(cell: Cell, room: float) -> tuple[str, ...]:
    """The shape in a shortcut, or from which to which: on one line if there is room for it."""
    before, after = shape_label(cell.in_shape), shape_label(cell.out_shape)
    if cell.in_shape == cell.out_shape:
        return (before,)
    one = f"{before} → {after}"
    return (one,) if text_width(one) <= room else (f"{before} →", after)


# --- the chain ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """Cells of one section on one line; its first line has room for the section's title."""

    section: str
    cells: tuple[CellLayout, ...]
    direction: Direction
    titled: bool = True

    @property
    def lead_in(self) -> float:
        return _BAND_PAD + (_BAND_HEAD if self.titled and self.direction == "TB" else 0)

    @property
    def way_out(self) -> float:
        """Left to right, the last shape needs the gap that the next cell would have begun with."""
        return _BAND_PAD + (_GAPS["LR"].lead if self.direction == "LR" else 0)

    @property
    def length(self) -> float:
        return self.lead_in + sum(cell.length for cell in self.cells) + self.way_out

    @property
    def near(self) -> float:
        near = max(cell.near for cell in self.cells) + _BAND_PAD
        if not self.titled:
            return near
        if self.direction == "LR":
            return near + _BAND_HEAD
        return max(near, text_width(section_title(self.section)) + 3 * _BAND_PAD)

    @property
    def far(self) -> float:
        return max(cell.far for cell in self.cells) + _BAND_PAD


def _wrap(cells: Iterable[CellLayout], direction: Direction, extent: float) -> GraphLayout:
    placed: list[Placed] = []
    turns: list[Way] = []
    bounds: dict[str, list[Bounds]] = {}
    end: Point | None = None
    v = edge = 0.0
    for line in _lines(cells, direction, extent):
        axis = v + max(run.near for run in line)
        foot = axis + max(run.far for run in line)
        u = 0.0
        for run in line:
            start = (u + run.lead_in, axis)
            if end is not None:
                turns.append(_turn(end, start, v - _LINE_GAP / 2, edge) if u == 0 else (end, start))
            end = start
            for cell in run.cells:
                placed.append(Placed(cell, *end))
                end = (end[0] + cell.length, axis)
            edge = end[0] + run.way_out
            bounds.setdefault(run.section, []).append((u, v, edge, foot))
            u = edge + _BAND_GAP
        v = foot + _LINE_GAP
    bands = tuple(_band(section, rows) for section, rows in bounds.items())
    length = max(band.u + band.length for band in bands)
    return GraphLayout(direction, tuple(placed), bands, tuple(turns), length, v - _LINE_GAP)


def _lines(cells: Iterable[CellLayout], direction: Direction, extent: float) -> Iterator[tuple[_Run, ...]]:
    """Lines of runs: a section that fits goes on the line, one that is longer has lines of its own."""
    line: list[_Run] = []
    used = 0.0
    for section, members in groupby(cells, key=lambda layout: layout.cell.section):
        run = _Run(section, tuple(members), direction)
        if line and used + run.length > extent:
            yield tuple(line)
            line, used = [], 0.0
        if run.length > extent and len(run.cells) > 1:
            parts = _balanced(run, extent)
            yield from ((replace(run, cells=part, titled=not n),) for n, part in enumerate(parts))
        else:
            line.append(run)
            used += run.length + _BAND_GAP
    if line:
        yield tuple(line)


def _balanced(run: _Run, extent: float) -> Iterator[tuple[CellLayout, ...]]:
    """The cells of a long section in lines of about equal number."""
    longest = max(cell.length for cell in run.cells)
    per_line = max(1, int((extent - run.lead_in - run.way_out) // longest))
    lines = ceil(len(run.cells) / per_line)
    per_line = ceil(len(run.cells) / lines)
    for start in range(0, len(run.cells), per_line):
        yield run.cells[start : start + per_line]


def _turn(end: Point, start: Point, between: float, edge: float) -> Way:
    """From the end of a line, through the space between the lines, to the start of the next."""
    out, back = edge + _BAND_GAP / 2, -_BAND_GAP / 2
    return (end, (out, end[1]), (out, between), (back, between), (back, start[1]), start)


def _band(section: str, rows: Sequence[Bounds]) -> Band:
    u, v = min(row[0] for row in rows), min(row[1] for row in rows)
    length, breadth = max(row[2] for row in rows) - u, max(row[3] for row in rows) - v
    return Band(section, u, v, length, breadth)
