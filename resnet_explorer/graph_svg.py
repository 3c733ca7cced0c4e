"""The network's graph as SVG, drawn from `graph_layout`: made to be zoomed, clicked and taken away.

Lines and text take the colour of their surroundings (`currentColor`), so the same picture is read
on white and on black. What can be clicked has a `data-part`: boxes (`class="node"`), outlines of
blocks (`frame`), shortcuts (`shortcut`) and, as broad unseen strokes, the data's lines (`line`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.diagram import INTO, SHORTCUT, Cell, Direction, Node, cells
from resnet_explorer.graph_layout import (
    ADD_RADIUS,
    LINE_HEIGHT,
    NAME_SIZE,
    TEXT_SIZE,
    ArchText,
    Band,
    Box,
    GraphLayout,
    Placed,
    lay_out,
    section_title,
    shape_label,
    text_width,
)
from resnet_explorer.plan import Plan, shape_text

DASHES: Final = {"identity": "", "projection": "8 6", "zero_pad": "5 5"}
"""SVG's stroke-dasharray per kind of shortcut: identity solid, the others dashed."""

LEGEND: Final = {
    "identity": "identity: the input itself is added",
    "projection": "projection: a 1×1 convolution brings the input to the new shape",
    "zero_pad": "zero padding: every second pixel, channels of zeros appended",
}
"""What each kind of line means, for the picture's legend and the page's."""

LARGEST_PNG: Final = 10_000
"""Pixels that a PNG has at most on a side; browsers draw little more than 16,000."""

_MARGIN: Final = 18.0
_LEGEND_HEIGHT: Final = 40.0
_STYLE: Final = (
    "text{font-family:'Source Sans','Source Sans Pro',system-ui,'Segoe UI',Helvetica,Arial,sans-serif;"
    f"font-size:{TEXT_SIZE}px;fill:currentColor}}"
    f".name{{font-size:{NAME_SIZE}px;font-weight:600}}"
    ".shape{opacity:.72}.count,.band{font-weight:700}"
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
    extent: float = 1150.0,
    heading: str = "",
    standalone: bool = False,
    shapes: bool = True,
) -> Picture:
    """The graph of a network.

    Args:
        plan: the network.
        layers: whether every layer is drawn, or every block.
        folds: which stages have their runs of equal blocks folded; see `diagram.cells`.
        direction: "LR" (left to right) or "TB" (top to bottom).
        extent: how long a line may be before the chain wraps, in the drawing's units.
        heading: what the picture is called by screen readers, and, standalone, above it.
        standalone: whether it is to be a file of its own, with white paper, heading and legend.
        shapes: whether shapes are written at the lines.
    """
    chain = cells(plan, layers=layers, folds=folds)
    return chain_svg(chain, direction, extent, heading=heading, standalone=standalone, shapes=shapes)


def chain_svg(
    chain: Sequence[Cell],
    direction: Direction,
    extent: float,
    *,
    heading: str = "",
    standalone: bool = False,
    bands: bool = True,
    shapes: bool = True,
) -> Picture:
    """The graph of any chain of cells; `bands` are the coloured grounds of the sections."""
    drawing = lay_out(chain, direction, extent, shapes)
    pen = _Pen(direction)
    kinds = [kind for kind in DASHES if any(cell.add and cell.shortcut == kind for cell in chain)]
    across, down = pen.xy(drawing.length, drawing.breadth)
    top = _LEGEND_HEIGHT + 26.0 * len(kinds) if standalone else 0.0
    width, height = across + 2 * _MARGIN, down + 2 * _MARGIN + top
    if standalone:
        width = max(width, 640.0)
    ink = ' color="#1b2430"' if standalone else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-_MARGIN:g} {-_MARGIN - top:g} {width:.0f} '
        f'{height:.0f}"{ink} role="img" aria-label="{escape(heading)}">'
        f"<style>{_STYLE}</style>"
    ]
    if standalone:
        parts.append(_paper(width, height, top, heading, kinds))
    if bands:
        parts += [pen.band(band) for band in drawing.bands]
    parts.append(pen.wires(drawing))
    if not standalone:
        parts += pen.lines(drawing)
    parts += [pen.cell(placed) for placed in drawing.cells]
    parts.append("</svg>")
    return Picture("".join(parts), width, height)


