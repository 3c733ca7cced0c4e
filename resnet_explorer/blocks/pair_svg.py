"""A basic block and a bottleneck beside each other, as in He et al. 2015, fig. 5, but to scale.

Boxes are as wide as the map has channels where it enters and where it leaves, bars as long as the convolution
has weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.blocks.figures import (
    BLOCK_COLOURS,
    Measure,
    amount,
    block_cost,
    convolutions,
    norms_of,
    weights_product,
)
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import count_text
from resnet_explorer.network.layers import Block, Layer, shape_text

WIDTH: Final = 1232
HEIGHT: Final = 416
FONT: Final = 18
HEAD: Final = 30
TOP: Final = 64
BOTTOM: Final = 384
"""Where the data enters the first convolution's line, and where the addition stands."""
BOX: Final = 48
WIDEST: Final = 190
AXIS: Final = 176
"""Middle of the branch, from the left edge of its half."""
SHORTCUT: Final = 34
TOTAL: Final = 240
WORDS: Final = 300
LONGEST: Final = 290
RADIUS: Final = 15


def pair_svg(
    blocks: Sequence[Block], norms: bool = False, unit: Measure = "MACs", standalone: bool = False
) -> str:
    """The picture.

    Args:
        blocks: both, on the same channels.
        norms: whether the scales and shifts of the norms are counted too.
        unit: of the operations.
        standalone: for a file of its own: with a white ground.
    """
    largest = max(layer.params for block in blocks for layer in convolutions(block))
    return svg.document(
        WIDTH,
        HEIGHT,
        *(
            svg.group(_half(block, norms, unit, largest), transform=f"translate({number * WIDTH // 2} 0)")
            for number, block in enumerate(blocks)
        ),
        name=" ".join(_said(block, norms) for block in blocks),
        standalone=standalone,
        font_size=FONT,
    )


def block_title(block: Block) -> str:
    """What kind of block it is."""
    return t("Basic block") if block.kind == "basic" else t("Bottleneck")


def _said(block: Block, norms: bool) -> str:
    layers = ", ".join(
        f"{layer.kernel}×{layer.kernel} {layer.in_shape[0]} → {layer.out_shape[0]}"
        for layer in convolutions(block)
    )
    words = t("{block} on {shape}: {layers}; {count:,} {counted}.")
    return words.format(
        block=block_title(block),
        shape=shape_text(block.in_shape),
        layers=layers,
        count=block_cost(block, norms).params,
        counted=counted_words(norms),
    )


def counted_words(norms: bool) -> str:
    """What is counted of a block: the weights of its convolutions, or its norms' parameters as well."""
    return t("parameters") if norms else t("weights")


def _half(block: Block, norms: bool, unit: Measure, largest: int) -> str:
    cost, colour = block_cost(block, norms), BLOCK_COLOURS[block.kind]
    layers = convolutions(block)
    pitch = (BOTTOM - RADIUS - TOP) / len(layers)
    operations = f"{count_text(amount(cost, unit))} {unit}"
    parts = [
        svg.text(SHORTCUT - 20, HEAD - 4, block_title(block), font_size=22, font_weight=700),
        svg.text(
            TOTAL,
            HEAD - 4,
            "",
            svg.tspan(f"{cost.params:,} {counted_words(norms)}", font_weight=700, font_size=22),
            svg.tspan(f"  {operations}", opacity=0.8),
        ),
        _lines(block),
    ]
    for number, layer in enumerate(layers):
        y = TOP + pitch * number + (pitch - BOX) / 2
        parts.append(_convolution(layer, y, colour, block.in_shape[0]))
        is_last = number == len(layers) - 1
        gap = (pitch - BOX) / (2 if is_last else 1)
        parts.append(_beside(AXIS + 10, y + BOX + gap / 2 + 5, t("norm") if is_last else t("norm, ReLU")))
        parts.append(_counted(block, layer, y, colour, largest, norms))
    return "".join(parts)


def _lines(block: Block) -> str:
    """The branch and the shortcut, from the shape that enters both to the sum of them."""
    x, bend, shape = AXIS, 14, shape_text(block.in_shape)
    way = f"M{x} {TOP}H{SHORTCUT + bend}Q{SHORTCUT} {TOP} {SHORTCUT} {TOP + bend}V{BOTTOM - bend}"
    way += f"Q{SHORTCUT} {BOTTOM} {SHORTCUT + bend} {BOTTOM}H{x - RADIUS}"
    return "".join(
        [
            svg.line(x, TOP - 12, x, HEIGHT - 6, stroke=LINE_GREY, stroke_width=2),
            svg.path(way, fill="none", stroke=LINE_GREY, stroke_width=3),
            svg.text(x + 10, TOP - 4, f"x  {shape}", font_weight=600),
            svg.circle(x, BOTTOM, RADIUS, fill="var(--st-background-color, #ffffff)"),
            svg.circle(
                x, BOTTOM, RADIUS, fill=LINE_GREY, fill_opacity=0.25, stroke=LINE_GREY, stroke_width=2
            ),
            svg.path(f"M{x - 8} {BOTTOM}h16M{x} {BOTTOM - 8}v16", stroke="currentColor", stroke_width=3),
            svg.text(x + 26, BOTTOM + 6, t("y = x + g(x), then ReLU"), font_weight=600),
        ]
    )


def _convolution(layer: Layer, y: float, colour: str, channels: int) -> str:
    """A box that narrows or widens as the channels do."""
    above, below = (WIDEST * shape[0] / channels / 2 for shape in (layer.in_shape, layer.out_shape))
    outline = f"M{AXIS - above:g} {y:g}h{2 * above:g}L{AXIS + below:g} {y + BOX:g}h{-2 * below:g}Z"
    return (
        svg.path(outline, fill="var(--st-background-color, #ffffff)")
        + svg.path(outline, fill=colour, fill_opacity=0.35, stroke=colour, stroke_width=2)
        + svg.text(
            AXIS,
            y + BOX / 2 + 7,
            f"{layer.kernel}×{layer.kernel}",
            text_anchor="middle",
            font_weight=700,
        )
    )


def _counted(block: Block, layer: Layer, y: float, colour: str, largest: int, norms: bool) -> str:
    """Channels in and out, the weights as a product, and their bar."""
    added = next((norm for norm in norms_of(block) if norm.role == layer.role.replace("conv", "bn")), None)
    words = t("{before} → {after} channels").format(before=layer.in_shape[0], after=layer.out_shape[0])
    if norms and added:
        words += t("; norm: 2 · {channels} = {count:,}").format(
            channels=added.in_shape[0], count=added.params
        )
    return (
        _beside(WORDS, y + 4, words)
        + svg.text(WORDS, y + 27, weights_product(layer), font_weight=600)
        + svg.rect(WORDS, y + 36, max(2, LONGEST * layer.params / largest), 14, fill=colour)
    )


def _beside(x: float, y: float, words: str) -> str:
    return svg.text(x, y, words, font_size=16, opacity=0.8)
