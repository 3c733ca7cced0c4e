"""The network's graph as SVG, drawn from `graph.layout`: made to be zoomed, clicked and taken away.

Lines and text take the colour of their surroundings (`currentColor`), so the same picture is read
on white and on black. What can be clicked has a `data-part`: boxes (`class="node"`), outlines of
blocks (`frame`), shortcuts (`shortcut`) and, as broad unseen strokes, the data's lines (`line`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import named
from resnet_explorer.graph import marks
from resnet_explorer.graph.cell_layout import (
    ADD_RADIUS,
    ALL_WORDS,
    BADGE_DROP,
    LINE_HEIGHT,
    NAME_SIZE,
    STACK,
    TEXT_SIZE,
    ArchText,
    Box,
    Words,
    is_low_stack,
)
from resnet_explorer.graph.diagram import SHORTCUT, Cell, Direction, Node, cells, names_alone
from resnet_explorer.graph.layout import SIGN, Band, GraphLayout, Placed, PlacedChain, lay_out, section_title
from resnet_explorer.network.layers import Plan, folded
from resnet_explorer.network.spec import title

DASHES: Final = {"identity": "", "projection": "8 6", "zero_pad": "5 5"}
"""SVG's stroke-dasharray per kind of shortcut: identity solid, the others dashed."""

LEGEND: Final = {
    "identity": msg("identity: the input itself is added"),
    "projection": msg("projection: a 1×1 convolution brings the input to the new shape"),
    "zero_pad": msg("zero padding: every second pixel, channels of zeros added"),
}
"""What each kind of line means, for the picture's legend and the page's."""

LARGEST_PNG: Final = 10_000
"""Pixels that a PNG has at most on a side; browsers draw little more than 16,000."""

_MARGIN: Final = 8.0
_LEGEND_HEIGHT: Final = 40.0
_STYLE: Final = (
    "text{font-family:'Source Sans','Source Sans Pro',system-ui,'Segoe UI',Helvetica,Arial,sans-serif;"
    f"font-size:{TEXT_SIZE}px;fill:currentColor}}"
    f".name{{font-size:{NAME_SIZE}px;font-weight:600}}"
    ".shape{opacity:.8}.count,.band,.network_name{font-weight:700}"
    f".wire{{fill:none;stroke:{LINE_GREY};stroke-width:1.6}}.tip{{fill:{LINE_GREY}}}"
    ".skip{fill:none;stroke-width:2.6}"
    ".line,.touch{fill:none;stroke:none;stroke-width:14;pointer-events:stroke}"
)


@dataclass(frozen=True)
class Picture:
    """An SVG and its size in its own units."""

    svg: str
    width: float
    height: float

    @property
    def png_scale(self) -> float:
        """Pixels of a PNG per unit of the drawing: 2, or fewer where it would be larger than allowed."""
        return min(2.0, LARGEST_PNG / max(self.width, self.height))


def network_svg(
    plan: Plan,
    *,
    layers: bool = False,
    folds: bool | Collection[str] = True,
    direction: Direction = "LR",
    extent: float | tuple[float, float] = 1150.0,
    heading: str = "",
    standalone: bool = False,
    words: Words = ALL_WORDS,
    beside: Plan | None = None,
) -> Picture:
    """The graph of a network.

    Args:
        plan: the network.
        layers: whether every layer is drawn, or every block.
        folds: which stages have their runs of equal blocks folded; see `diagram.cells`.
        direction: "LR" (left to right) or "TB" (top to bottom).
        extent: how long a line may be before the chain wraps, in the drawing's units, or the place to fill.
        heading: what the picture is called by screen readers, and, standalone, above it.
        standalone: whether it is to be a file of its own, with white paper, heading and legend.
        words: what is written besides the names of the boxes.
        beside: a network that differs in its shortcuts only, drawn along with it, stage by stage.
    """
    plans = [plan, beside] if beside else [plan]
    chains = [cells(each, layers=layers, folds=folds) for each in plans]
    if not words.contents:
        chains = [tuple(map(names_alone, chain)) for chain in chains]
    if isinstance(extent, tuple):
        extent = (extent[0] - 2 * _MARGIN, extent[1] - 2 * _MARGIN)
    drawing = lay_out(chains, direction, extent, words)
    names = [title(plan.spec), _apart(beside)] if beside else []
    return _picture(drawing, chains, heading, standalone, names=names, folds=_fold_signs(plan, folds))


