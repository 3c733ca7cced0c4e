"""Basic blocks against bottlenecks, in numbers and Plotly figures.

Everything is summed from the records of `plan` and `plan_block`; nothing is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

import plotly.graph_objects as go

from resnet_explorer.chart_look import AXIS, quiet, with_legend
from resnet_explorer.colours import STAGE_COLOURS, rgba
from resnet_explorer.depth import PUBLISHED, choose_depth
from resnet_explorer.plan import Block, Layer, Plan, plan, plan_block
from resnet_explorer.spec import EXPANSION, PRESETS, BlockKind, ResNetSpec, Stem, title
from resnet_explorer.tables import count_text

Measure = Literal["parameters", "MACs", "FLOPs"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)

BLOCK_KINDS: Final[tuple[BlockKind, ...]] = ("basic", "bottleneck")
BLOCK_COLOURS: Final[Mapping[str, str]] = {"basic": "#56b4e9", "bottleneck": "#d55e00"}
_OPACITY: Final = {"basic": 0.45, "bottleneck": 1.0}
_LABEL_PLACE: Final = {"basic": "top left", "bottleneck": "bottom right"}
_USUAL_DEEPEST: Final = 270
_STRIDE_BEYOND: Final = 180
_CURVE_DEPTHS: Final = {
    "imagenet": {"basic": range(10, 271, 12), "bottleneck": range(14, 271, 15)},
    "cifar": {"basic": range(8, 271, 12), "bottleneck": range(11, 271, 18)},
}


@dataclass(frozen=True)
class BlockCost:
    """What a block costs, of its convolutions alone or with the norms."""

    params: int
    macs: int


@dataclass(frozen=True)
class DepthPoint:
    """One network of the curve: layers, parameters, MACs."""

    depth: int
    params: int
    macs: int
    published: bool


def block_on(channels: int, kind: BlockKind, size: int) -> Block:
    """A block with an identity shortcut on so many channels (He et al. 2015, fig. 5).

    Args:
        channels: channels of its input and of its output.
        kind: "basic" or "bottleneck"; the latter's middle has a quarter of the channels.
        size: height and width of its input.

    Raises:
        ValueError: if a bottleneck's channels are no multiple of 4.
    """
    expansion = EXPANSION[kind]
    if channels % expansion:
        below = channels // expansion * expansion
        options = f"{below} or {below + expansion}" if below else f"{expansion}"
        raise ValueError(
            f"channels is {channels}, and a bottleneck squeezes them to a quarter; a multiple of "
            f"{expansion} is needed, such as {options}."
        )
    return plan_block(kind, (channels, size, size), channels // expansion, name=kind, stage="stage 1")


def convolutions(block: Block) -> tuple[Layer, ...]:
    """The convolutions of a block in the order of the data."""
    return tuple(layer for layer in block.layers if layer.kind == "conv")


def block_cost(block: Block, norms: bool = False) -> BlockCost:
    """Weights and MACs of a block's convolutions; with `norms`, their scales and shifts too."""
    kinds = ("conv", "norm") if norms else ("conv",)
    return BlockCost(sum(layer.params for layer in block.layers if layer.kind in kinds), block.macs)


