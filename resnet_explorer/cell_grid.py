"""Grids of cells as SVG: rows and columns with their numbers, an excerpt of what is too large to draw.

A picture is made of grids that stand beside each other. It takes its text colour from where it
stands; as a file of its own it has a white ground.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from resnet_explorer.colours import LINE_GREY, rgba
from resnet_explorer.window_strip import UNREAD

FONT: Final = 18
RULER: Final = 50
"""Room for the numbers of the rows, left of a grid."""
HEAD: Final = 74
"""Room for a grid's heading and the numbers of its columns."""

Lines = tuple[int | None, ...]
"""Numbers of the rows or columns that are drawn; None stands for those that are left out."""


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
    """

    rows: Lines
    columns: Lines
    left: float
    top: float
    cell: float

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
        xs = {column: self.x(column) for column in self.columns if column is not None}
        ys = {row: self.y(row) for row in self.rows if row is not None}
        side = self.cell - 2 * inset
        return "".join(
            f"M{xs[column] + inset:g} {ys[row] + inset:g}h{side:g}v{side:g}h-{side:g}z"
            for row, column in cells
        )

    def crosses(self, cells: Iterable[tuple[int, int]]) -> str:
        """Crosses through cells as the data of one path."""
        xs = {column: self.x(column) for column in self.columns if column is not None}
        ys = {row: self.y(row) for row in self.rows if row is not None}
        inset, side = 0.25 * self.cell, 0.5 * self.cell
        return "".join(
            f"M{xs[column] + inset:g} {ys[row] + inset:g}l{side:g} {side:g}m0-{side:g}l-{side:g} {side:g}"
            for row, column in cells
        )

    def frame(self, rows: range, columns: range) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a block of cells that are drawn."""
        return (
            self.x(columns[0]),
            self.y(rows[0]),
            self.x(columns[-1]) + self.cell,
            self.y(rows[-1]) + self.cell,
        )

    def rulers(self, rows: range = range(0), columns: range = range(0)) -> str:
        """The numbers of rows and columns; those of some are bold."""
        digits = max(len(str(line)) for line in (*self.rows, *self.columns) if line is not None)
        size = 18 if digits < 4 else 14
        parts = []
        for slot, column in enumerate(self.columns):
            x = self.left + (slot + 0.5) * self.cell
            parts.append(_number(x, self.top - 10, column, "middle", size, column in columns, "⋯"))
        for slot, row in enumerate(self.rows):
            y = self.top + (slot + 0.5) * self.cell + 6
            parts.append(_number(self.left - 9, y, row, "end", size, row in rows, "⋮"))
        return "".join(parts)

    def heading(self, text: str) -> str:
        """Words above the numbers of the columns."""
        return label(self.left, self.top - 44, text, anchor="start", weight="700")

    def texts(self, values: Iterable[tuple[int, int, str]], opacity: float = 1, weight: str = "400") -> str:
        """Texts in the middle of cells: row, column, text."""
        size = max(12.0, min(24.0, 0.44 * self.cell))
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
            f'<rect data-key="{key(row, column)}" x="{self.x(column):g}" y="{self.y(row):g}" '
            f'width="{self.cell:g}" height="{self.cell:g}" fill="currentColor" fill-opacity="0">'
            f"<title>{row}, {column}</title></rect>"
            for row, column in self.cells()
        )


def filled(path: str, colour: str, opacity: float) -> str:
    """Cells filled with a colour."""
    return f'<path d="{path}" fill="{rgba(colour, opacity)}"/>' if path else ""


def dashed(path: str) -> str:
    """Cells of padding."""
    return (
        f'<path d="{path}" fill="none" stroke="{LINE_GREY}" stroke-width="1.5" stroke-dasharray="5 4"/>'
        if path
        else ""
    )


def unread(grid: Grid, cells: Sequence[tuple[int, int]]) -> str:
    """Cells that no window reads, framed and crossed out."""
    if not cells:
        return ""
    return (
        f'<path class="unread" d="{grid.squares(cells, 2.5)}{grid.crosses(cells)}" fill="none" '
        f'stroke="{UNREAD}" stroke-width="2"/>'
    )


def outline(box: tuple[float, float, float, float], colour: str = "currentColor", width: float = 4) -> str:
    """A frame around a block of cells."""
    left, top, right, bottom = box
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}" rx="3" '
        f'fill="none" stroke="{colour}" stroke-width="{width:g}"/>'
    )


def beams(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> str:
    """Two lines from the right side of a frame to the left side of another."""
    _, top, right, bottom = one
    left, other_top, _, other_bottom = other
    return (
        f'<path d="M{right:g} {top:g}L{left:g} {other_top:g}M{right:g} {bottom:g}L{left:g} {other_bottom:g}" '
        f'stroke="{LINE_GREY}" stroke-width="2" fill="none"/>'
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
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}" font-weight="{weight}" '
        f'fill="currentColor" opacity="{opacity:g}" pointer-events="none">{escape(text)}</text>'
    )


def document(width: float, height: float, title: str, body: str, standalone: bool = False) -> str:
    """The whole SVG; `standalone` makes it a file of its own, with a white ground."""
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>' if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" '
        f'font-family="Source Sans, Source Sans 3, sans-serif" font-size="{FONT}" '
        f'color="{"#1b2430" if standalone else "inherit"}">'
        f"<title>{escape(title)}</title>{ground}{body}</svg>"
    )


def _number(x: float, y: float, number: int | None, anchor: str, size: float, bold: bool, gap: str) -> str:
    text = gap if number is None else str(number).replace("-", "−")
    return label(x, y, text, anchor, size, 1 if bold else 0.72, "700" if bold else "400")