def _apart(beside: Plan) -> str:
    """What the network beside another one differs in."""
    return t("plain") if beside.spec.shortcut == "none" else t("residual")


def _fold_signs(plan: Plan, folds: bool | Collection[str]) -> dict[str, tuple[str, bool]]:
    """Of each stage that has equal blocks: the first of them, and whether they are drawn as one."""
    runs = {
        stage.name: next((run[0].name for run in folded(stage.blocks) if len(run) > 1), None)
        for stage in plan.stages
    }
    is_folded = {name: folds if isinstance(folds, bool) else name in folds for name in runs}
    return {name: (block, is_folded[name]) for name, block in runs.items() if block}


def chain_svg(
    chain: Sequence[Cell], direction: Direction, extent: float, *, heading: str = "", bands: bool = True
) -> Picture:
    """The graph of any chain of cells; `bands` are the coloured grounds of the sections."""
    return _picture(lay_out([chain], direction, extent), [chain], heading, bands=bands)


def _picture(
    drawing: GraphLayout,
    chains: Sequence[Sequence[Cell]],
    heading: str,
    standalone: bool = False,
    *,
    bands: bool = True,
    names: Sequence[str] = (),
    folds: Mapping[str, tuple[str, bool]] = MappingProxyType({}),
) -> Picture:
    pen = _Pen(drawing.direction)
    found = {cell.shortcut for chain in chains for cell in chain if cell.add}
    kinds = [kind for kind in DASHES if kind in found]
    across, down = pen.xy(drawing.length, drawing.breadth)
    top = _LEGEND_HEIGHT + 26.0 * len(kinds) if standalone else 0.0
    width, height = across + 2 * _MARGIN, down + 2 * _MARGIN + top
    if standalone:
        width = max(width, 720.0)
    parts = [svg.element("style", _STYLE)]
    if standalone:
        parts.append(_paper(width, height, top, heading, kinds))
    if bands:
        parts += [pen.band(band, None if standalone else folds.get(band.section)) for band in drawing.bands]
    for chain, name in zip_longest(drawing.chains, names):
        parts.append(pen.chain(chain, name, has_lines=not standalone))
    root = svg.element(
        "svg",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"{-_MARGIN:g} {-_MARGIN - top:g} {width:.0f} {height:.0f}",
        color=svg.INK if standalone else None,
        role="img",
        aria_label=heading,
    )
    return Picture(root, width, height)


def _paper(width: float, height: float, top: float, heading: str, kinds: Sequence[str]) -> str:
    """White ground, heading and legend of a picture that leaves the app."""
    y = -top - _MARGIN
    parts = [svg.rect(-_MARGIN, y, width, height, fill="#ffffff"), marks.text(0, y + 30, heading, "name")]
    for number, kind in enumerate(kinds):
        row = y + 56 + 26 * number
        dashes = DASHES[kind] or None
        parts.append(
            svg.path(f"M0 {row - 4:g}H56", class_="skip", stroke="currentColor", stroke_dasharray=dashes)
            + marks.text(68, row, t(LEGEND[kind]))
        )
    return "".join(parts)


