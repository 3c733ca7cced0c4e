"""Where everything of a network's drawing stands.

A residual network is a chain of cells (`diagram.Cell`), so no general graph layout is needed: cells
stand one after another on a line, the shortcut of each arches over its branch, and the chain wraps
like words of a text. `cell_layout` says what u and v are, and lays out each cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.graph.cell_layout import (
    ALL_WORDS,
    GAPS,
    NAME_SIZE,
    CellLayout,
    Point,
    Words,
    cell_layout,
    stretched,
    text_width,
)
from resnet_explorer.graph.diagram import Cell, Direction
from resnet_explorer.network.layers import HEAD, STEM

_BAND_PAD: Final = 6.0
_BAND_HEAD: Final = 27.0
_BAND_GAP: Final = 10.0
_LINE_GAP: Final = 18.0
_NAME_ROOM: Final = 48.0
SIGN: Final = 22.0
"""Side of the sign beside a section's title that folds it."""
_TOO_LONG: Final = 3000.0
_SCREEN: Final = 0.62
"""Height over width of the part of a screen that a drawing gets."""


Way = tuple[Point, ...]
Bounds = tuple[float, float, float, float]
"""From u, from v, to u, to v."""


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
class PlacedChain:
    """One network's cells and where they stand.

    Attributes:
        cells: in the order of the data.
        turns: the ways from the end of a line to the start of the next.
        corner: where its first line begins, at the side of the shortcuts: the place of its name.
    """

    cells: tuple[Placed, ...]
    turns: tuple[Way, ...]
    corner: Point


@dataclass(frozen=True)
class GraphLayout:
    """The whole drawing, of one network or of several whose lines stand under one another."""

    direction: Direction
    chains: tuple[PlacedChain, ...]
    bands: tuple[Band, ...]
    length: float
    breadth: float


def lay_out(
    chains: Sequence[Sequence[Cell]],
    direction: Direction,
    extent: float | tuple[float, float],
    words: Words = ALL_WORDS,
) -> GraphLayout:
    """Lay networks out in lines; cells that correspond stand under one another.

    Args:
        chains: the cells of each network, as many of each; what is folded is one cell, of the room of one.
        direction: along which the chains run.
        extent: about how long a line may be, in the drawing's units, longer where that would need too many
            lines; or width and height of a place, in which all of it is then as large as it can be.
        words: what is written at the lines.
    """
    if (
        len(chains) > 1 and words.shapes == "all"
    ):  # beside another network, the shapes at the lines are enough
        words = replace(words, shapes="lines")
    rows = _aligned([[cell_layout(cell, direction, words) for cell in chain] for chain in chains])
    if isinstance(extent, tuple):
        return _filling(rows, direction, *extent)
    drawing = _wrap(rows, direction, extent)
    while drawing.breadth > _TOO_LONG and not _fits_a_screen(drawing):
        extent *= 1.25
        drawing = _wrap(rows, direction, extent)
    return drawing


def _filling(
    rows: Sequence[Sequence[CellLayout]], direction: Direction, width: float, height: float
) -> GraphLayout:
    """The drawing whose lines are as long as makes it the largest in a place."""
    along, across = (width, height) if direction == "LR" else (height, width)
    extent = max(cell.length for cell in rows[0])
    best, largest = None, 0.0
    while True:
        drawing = _wrap(rows, direction, extent)
        scale = min(along / drawing.length, across / drawing.breadth)
        if best is None or scale > largest:
            best, largest = drawing, scale
        if along / drawing.length < 0.7 * largest or extent > 2 * drawing.length:
            return best
        extent *= 1.1


