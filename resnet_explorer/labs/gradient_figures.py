"""The three views of the gradient's way, and its rows as a table. No torch here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go

from resnet_explorer.i18n import t
from resnet_explorer.labs.depth_figure import Point, depth_figure
from resnet_explorer.labs.gradient_numbers import Flow
from resnet_explorer.tables import Row

if TYPE_CHECKING:
    from resnet_explorer.labs.gradient_flow import Flows

VIEWS: Final[Mapping[str, str]] = {
    "weights": t("Each layer’s weights"),
    "inputs": t("Each block’s input"),
    "factors": t("Each block’s factor"),
}


def gradient_figure(found: Flows, view: str) -> go.Figure:
    """A view of both networks' gradients through the depth.

    Args:
        found: both networks.
        view: a key of `VIEWS`.
    """
    points, across, up = _DRAWN[view]
    return depth_figure(points(found.plain), points(found.residual), across, up)


def layer_rows(found: Flows) -> list[Row]:
    """A row for each layer: the norms of both networks' gradients by its weights."""
    pairs = zip(found.plain.layers, found.residual.layers, strict=True)
    return [
        {"layer": a.number, "name": a.name, "stage": a.stage, "plain": a.norm, "residual": b.norm}
        for a, b in pairs
    ]


def block_rows(found: Flows) -> list[Row]:
    """A row for each block: the norms at its two ends, its factor, and its two parts."""
    return [
        {
            "network": "residual" if flow.residual else "plain",
            "block": block.number,
            "name": block.name,
            "stage": block.stage,
            "gradient by output": block.out,
            "gradient by input": block.into,
            "factor": block.factor,
            "through shortcut": block.shortcut,
            "through branch": block.branch,
        }
        for flow in (found.plain, found.residual)
        for block in flow.blocks
    ]


def _weights(flow: Flow) -> list[Point]:
    return [Point(layer.name, layer.stage, layer.number, layer.norm) for layer in flow.layers]


def _inputs(flow: Flow) -> list[Point]:
    return [Point(block.name, block.stage, block.number, block.into) for block in flow.blocks]


def _factors(flow: Flow) -> list[Point]:
    return [Point(block.name, block.stage, block.number, block.factor) for block in flow.blocks]


_DRAWN: Final[Mapping[str, tuple[Callable[[Flow], list[Point]], str, str]]] = {
    "weights": (_weights, t("layer"), t("‖∂L/∂w‖")),
    "inputs": (_inputs, t("block"), t("‖∂L/∂x‖")),
    "factors": (_factors, t("block"), t("‖∂L/∂x in‖ / ‖∂L/∂x out‖")),
}