class _Pen:
    """Draws in u and v, and writes x and y."""

    def __init__(self, direction: Direction) -> None:
        self.across = direction == "LR"

    def xy(self, u: float, v: float) -> tuple[float, float]:
        return (u, v) if self.across else (v, u)

    def point(self, u: float, v: float) -> str:
        x, y = self.xy(u, v)
        return f"{x:.1f} {y:.1f}".replace(".0", "")

    def band(self, band: Band, fold: tuple[str, bool] | None) -> str:
        """The ground of a section with its title and, where there is anything to fold, the sign for it."""
        colour = STAGE_COLOURS.get(band.section, LINE_GREY)
        x, y = self.xy(band.u, band.v)
        ground = svg.rect(x, y, *self.xy(band.length, band.breadth), rx=14, fill=colour, fill_opacity=0.08)
        sign = marks.fold_sign(x + 10, y + 6, band.section, *fold) if fold else ""
        return (
            ground
            + sign
            + marks.text(x + (18 + SIGN if fold else 12), y + 23, section_title(band.section), "band")
        )

    def way(self, placed: Placed, start: float, stop: float) -> str:
        """A piece of the line of a cell."""
        return f"M{self.point(placed.u + start, placed.v)}L{self.point(placed.u + stop, placed.v)}"

    def turn(self, way: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(self.point(*point) for point in way)

    def chain(self, chain: PlacedChain, name: str | None, has_lines: bool) -> str:
        """All of one network: its name, the data's way, and the cells."""
        parts = [self.wires(chain)]
        if name:
            x, y = self.xy(*chain.corner)
            parts.append(marks.text(x + 12, y + 21, name, "network_name"))
        if has_lines:
            parts += self.lines(chain)
        return svg.group(*parts, *map(self.cell, chain.cells), class_="network")

    def wires(self, chain: PlacedChain) -> str:
        """The data's way through the whole network: one path, and one of arrow tips."""
        lines = list(map(self.turn, chain.turns))
        tips: list[str] = []
        for placed in chain.cells:
            for start, stop, arrow in placed.layout.gaps:
                lines.append(self.way(placed, start, stop))
                if arrow:
                    tips.append(self.tip(placed.u + stop, placed.v))
        return svg.path("".join(lines), class_="wire") + svg.path("".join(tips), class_="tip")

    def lines(self, chain: PlacedChain) -> Iterator[str]:
        """The data's lines once more, one by one, as what a pointer finds: each with its shape."""
        turns = {way[-1]: way for way in chain.turns}
        before: Node | None = None
        way = ""
        for placed in chain.cells:
            boxes, gaps = placed.layout.boxes, placed.layout.gaps
            if turn := turns.get((placed.u, placed.v)):
                way += self.turn(turn)
            for box, (start, stop, _) in zip(boxes, gaps, strict=False):
                way += self.way(placed, start, stop)
                if before:
                    yield marks.line(before, box.node, way)
                before, way = box.node, ""
            start, stop, _ = gaps[-1]
            way = self.way(placed, start, stop)

    def tip(self, u: float, v: float) -> str:
        """An arrow's tip that points along u."""
        return f"M{self.point(u, v)}L{self.point(u - 7, v - 4)}L{self.point(u - 7, v + 4)}Z"

    def cell(self, placed: Placed) -> str:
        layout, cell = placed.layout, placed.layout.cell
        colour = STAGE_COLOURS.get(cell.section, LINE_GREY)
        parts = [self.frame(placed, colour)] if layout.frame else []
        if cell.add:
            parts.append(self.shortcut(placed, colour))
        at = len(cell.path)
        boxes = (*layout.boxes[:at], *layout.bypass, *layout.boxes[at:])  # the order of the data
        parts += [self.box(placed, box, colour, stacked=layout.frame is None) for box in boxes]
        parts += [self.shape(placed.u + label.u, placed.v, label.text) for label in layout.labels]
        return svg.group(*parts, class_="cell")

    def shape(self, u: float, v: float, text: str) -> str:
        x, y = self.xy(u, v)
        return (
            marks.text(x, y + 24, text, "shape", "middle")
            if self.across
            else marks.text(x + 14, y + 6, text, "shape")
        )

    def shortcut(self, placed: Placed, colour: str) -> str:
        """The arch from where the input leaves the chain to the addition, and why it is dashed."""
        layout, cell = placed.layout, placed.layout.cell
        tap, add, top = placed.u + layout.tap_u, placed.u + layout.add_u, placed.v - layout.arc_v
        foot, bend = placed.v - ADD_RADIUS - 2, 12.0
        way = (
            f"M{self.point(tap, placed.v)}L{self.point(tap, top + bend)}"
            f"Q{self.point(tap, top)} {self.point(tap + bend, top)}"
        )
        for box in layout.bypass:
            way += f"L{self.point(placed.u + box.u - box.half_u, top)}"
            way += f"M{self.point(placed.u + box.u + box.half_u, top)}"
        way += (
            f"L{self.point(add - bend, top)}Q{self.point(add, top)} {self.point(add, top + bend)}"
            f"L{self.point(add, foot)}"
        )
        tip = f"M{self.point(add, foot + 2)}L{self.point(add - 5, foot - 7)}L{self.point(add + 5, foot - 7)}Z"
        return svg.group(
            svg.title(_shortcut_text(cell)),
            svg.path(way, class_="touch"),
            svg.path(way, class_="skip", stroke=colour, stroke_dasharray=DASHES[cell.shortcut] or None),
            svg.path(tip, fill=colour),
            *(self.arch_text(text, placed.u + text.u, top) for text in layout.texts),
            class_="shortcut",
            data_kind=cell.shortcut,
            data_part=cell.names[0] + SHORTCUT,
        )

    def arch_text(self, text: ArchText, u: float, top: float) -> str:
        """What stands over an arch: beyond it left to right, beside it top to bottom."""
        x, y = self.xy(u, top)
        rows, classes = len(text.lines) - 1, ["shape"] * text.shapes
        if self.across:
            return marks.text_lines(text.lines, x, y - text.lift - 8 - rows * LINE_HEIGHT, "middle", classes)
        return marks.text_lines(
            text.lines, x - text.lift - 10, y + 6 - rows * LINE_HEIGHT / 2, "end", classes
        )

    def box(self, placed: Placed, box: Box, colour: str, stacked: bool) -> str:
        node = box.node
        x, y = self.xy(placed.u + box.u, placed.v + box.v)
        if node.kind == "add":
            return marks.add_sign(node, x, y, colour)
        half_x, half_y = self.xy(box.half_u, box.half_v)
        left, up, wide, high = x - half_x, y - half_y, 2 * half_x, 2 * half_y
        is_stack, aside, drop = stacked and node.count > 1, 0.0, 0.0
        if is_low_stack(node):
            aside, drop = STACK, BADGE_DROP
        first = y + 6 - (len(node.lines) - 1) * LINE_HEIGHT / 2
        return svg.group(
            svg.title(marks.node_text(node)),
            marks.stack(left, up, wide, high, colour) if is_stack else "",
            svg.rect(
                left, up, wide, high, rx=8, fill=colour, fill_opacity=0.2, stroke=colour, stroke_width=1.8
            ),
            marks.text_lines(node.lines, x, first, "middle", ["name"]),
            marks.badge(x + half_x - aside, y + half_y + drop, node.count, colour) if is_stack else "",
            class_="node",
            data_part=node.key,
        )

    def frame(self, placed: Placed, colour: str) -> str:
        """The outline around the layers of a branch, with the block's name and its repeats."""
        layout = placed.layout
        assert layout.frame is not None
        start, stop, half = layout.frame
        x, y = self.xy(placed.u + start, placed.v - half)
        width, height = (stop - start, layout.far + half) if self.across else (2 * half, stop - start)
        if self.across:
            name = marks.text(x + 10, y + height - 8, layout.cell.title, "name")
        else:
            at = (x + 19, y + height / 2)
            turned = f"rotate(-90 {at[0]:.1f} {at[1]:.1f})"
            name = marks.text(*at, layout.cell.title, "name", "middle", transform=turned)
        outline = svg.rect(
            *(x, y, width, height),
            rx=10,
            fill="none",
            stroke=colour,
            stroke_opacity=0.55,
            stroke_dasharray="1 3",
        )
        count = layout.cell.count
        badge = marks.badge(x + width, y + height, count, colour) if count > 1 else ""
        return svg.group(outline, name, badge, class_="frame", data_part=layout.cell.names[0])


def _shortcut_text(cell: Cell) -> str:
    return named(cell.title, f"{t(LEGEND[cell.shortcut])} ({cell.reason})")