def weights_product(layer: Layer) -> str:
    """The weights of a convolution as a product: "3 · 3 · 256 · 256 = 589,824"."""
    factors = (layer.kernel, layer.kernel, layer.in_shape[0] // layer.groups, layer.out_shape[0])
    return " · ".join(map(str, factors)) + f" = {layer.params - layer.bias * layer.out_shape[0]:,}"


def with_block(spec: ResNetSpec, kind: BlockKind) -> ResNetSpec:
    """The same depths built with the other kind of block.

    A basic block knows no width per group, and its groups must divide the width: what it cannot
    take goes back to the default.
    """
    if spec.block == kind:
        return spec
    groups = spec.groups if spec.width % spec.groups == 0 else 1
    return spec.with_(block=kind, width_per_group=64, groups=groups)


def both_plans(spec: ResNetSpec, size: tuple[int, int]) -> dict[BlockKind, Plan]:
    """The network of these depths with basic blocks, and with bottlenecks."""
    return {kind: plan(with_block(spec, kind), size) for kind in BLOCK_KINDS}


@lru_cache(maxsize=32)
def depth_points(
    kind: BlockKind, stem: Stem, size: tuple[int, int], deepest: int = _USUAL_DEEPEST
) -> tuple[DepthPoint, ...]:
    """The networks of the curve: those of `choose_depth` at regular depths and the published ones.

    Args:
        kind: "basic" or "bottleneck".
        stem: "imagenet" or "cifar".
        size: height and width of the input.
        deepest: where the curve ends at least; beyond 270 layers its points are far apart.
    """
    end = max(deepest, _USUAL_DEEPEST)
    published = [n for n in _published(kind, stem) if n <= end]
    beyond = range(_USUAL_DEEPEST, end + _STRIDE_BEYOND, _STRIDE_BEYOND) if end > _USUAL_DEEPEST else ()
    points = []
    for n in sorted({*_CURVE_DEPTHS[stem][kind], *beyond, *published}):
        chosen = choose_depth(n, kind, stem)
        drawn = plan(chosen.spec, size)
        points.append(DepthPoint(chosen.depth, drawn.params, drawn.macs, chosen.depth in published))
    return tuple({point.depth: point for point in points}.values())


@lru_cache(maxsize=32)
def stage_figure(spec: ResNetSpec, size: tuple[int, int], measure: Measure) -> go.Figure:
    """Bars per section of the network with either block: basic pale, bottleneck full.

    Kept for the reruns of a page, as a figure takes 15 ms; not to be changed.
    """
    figure = go.Figure()
    for kind, drawn in both_plans(spec, size).items():
        sections = [section.name for section in drawn.sections]
        values = [_amount(section.params, section.macs, measure) for section in drawn.sections]
        figure.add_bar(
            x=sections,
            y=values,
            name=kind,
            marker_color=[rgba(STAGE_COLOURS[name], _OPACITY[kind]) for name in sections],
            text=[count_text(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}, " + kind + "<br>%{y:,} " + measure + "<extra></extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06)
    return _look(figure, "", measure)


@lru_cache(maxsize=32)
def depth_figure(spec: ResNetSpec, size: tuple[int, int], measure: Measure) -> go.Figure:
    """The curve of a measure against depth for both blocks; published depths and the network marked.

    Kept for the reruns of a page; not to be changed.

    Args:
        spec: the network that is marked; the curves are those of its stem.
        size: height and width of the input.
        measure: what is counted.
    """
    figure = go.Figure()
    for kind in BLOCK_KINDS:
        _add_curve(figure, kind, depth_points(kind, spec.stem, size, spec.depth), measure)
    current, name = plan(spec, size), title(spec)
    figure.add_scatter(
        x=[spec.depth],
        y=[_amount(current.params, current.macs, measure)],
        name=name,
        mode="markers",
        marker={"size": 20, "symbol": "star", "color": "#e69f00", "line": {"width": 1.5, "color": "#5b4300"}},
        hovertemplate=f"{name}<br>%{{x}} layers, %{{y:,}} {measure}<extra></extra>",
    )
    return _look(figure, "layers", measure)


def _published(kind: BlockKind, stem: Stem) -> list[int]:
    """Depths of the papers' networks; on CIFAR those of He et al. 2015, table 6, among the presets."""
    if stem == "imagenet":
        return [n for n, of in PUBLISHED.items() if of == kind]
    known = (spec for spec in PRESETS.values() if spec.stem == stem and spec.activation == "post")
    return [spec.depth for spec in known if spec.block == kind]


def _add_curve(figure: go.Figure, kind: BlockKind, points: Sequence[DepthPoint], measure: Measure) -> None:
    colour = BLOCK_COLOURS[kind]
    hover = f"{kind}, %{{x}} layers<br>%{{y:,}} {measure}<extra></extra>"
    figure.add_scatter(
        x=[point.depth for point in points],
        y=[_amount(point.params, point.macs, measure) for point in points],
        name=kind,
        mode="lines",
        line={"width": 3.5, "color": colour, "dash": "dot" if kind == "basic" else "solid"},
        hovertemplate=hover,
    )
    known = [point for point in points if point.published]
    figure.add_scatter(
        x=[point.depth for point in known],
        y=[_amount(point.params, point.macs, measure) for point in known],
        text=[str(point.depth) for point in known],
        textposition=_LABEL_PLACE[kind],
        mode="markers+text",
        marker={"size": 11, "color": colour},
        hovertemplate="published: " + hover,
        showlegend=False,
    )


def _amount(params: int, macs: int, measure: Measure) -> int:
    return {"parameters": params, "MACs": macs, "FLOPs": 2 * macs}[measure]


def _look(figure: go.Figure, across: str, up: str) -> go.Figure:
    """Transparent grounds and type for the last row."""
    figure.update_xaxes(title=across, **AXIS)
    figure.update_yaxes(title=up, rangemode="tozero", **AXIS)
    return with_legend(quiet(figure, 460), y=1.12)


def ratio_text(large: float, small: float) -> str:
    """How many times more, as people say it: "16.9 ×"."""
    return f"{large / small:.3g} ×"