def _paper(width: float, height: float, top: float, heading: str, kinds: Sequence[str]) -> str:
    """White ground, heading and legend of a picture that leaves the app."""
    y = -top - _MARGIN
    parts = [
        f'<rect x="{-_MARGIN:g}" y="{y:g}" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text class="name" x="0" y="{y + 30:g}">{escape(heading)}</text>',
    ]
    for number, kind in enumerate(kinds):
        row = y + 56 + 26 * number
        parts.append(
            f'<path class="skip" d="M0 {row - 4:g}H56" stroke="currentColor" '
            f'stroke-dasharray="{DASHES[kind]}"/><text x="68" y="{row:g}">{escape(LEGEND[kind])}</text>'
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

    def band(self, band: Band) -> str:
        colour, title = STAGE_COLOURS.get(band.section, LINE_GREY), escape(section_title(band.section))
        x, y = self.xy(band.u, band.v)
        width, height = self.xy(band.length, band.breadth)
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="14" '
            f'fill="{colour}" fill-opacity=".08"/>'
            f'<text class="band" x="{x + 14:.1f}" y="{y + 23:.1f}">{title}</text>'
        )

    def wires(self, drawing: GraphLayout) -> str:
        """The data's way through the whole network: one path, and one of arrow tips."""
        lines: list[str] = []
        tips: list[str] = []
        for turn in drawing.turns:
            lines.append("M" + "L".join(self.point(*point) for point in turn))
        for placed in drawing.cells:
            for start, stop, arrow in placed.layout.gaps:
                lines.append(
                    f"M{self.point(placed.u + start, placed.v)}L{self.point(placed.u + stop, placed.v)}"
                )
                if arrow:
                    tips.append(self.tip(placed.u + stop, placed.v))
        return f'<path class="wire" d="{"".join(lines)}"/><path class="tip" d="{"".join(tips)}"/>'

    def lines(self, drawing: GraphLayout) -> Iterator[str]:
        """The data's lines once more, one by one, as what a pointer finds: each with its shape."""
        turns = {way[-1]: way for way in drawing.turns}
        before: Node | None = None
        way = ""
        for placed in drawing.cells:
            boxes, gaps = placed.layout.boxes, placed.layout.gaps
            if turn := turns.get((placed.u, placed.v)):
                way += "M" + "L".join(self.point(*point) for point in turn)
            for box, (start, stop, _) in zip(boxes, gaps, strict=False):
                way += f"M{self.point(placed.u + start, placed.v)}L{self.point(placed.u + stop, placed.v)}"
                if before:
                    yield _line(before, box.node, way)
                before, way = box.node, ""
            start, stop, _ = gaps[-1]
            way = f"M{self.point(placed.u + start, placed.v)}L{self.point(placed.u + stop, placed.v)}"

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
        return f'<g class="cell">{"".join(parts)}</g>'

    def shape(self, u: float, v: float, text: str) -> str:
        x, y = self.xy(u, v)
        if self.across:
            return f'<text class="shape" x="{x:.1f}" y="{y + 25:.1f}" text-anchor="middle">{text}</text>'
        return f'<text class="shape" x="{x + 14:.1f}" y="{y + 4.5:.1f}">{text}</text>'

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
        dash = f' stroke-dasharray="{DASHES[cell.shortcut]}"' if DASHES[cell.shortcut] else ""
        texts = "".join(self.arch_text(text, placed.u + text.u, top) for text in layout.texts)
        return (
            f'<g class="shortcut" data-kind="{cell.shortcut}" data-part="{escape(cell.names[0])}{SHORTCUT}">'
            f"<title>{escape(_shortcut_text(cell))}</title>"
            f'<path class="touch" d="{way}"/>'
            f'<path class="skip" stroke="{colour}"{dash} d="{way}"/><path fill="{colour}" d="{tip}"/>'
            f"{texts}</g>"
        )

    def arch_text(self, text: ArchText, u: float, top: float) -> str:
        """What stands over an arch: beyond it left to right, beside it top to bottom."""
        x, y = self.xy(u, top)
        rows, classes = len(text.lines) - 1, ["shape"] * text.shapes
        if self.across:
            return self.text(text.lines, x, y - text.lift - 8 - rows * LINE_HEIGHT, "middle", classes)
        return self.text(text.lines, x - text.lift - 10, y + 4.5 - rows * LINE_HEIGHT / 2, "end", classes)

    def text(self, lines: Sequence[str], x: float, y: float, anchor: str, classes: Sequence[str]) -> str:
        """Lines of text from the baseline of the first, which have these classes, as far as these go."""
        spans = []
        for number, line in enumerate(lines):
            kind = f' class="{classes[number]}"' if number < len(classes) else ""
            down = f' dy="{LINE_HEIGHT:g}"' if number else ""
            spans.append(f'<tspan{kind} x="{x:.1f}"{down}>{escape(line)}</tspan>')
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{"".join(spans)}</text>'

    def box(self, placed: Placed, box: Box, colour: str, stacked: bool) -> str:
        node = box.node
        x, y = self.xy(placed.u + box.u, placed.v + box.v)
        if node.kind == "add":
            return _add_sign(node, x, y, colour)
        half_x, half_y = self.xy(box.half_u, box.half_v)
        left, up, wide, high = x - half_x, y - half_y, 2 * half_x, 2 * half_y
        behind = _stack(left, up, wide, high, colour) if stacked and node.count > 1 else ""
        badge = _badge(x + half_x, y + half_y, node.count, colour) if stacked and node.count > 1 else ""
        tip = escape(_node_text(node))
        first = y + 5 - (len(node.lines) - 1) * LINE_HEIGHT / 2
        return (
            f'<g class="node" data-part="{escape(node.key)}"><title>{tip}</title>'
            f'{behind}<rect x="{left:.1f}" y="{up:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="8" '
            f'fill="{colour}" fill-opacity=".2" stroke="{colour}" stroke-width="1.8"/>'
            f"{self.text(node.lines, x, first, 'middle', ['name'])}{badge}</g>"
        )

    def frame(self, placed: Placed, colour: str) -> str:
        """The outline around the layers of a branch, with the block's name and its repeats."""
        layout = placed.layout
        assert layout.frame is not None
        start, stop, half = layout.frame
        x, y = self.xy(placed.u + start, placed.v - half)
        width, height = (stop - start, layout.far + half) if self.across else (2 * half, stop - start)
        at = (x + 10, y + height - 8) if self.across else (x + 19, y + height / 2)
        turned = (
            "" if self.across else f' text-anchor="middle" transform="rotate(-90 {at[0]:.1f} {at[1]:.1f})"'
        )
        badge = ""
        if layout.cell.count > 1:
            badge = _badge(x + width, y + height, layout.cell.count, colour)
        return (
            f'<g class="frame" data-part="{escape(layout.cell.names[0])}">'
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="10" fill="none" '
            f'stroke="{colour}" stroke-opacity=".55" stroke-dasharray="1 3"/>'
            f'<text class="name" x="{at[0]:.1f}" y="{at[1]:.1f}"{turned}>'
            f"{escape(layout.cell.title)}</text>{badge}</g>"
        )


