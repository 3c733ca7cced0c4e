"""Grids of cells as SVG: rows and columns with their numbers, an excerpt of what is too large to draw.

A picture is made of grids that stand beside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, UNREAD, rgba
from resnet_explorer.common.numbers import minus_sign

FONT: Final = 18
RULER: Final = 50
"""Room for the numbers of the rows, left of a grid."""
DIGIT: Final = 0.52
"""Width of a digit, in sizes of the type."""
HEAD: Final = 66
"""Room for a grid's heading and the numbers of its columns."""

Lines = tuple[int | None, ...]
"""Numbers of the rows or columns that are drawn; None stands for those that are left out."""

Frame = tuple[float, float, float, float]
"""Left, top, right and bottom of a block of cells."""


def excerpt(first: int, last: int, focus: range, near: int, far: int, slots: int) -> Lines:
    """Which of many lines to draw: both edges and the neighbourhood of a focus.

    However the focus moves, the number of lines and of gaps together stays the same, so that a
    picture of them does not change its size.

    Args:
        first: number of the first line there is.
        last: number of the last.
        focus: the lines that must be seen.
        near: lines to show at the first edge.
        far: lines to show at the last.
        slots: lines and gaps to draw in all; fewer only if there are fewer lines.
    """
    there = range(first, last + 1)
    wanted = {*there[:near], *there[max(0, len(there) - far) :], *(line for line in focus if line in there)}
    low, high = max(first, min(focus)), min(last, max(focus))
    upwards = True
    while len(_gapped(wanted)) < slots and len(wanted) < len(there):
        if (upwards and high < last) or low <= first:
            high += 1
            wanted.add(high)
        else:
            low -= 1
            wanted.add(low)
        upwards = not upwards
    return _gapped(wanted)


def _gapped(lines: Iterable[int]) -> Lines:
    """The lines in order, with None where some are left out; a single one is not worth leaving out."""
    found: list[int | None] = []
    for line in sorted(lines):
        before = found[-1] if found else None
        if before is not None and line - before == 2:
            found.append(before + 1)
        elif before is not None and line - before > 2:
            found.append(None)
        found.append(line)
    return tuple(found)


