"""Where everything of one cell of a network's drawing stands.

Everything is reckoned in u, along the chain, and v, across it, with the shortcuts at negative v; left to
right means (x, y) = (u, v), top to bottom (x, y) = (v, u).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final, Literal

from resnet_explorer.common.text import letters
from resnet_explorer.graph.diagram import INPUT, Cell, Direction, Node
from resnet_explorer.network.layers import Shape

NAME_SIZE: Final = 19.0
TEXT_SIZE: Final = 18.0
LINE_HEIGHT: Final = 19.0
ADD_RADIUS: Final = 10.0
STACK: Final = 8.0
"""How far the edges behind a folded box stand out."""
BADGE_DROP: Final = 9.0
"""How far the number of its blocks stands below the edge of a box that has one line of words."""
_CHARACTER: Final = 0.52
"""Width of a character over the font's size, for the common sans-serif fonts."""

_THIN: Final = "\u2009"

_BOX_PAD: Final = 7.0
_ARC_GAP: Final = 13.0

Point = tuple[float, float]
"""u and v."""


@dataclass(frozen=True)
class Words:
    """What is written in a drawing besides the names of its boxes.

    Attributes:
        shapes: at every line and shortcut, at the chain's lines alone, where these change it, or nowhere.
        contents: whether a box says what it is besides its name: its convolutions, its size.
        reasons: whether it stands at a dashed line why it is.
    """

    shapes: Literal["all", "lines", "changes", "none"] = "all"
    contents: bool = True
    reasons: bool = True


ALL_WORDS: Final = Words()


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


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """About how wide a text is, in the drawing's units."""
    return (letters(text) - 0.7 * text.count(_THIN)) * size * _CHARACTER


def shape_label(shape: Shape) -> str:
    """A shape with thin spaces: "64 × 56 × 56"."""
    return f"{_THIN}×{_THIN}".join(map(str, shape))


@dataclass(frozen=True)
class Gaps:
    """Lengths along the chain between what stands on it."""

    lead: float
    inner: float
    to_add: float
    tail: float
    label: float
    """What a gap with a shape beside it takes at least; 0 where the label's width sets it."""


GAPS: Final = {
    "LR": Gaps(lead=20, inner=14, to_add=11, tail=10, label=0),
    "TB": Gaps(lead=18, inner=14, to_add=12, tail=12, label=26),
}


def cell_layout(cell: Cell, direction: Direction, words: Words = ALL_WORDS) -> CellLayout:
    """Lay out a cell: its branch on the line, its shortcut over it."""
    gaps, by_layer = GAPS[direction], len(cell.path) > 1
    line = _LineBuilder(gaps, direction, words, cell.in_shape)
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
    if direction == "LR":
        far = max(half, 26.0, *(box.half_v + BADGE_DROP + 14 for box in line.boxes if is_low_stack(box.node)))
    else:
        far = max(half, side)
    layout = CellLayout(cell, tuple(line.boxes), (), tuple(line.labels), tuple(line.gaps), line.u, half, far)
    if by_layer:
        layout = _framed(layout, direction, half, gaps.lead - 10, frame_end)
    return _with_arc(layout, direction, taps[cell.tap], words) if cell.add else layout


def is_low_stack(node: Node) -> bool:
    """Whether a box stands for several blocks and has one line of words, which their number would hide."""
    return node.kind == "block" and node.count > 1 and len(node.lines) == 1


class _LineBuilder:
    """Puts boxes one after another on the chain's line."""

    def __init__(self, gaps: Gaps, direction: Direction, words: Words, shape: Shape) -> None:
        self.gap_sizes, self.direction, self.words = gaps, direction, words
        self.shape = shape
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
        if labelled is None or not self.is_told(labelled.out_shape):
            return self.advance(self.gap_sizes.inner, arrow=True)
        text = shape_label(labelled.out_shape)
        length = self.gap_sizes.label or text_width(text) + 8
        self.labels.append(Label(self.u + length / 2, text))
        return self.advance(length, arrow=True)

    def is_told(self, shape: Shape) -> bool:
        """Whether a shape is written, which is that of the line from now on."""
        changes, self.shape = shape != self.shape, shape
        if self.words.shapes == "changes":
            return changes or self.boxes[0].node.kind == INPUT
        return self.words.shapes != "none"

    def end(self, shape: Shape) -> None:
        """The line out of the cell, with the shape beside it, under the addition if there is one."""
        if not self.is_told(shape):
            return self.advance(self.gap_sizes.tail, arrow=False)
        text, last = shape_label(shape), self.boxes[-1]
        adds = last.node.kind == "add"
        box = self.boxes[-2] if adds else last
        start = box.u + box.half_u + (STACK if adds and box.node.count > 1 else 0.0)
        needed = self.gap_sizes.label or text_width(text) + 8
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


def _with_arc(layout: CellLayout, direction: Direction, tap_u: float, words: Words) -> CellLayout:
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
    texts = _arch_texts(layout, direction, (tap_u, add_u), bypass, words)
    if direction == "LR":
        room = max((text.lift + len(text.lines) * LINE_HEIGHT for text in texts), default=0.0) + 4
        layout = stretched(
            layout, max((text_width(line) for text in texts for line in text.lines), default=0.0)
        )
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
    layout: CellLayout, direction: Direction, ends: Point, bypass: Sequence[Box], words: Words
) -> tuple[ArchText, ...]:
    """What stands over the arch: the shapes that flow in it, and why it is dashed.

    With layers on it, the shape before them and the one behind them have a place each.
    """
    cell, (tap, add) = layout.cell, ends
    middle, shapes = (tap + add) / 2, words.shapes == "all"
    reasons = _reason_lines(cell) if words.reasons else ()
    if not bypass:
        flow = _flow(cell, 2 * min(middle, layout.length - middle) if direction == "LR" else inf)
        lines = (*(flow if shapes else ()), *reasons)
        return (ArchText(middle, lines, len(flow) if shapes else 0),) if lines else ()
    texts = [ArchText(middle, reasons, lift=max(box.half_v for box in bypass))]
    if shapes:
        first, last = bypass[0].u - bypass[0].half_u, bypass[-1].u + bypass[-1].half_u
        for start, stop, shape in ((tap, first, cell.in_shape), (last, add, cell.out_shape)):
            text = shape_label(shape)
            if (text_width(text) if direction == "LR" else LINE_HEIGHT) <= stop - start:
                texts.append(ArchText((start + stop) / 2, (text,), 1))
    return tuple(text for text in texts if text.lines)


def _reason_lines(cell: Cell) -> tuple[str, ...]:
    """Why the shortcut is dashed, in lines that are not much wider than a cell."""
    return tuple(part for line in cell.reason_lines for part in line.replace(": ", ":\n").split("\n"))


def stretched(layout: CellLayout, length: float) -> CellLayout:
    """A cell whose line goes on to that length, if it is shorter."""
    start, stop, arrow = layout.gaps[-1]
    if length <= stop:
        return layout
    return replace(layout, length=length, gaps=(*layout.gaps[:-1], (start, length, arrow)))


def _flow(cell: Cell, room: float) -> tuple[str, ...]:
    """The shape in a shortcut, or from which to which: on one line if there is room for it."""
    before, after = shape_label(cell.in_shape), shape_label(cell.out_shape)
    if cell.in_shape == cell.out_shape:
        return (before,)
    one = f"{before} → {after}"
    return (one,) if text_width(one) <= room else (f"{before} →", after)