def _add_sign(node: Node, x: float, y: float, colour: str) -> str:
    r, arm = ADD_RADIUS, ADD_RADIUS - 4.5
    return (
        f'<g class="node" data-part="{escape(node.key)}"><title>{escape(node.key)}</title>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" fill="{colour}" fill-opacity=".2" stroke="{colour}" '
        f'stroke-width="1.8"/><path d="M{x - arm:.1f} {y:.1f}h{2 * arm:g}M{x:.1f} {y - arm:.1f}v{2 * arm:g}" '
        'stroke="currentColor" stroke-width="2"/></g>'
    )


def _stack(left: float, up: float, wide: float, high: float, colour: str) -> str:
    """The edges of the boxes that lie behind a folded one."""
    ways = "".join(
        f"M{left + step:.1f} {up - step + 4:.1f}v-4h{wide:.1f}v{high:.1f}h-4" for step in (4.0, 8.0)
    )
    return f'<path d="{ways}" fill="none" stroke="{colour}" stroke-width="1.4"/>'


def _badge(x: float, y: float, count: int, colour: str) -> str:
    """ "×35" on a box's lower right corner."""
    text = f"×{count}"
    width = text_width(text, NAME_SIZE) + 14
    left = x - width + 8
    return (
        f'<rect x="{left:.1f}" y="{y - 11:.1f}" width="{width:.1f}" height="22" rx="11" fill="{colour}"/>'
        f'<text class="count" x="{left + width / 2:.1f}" y="{y + 5:.1f}" text-anchor="middle" '
        f'style="fill:#10151c">{text}</text>'
    )


def _shortcut_text(cell: Cell) -> str:
    return f"{cell.title}: {LEGEND[cell.shortcut]} ({cell.reason})"


def _line(source: Node, target: Node, way: str) -> str:
    """A line that the pointer finds; what comes in from outside has none."""
    return (
        f'<path class="line" data-part="{escape(target.key)}{INTO}" d="{way}">'
        f"<title>{escape(f'{source.key} → {target.key}: {shape_label(source.out_shape)}')}</title></path>"
    )


def _node_text(node: Node) -> str:
    name = f"{node.lines[0]} (×{node.count})" if node.kind == "block" and node.count > 1 else node.key
    return f"{name} → {shape_text(node.out_shape)}"