@dataclass(frozen=True)
class Grid:
    """Where the cells of a grid stand.

    Attributes:
        rows, columns: the lines that are drawn.
        left, top: the corner of the first cell, in units of the picture.
        cell: side of a cell.
        offset: what a line's number is raised by where it is written: the padding, to count from its edge.
    """

    rows: Lines
    columns: Lines
    left: float
    top: float
    cell: float
    offset: int = 0

    @property
    def width(self) -> float:
        """Of all columns together."""
        return len(self.columns) * self.cell

    @property
    def height(self) -> float:
        """Of all rows together."""
        return len(self.rows) * self.cell

    @property
    def right(self) -> float:
        """The far end of the last column."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The far end of the last row."""
        return self.top + self.height

    def x(self, column: int) -> float:
        """Where a column begins that is drawn."""
        return self.left + self.columns.index(column) * self.cell

    def y(self, row: int) -> float:
        """Where a row begins that is drawn."""
        return self.top + self.rows.index(row) * self.cell

    def cells(self) -> list[tuple[int, int]]:
        """Row and column of every cell that is drawn."""
        return [(r, c) for r in self.rows if r is not None for c in self.columns if c is not None]

    def squares(self, cells: Iterable[tuple[int, int]], inset: float = 1.5) -> str:
        """The outlines of cells as the data of one path."""
        side = self.cell - 2 * inset
        return self._drawn(cells, inset, f"h{side:g}v{side:g}h-{side:g}z")

    def crosses(self, cells: Iterable[tuple[int, int]]) -> str:
        """Crosses through cells as the data of one path."""
        side = 0.5 * self.cell
        return self._drawn(cells, 0.25 * self.cell, f"l{side:g} {side:g}m0-{side:g}l-{side:g} {side:g}")

    def _drawn(self, cells: Iterable[tuple[int, int]], inset: float, shape: str) -> str:
        """A shape in every cell, its first point `inset` from the cell's corner."""
        xs = {column: self.x(column) for column in self.columns if column is not None}
        ys = {row: self.y(row) for row in self.rows if row is not None}
        return "".join(f"M{xs[column] + inset:g} {ys[row] + inset:g}{shape}" for row, column in cells)

    def frame(self, rows: range, columns: range) -> Frame:
        """Around a block of cells that are drawn."""
        return (
            self.x(columns[0]),
            self.y(rows[0]),
            self.x(columns[-1]) + self.cell,
            self.y(rows[-1]) + self.cell,
        )

    def rulers(self, rows: range = range(0), columns: range = range(0)) -> str:
        """The numbers of rows and columns; those of some are bold, and wide ones stand at two heights."""
        numbers = [line + self.offset for line in (*self.rows, *self.columns) if line is not None]
        size = 18 if 18 * DIGIT * max(len(str(number)) for number in numbers) < self.cell - 2 else 15
        tiers = 2 if size * DIGIT * max(len(str(number)) for number in numbers) > self.cell - 2 else 1
        parts = []
        for slot, column in enumerate(self.columns):
            x, y = self.left + (slot + 0.5) * self.cell, self.top - 8 - 15 * (slot % tiers)
            parts.append(_number(x, y, self._written(column), "middle", size, column in columns, "⋯"))
        for slot, row in enumerate(self.rows):
            y = self.top + (slot + 0.5) * self.cell + 6
            parts.append(_number(self.left - 9, y, self._written(row), "end", size, row in rows, "⋮"))
        return "".join(parts)

    def _written(self, line: int | None) -> int | None:
        return None if line is None else line + self.offset

    def heading(self, text: str) -> str:
        """Words above the numbers of the columns."""
        return label(self.left, self.top - 46, text, anchor="start", weight="700")

    def texts(self, values: Iterable[tuple[int, int, str]], opacity: float = 1, weight: str = "400") -> str:
        """Texts in the middle of cells: row, column, text."""
        size = max(14.0, min(24.0, 0.44 * self.cell))
        return "".join(
            label(
                self.x(column) + self.cell / 2,
                self.y(row) + self.cell / 2 + 0.35 * size,
                text,
                size=min(size, 1.7 * self.cell / max(1, len(text))),
                opacity=opacity,
                weight=weight,
            )
            for row, column, text in values
        )

    def buttons(self, key: Callable[[int, int], str]) -> str:
        """Invisible cells over the drawn ones that take a click, named by their row and column."""
        return "".join(
            svg.rect(
                self.x(column),
                self.y(row),
                self.cell,
                self.cell,
                svg.title(f"{row}, {column}"),
                data_key=key(row, column),
                fill="currentColor",
                fill_opacity=0,
            )
            for row, column in self.cells()
        )


def filled(path: str, colour: str, opacity: float) -> str:
    """Cells filled with a colour."""
    return svg.path(path, fill=rgba(colour, opacity)) if path else ""


def dashed(path: str) -> str:
    """Cells of padding."""
    return (
        svg.path(path, fill="none", stroke=LINE_GREY, stroke_width=1.5, stroke_dasharray="5 4")
        if path
        else ""
    )


def unread(grid: Grid, cells: Sequence[tuple[int, int]]) -> str:
    """Cells that no window reads, framed and crossed out."""
    if not cells:
        return ""
    lines = grid.squares(cells, 2.5) + grid.crosses(cells)
    return svg.path(lines, class_="unread", fill="none", stroke=UNREAD, stroke_width=2)


def outline(box: Frame) -> str:
    """A frame around a block of cells."""
    left, top, right, bottom = box
    return svg.rect(
        left, top, right - left, bottom - top, rx=3, fill="none", stroke="currentColor", stroke_width=4
    )


def beams(one: Frame, other: Frame) -> str:
    """Two lines from the right side of a frame to the left side of another."""
    _, top, right, bottom = one
    left, other_top, _, other_bottom = other
    return svg.path(
        f"M{right:g} {top:g}L{left:g} {other_top:g}M{right:g} {bottom:g}L{left:g} {other_bottom:g}",
        stroke=LINE_GREY,
        stroke_width=2,
        fill="none",
    )


def label(
    x: float,
    y: float,
    text: str,
    anchor: str = "middle",
    size: float = FONT,
    opacity: float = 1,
    weight: str = "400",
) -> str:
    """A line of text that lets clicks through."""
    return svg.text(
        x,
        y,
        text,
        text_anchor=anchor,
        font_size=size,
        font_weight=None if weight == "400" else weight,
        opacity=None if opacity == 1 else opacity,
        pointer_events="none",
    )


def _number(x: float, y: float, number: int | None, anchor: str, size: float, bold: bool, gap: str) -> str:
    text = gap if number is None else minus_sign(str(number))
    return label(x, y, text, anchor, size, 1 if bold else 0.72, "700" if bold else "400")
