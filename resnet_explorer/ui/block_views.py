"""The parts of the Blocks page: one block drawn and counted, and the choice of what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from resnet_explorer.block_figures import (
    MEASURES,
    BlockCost,
    Measure,
    block_cost,
    convolutions,
    weights_product,
)
from resnet_explorer.diagram import INPUT, Cell, Direction, Node, block_cell
from resnet_explorer.graph_svg import Picture, chain_svg
from resnet_explorer.i18n import t
from resnet_explorer.plan import Block
from resnet_explorer.tables import count_text
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.svg import show_svg

_ONE_LINE: Final = 10_000.0
_HALF: Final = 400.0


def block_numbers(block: Block, norms: bool, unit: str) -> None:
    """What a block costs, and its weights as products."""
    st.subheader(t("Basic block") if block.kind == "basic" else t("Bottleneck"))
    cost = block_cost(block, norms)
    weights, operations = st.columns(2)
    weights.metric(t("Parameters") if norms else t("Weights of convolutions"), f"{cost.params:,}")
    operations.metric(unit, count_text(_operations(cost, unit)), help=f"{_operations(cost, unit):,} {unit}")
    lines = [f"- {layer.role}: {weights_product(layer)}" for layer in convolutions(block)]
    if norms:
        lines += [
            f"- {layer.role}: 2 · {layer.in_shape[0]} = {layer.params:,}"
            for layer in block.layers
            if layer.kind == "norm"
        ]
    st.markdown("\n".join(lines))


def block_drawings(blocks: Sequence[Block]) -> None:
    """The blocks' layers side by side, with the shapes between them and their shortcuts."""
    show_svg(beside(list(map(block_picture, blocks))), key="blk_drawings", tallest=930)


def beside(pictures: Sequence[Picture]) -> str:
    """Pictures at one scale in one SVG, their tops in line, under the columns of their numbers."""
    height = max(picture.height for picture in pictures)
    half = max(_HALF, *(picture.width for picture in pictures))
    parts = [
        f'<svg x="{half * number:.0f}" width="{picture.width:.0f}" height="{picture.height:.0f}"'
        + picture.svg.removeprefix("<svg")
        for number, picture in enumerate(pictures)
    ]
    across = half * len(pictures)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:.0f} {height:.0f}">'
        f"{''.join(parts)}</svg>"
    )


def block_picture(block: Block, direction: Direction = "TB") -> Picture:
    """A block from the shape that enters it to the one that leaves it, layer by layer."""
    entrance = Node(INPUT, block.stage, ("x",), block.in_shape, INPUT)
    chain = (
        Cell(block.stage, (entrance,), block.in_shape, block.in_shape, (INPUT,)),
        block_cell((block,), layers=True),
    )
    return chain_svg(chain, direction, _ONE_LINE, heading=block.name, bands=False)


def measure_choice(key: str) -> Measure:
    """Parameters, MACs or FLOPs."""
    choice: Measure = linked(key, "parameters", one_of(MEASURES))
    st.segmented_control(
        t("Count"),
        MEASURES,
        required=True,
        key=key,
        help=t("MACs are multiply–accumulates of convolutions and fc for one image; FLOPs = 2 × MACs."),
        persist_state="session",
    )
    return choice


def _operations(cost: BlockCost, unit: str) -> int:
    return cost.macs * (2 if unit == "FLOPs" else 1)
