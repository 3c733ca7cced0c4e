"""What a network's drawing is made of: words, boxes' edges, badges and signs, each as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from resnet_explorer.common import svg
from resnet_explorer.common.i18n import t
from resnet_explorer.graph.cell_layout import (
    ADD_RADIUS,
    LINE_HEIGHT,
    NAME_SIZE,
    STACK,
    shape_label,
    text_width,
)
from resnet_explorer.graph.diagram import INTO, Node
from resnet_explorer.graph.layout import SIGN
from resnet_explorer.network.layers import shape_text


def text(
    x: float, y: float, words: str, kind: str | None = None, anchor: str | None = None, **more: svg.Attribute
) -> str:
    """Words whose colour and size the style says."""
    return svg.text(x, y, words, class_=kind, text_anchor=anchor, fill=None, **more)


def text_lines(lines: Sequence[str], x: float, y: float, anchor: str, classes: Sequence[str]) -> str:
    """Lines of text from the baseline of the first, which have these classes, as far as these go."""
    spans = (
        svg.tspan(line, class_=kind, x=x, dy=LINE_HEIGHT if number else None)
        for number, (line, kind) in enumerate(zip_longest(lines, classes))
    )
    return svg.text(x, y, "", *spans, text_anchor=anchor, fill=None)


def fold_sign(x: float, y: float, section: str, block: str, is_folded: bool) -> str:
    """A plus that unfolds a stage, or a minus that folds it."""
    words = t("Unfold {stage}") if is_folded else t("Fold {stage}")
    middle, arm = SIGN / 2, 6.0
    upright = f"M{x + middle:g} {y + middle - arm:g}v{2 * arm:g}" if is_folded else ""
    return svg.group(
        svg.title(words.format(stage=t(section))),
        svg.rect(x, y, SIGN, SIGN, rx=5, fill="currentColor", fill_opacity=0.12),
        svg.path(
            f"M{x + middle - arm:g} {y + middle:g}h{2 * arm:g}{upright}",
            stroke="currentColor",
            stroke_width=2,
        ),
        class_="fold",
        data_fold=block,
    )


def add_sign(node: Node, x: float, y: float, colour: str) -> str:
    """The circle where a branch and its shortcut are added."""
    r, arm = ADD_RADIUS, ADD_RADIUS - 4.5
    plus = f"M{x - arm:.1f} {y:.1f}h{2 * arm:g}M{x:.1f} {y - arm:.1f}v{2 * arm:g}"
    return svg.group(
        svg.title(node.key),
        svg.circle(x, y, r, fill=colour, fill_opacity=0.2, stroke=colour, stroke_width=1.8),
        svg.path(plus, stroke="currentColor", stroke_width=2),
        class_="node",
        data_part=node.key,
    )


def stack(left: float, up: float, wide: float, high: float, colour: str) -> str:
    """The edges of the boxes that lie behind a folded one."""
    edges = "".join(
        f"M{left + step:.1f} {up - step + 4:.1f}v-4h{wide:.1f}v{high:.1f}h-4" for step in (STACK / 2, STACK)
    )
    return svg.path(edges, fill="none", stroke=colour, stroke_width=1.4)


def badge(x: float, y: float, count: int, colour: str) -> str:
    """ "×35" on a box's lower right corner."""
    times = f"×{count}"
    width = text_width(times, NAME_SIZE) + 14
    left = x - width + 8
    ground = svg.rect(left, y - 12, width, 24, rx=12, fill=colour)
    words = text(left + width / 2, y + 6, times, "count", "middle", style="fill:#10151c")
    return svg.group(ground, words, class_="badge")


def line(source: Node, target: Node, way: str) -> str:
    """A line that the pointer finds; what comes in from outside has none."""
    hover = svg.title(f"{source.key} → {target.key}: {shape_label(source.out_shape)}")
    return svg.path(way, hover, class_="line", data_part=target.key + INTO)


def node_text(node: Node) -> str:
    """What is read when the pointer rests on a box."""
    name = f"{node.lines[0]} (×{node.count})" if node.kind == "block" and node.count > 1 else node.key
    return f"{name} → {shape_text(node.out_shape)}"
