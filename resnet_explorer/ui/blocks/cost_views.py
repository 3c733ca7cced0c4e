"""The parts of the Blocks page: one block drawn and counted, and the choice of what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from resnet_explorer.blocks.figures import (
    MEASURES,
    Measure,
    amount,
    block_cost,
    convolutions,
    norms_of,
    weights_product,
)
from resnet_explorer.blocks.pair_svg import block_title
from resnet_explorer.common import svg
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import count_text
from resnet_explorer.graph.diagram import INPUT, Cell, Direction, Node, block_cell
from resnet_explorer.graph.svg import Picture, chain_svg
from resnet_explorer.network.layers import Block
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.svg_view import show_svg

_ONE_LINE: Final = 10_000.0
_HALF: Final = 400.0


def block_numbers(block: Block, norms: bool, unit: Measure) -> None:
    """What a block costs, and its weights as products."""
    st.subheader(block_title(block))
    cost = block_cost(block, norms)
    weights, operations = st.columns(2)
    weights.metric(t("Parameters") if norms else t("Weights of convolutions"), f"{cost.params:,}")
    counted = amount(cost, unit)
    operations.metric(unit, count_text(counted), help=f"{counted:,} {unit}")
    lines = [f"- {layer.role}: {weights_product(layer)}" for layer in convolutions(block)]
    if norms:
        lines += [f"- {norm.role}: 2 · {norm.in_shape[0]} = {norm.params:,}" for norm in norms_of(block)]
    st.markdown("\n".join(lines))


def block_drawings(blocks: Sequence[Block]) -> None:
    """The blocks' layers side by side, with the shapes between them and their shortcuts."""
    name = " · ".join(map(block_title, blocks))
    show_svg(beside(list(map(block_picture, blocks)), name), key="blk_drawings", tallest=930)


def beside(pictures: Sequence[Picture], name: str) -> str:
    """Pictures at one scale in one SVG, their tops in line, under the columns of their numbers.

    Args:
        pictures: from left to right.
        name: of all, for those who hear it.
    """
    half = max(_HALF, *(picture.width for picture in pictures))
    parts = [
        svg.element("svg", picture.svg, x=half * number, width=picture.width, height=picture.height)
        for number, picture in enumerate(pictures)
    ]
    return svg.document(half * len(pictures), max(picture.height for picture in pictures), *parts, name=name)


def block_picture(block: Block, direction: Direction = "TB") -> Picture:
    """A block from the shape that enters it to the one that leaves it, layer by layer."""
    entrance = Node(INPUT, block.stage, ("x",), block.in_shape, INPUT)
    chain = (
        Cell(block.stage, (entrance,), block.in_shape, block.in_shape, (INPUT,)),
        block_cell((block,), layers=True),
    )
    return chain_svg(chain, direction, _ONE_LINE, heading=t(block.name), bands=False)


def measure_choice(key: str) -> Measure:
    """Parameters, MACs or FLOPs."""
    return linked_choice(
        key,
        t("Count"),
        MEASURES,
        default="parameters",
        names=t,
        help=t("MACs are multiply–accumulates of convolutions and fc for one image; FLOPs = 2 × MACs."),
    )