def _aligned(rows: Sequence[Sequence[CellLayout]]) -> list[list[CellLayout]]:
    """The rows with the cells that correspond of one length: the longest's."""
    columns = [
        [stretched(cell, max(c.length for c in column)) for cell in column]
        for column in zip(*rows, strict=True)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def section_title(section: str) -> str:
    """A section's name with the paper's beside it: "stage 3 · conv4_x"."""
    if section in (STEM, HEAD):
        return t(section)
    return f"{t(section)} · conv{int(section.rpartition(' ')[2]) + 1}_x"


def _fits_a_screen(drawing: GraphLayout) -> bool:
    wanted = _SCREEN if drawing.direction == "LR" else 1 / _SCREEN
    return drawing.breadth <= wanted * drawing.length


@dataclass(frozen=True)
class _Run:
    """Cells of one section on one line; its first line has room for the section's title."""

    section: str
    cells: tuple[CellLayout, ...]
    direction: Direction
    titled: bool = True
    named: bool = False
    """Whether the network's name takes room at the start of the line."""
    lower: bool = False
    """Whether it stands under another network, over which the title is; both are as long as the title."""

    @property
    def title_width(self) -> float:
        """Of the section's title with its sign."""
        return (
            text_width(section_title(self.section), NAME_SIZE) + SIGN + 3 * _BAND_PAD if self.titled else 0.0
        )

    @property
    def heads(self) -> float:
        """Room for the title and, top to bottom, for the name, which stands under it."""
        return _BAND_HEAD * (self.has_title_room + (self.named and self.direction == "TB"))

    @property
    def has_title_room(self) -> bool:
        """Top to bottom, networks stand beside one another, and begin below the title."""
        return self.titled and not (self.lower and self.direction == "LR")

    @property
    def lead_in(self) -> float:
        return _BAND_PAD + (self.heads if self.direction == "TB" else 0)

    @property
    def way_out(self) -> float:
        """Left to right, the last shape needs the gap that the next cell would have begun with."""
        return _BAND_PAD + (GAPS["LR"].lead if self.direction == "LR" else 0)

    @property
    def length(self) -> float:
        length = self.lead_in + sum(cell.length for cell in self.cells) + self.way_out
        return max(length, self.title_width) if self.direction == "LR" else length

    @property
    def near(self) -> float:
        near = max(cell.near for cell in self.cells) + _BAND_PAD
        if self.direction == "LR":  # the name stands over the input
            return max(near, _NAME_ROOM if self.named else 0.0) + self.heads
        return near if self.lower else max(near, self.title_width - self.far)

    @property
    def far(self) -> float:
        return max(cell.far for cell in self.cells) + _BAND_PAD


def _wrap(rows: Sequence[Sequence[CellLayout]], direction: Direction, extent: float) -> GraphLayout:
    chains = [_Chain(direction, number, len(rows)) for number in range(len(rows))]
    bounds: dict[str, list[Bounds]] = {}
    v = 0.0
    for lines in zip(*(_lines(row, direction, extent) for row in rows), strict=True):
        top = v
        for chain, line in zip(chains, lines, strict=True):
            v = chain.add(line, v, top, bounds)
        v += _LINE_GAP
    bands = tuple(_band(section, parts) for section, parts in bounds.items())
    length = max(band.u + band.length for band in bands)
    return GraphLayout(direction, tuple(chain.placed() for chain in chains), bands, length, v - _LINE_GAP)


class _Chain:
    """Puts the lines of one network where they stand, each under the one before.

    Args:
        direction: along which it runs.
        number: of the network, from above; `networks` is how many there are.
    """

    def __init__(self, direction: Direction, number: int, networks: int) -> None:
        self.direction, self.number, self.named = direction, number, networks > 1
        self.aside = 3.0 * (networks - 1 - 2 * number)
        """How far its turns stand off those of the other networks, which they may not cross."""
        self.cells: list[Placed] = []
        self.turns: list[Way] = []
        self.corner: Point = (0.0, 0.0)
        self.end: Point | None = None
        self.edge = 0.0

    def add(self, line: tuple[_Run, ...], v: float, top: float, bounds: dict[str, list[Bounds]]) -> float:
        """Put a line where it begins at v, among lines that begin at `top`: where it ends across."""
        across = self.direction == "LR"
        line = tuple(replace(run, lower=self.number > 0) for run in line)
        if self.end is None:  # over the input, where no shortcut is: left to right there is room
            head = _BAND_HEAD if line[0].has_title_room else 0.0
            self.corner = (0.0, v + head) if across else (head, v)
            line = (replace(line[0], named=self.named), *line[1:])
        axis = v + max(run.near for run in line)
        foot = axis + max(run.far for run in line)
        u = 0.0
        for run in line:
            start = (u + run.lead_in, axis)
            if self.end is not None:
                self.turns.append(self.turn(start, top - _LINE_GAP / 2) if u == 0 else (self.end, start))
            self.end = start
            for cell in run.cells:
                self.cells.append(Placed(cell, *self.end))
                self.end = (self.end[0] + cell.length, axis)
            self.edge = max(self.end[0] + run.way_out, u + run.length)
            bounds.setdefault(run.section, []).append((u, v, self.edge, foot))
            u = self.edge + _BAND_GAP
        return foot

    def turn(self, start: Point, between: float) -> Way:
        """From the end of a line, through the space between the lines, to the start of the next."""
        assert self.end is not None
        out, back = self.edge + _BAND_GAP / 2 + self.aside, -_BAND_GAP / 2 + self.aside
        between += self.aside
        return (
            self.end, (out, self.end[1]), (out, between), (back, between), (back, start[1]), start,
        )  # fmt: skip

    def placed(self) -> PlacedChain:
        return PlacedChain(tuple(self.cells), tuple(self.turns), self.corner)


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


def _band(section: str, rows: Sequence[Bounds]) -> Band:
    u, v = min(row[0] for row in rows), min(row[1] for row in rows)
    length, breadth = max(row[2] for row in rows) - u, max(row[3] for row in rows) - v
    return Band(section, u, v, length, breadth)
