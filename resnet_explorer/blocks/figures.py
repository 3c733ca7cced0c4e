"""Basic blocks against bottlenecks, in numbers and Plotly figures.

Everything is summed from the records of `plan` and `plan_block`; nothing is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

import plotly.graph_objects as go

from resnet_explorer.blocks.config import multiples_around
from resnet_explorer.common.colours import STAGE_COLOURS, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.numbers import count_text
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.network.depth_rules import PUBLISHED, choose_depth
from resnet_explorer.network.layers import Block, Layer, Plan, Stage
from resnet_explorer.network.plan import plan, plan_block
from resnet_explorer.network.spec import EXPANSION, PRESETS, BlockKind, ResNetSpec, Stem, title

Measure = Literal["parameters", "MACs", "FLOPs"]
MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)

BLOCK_KINDS: Final[tuple[BlockKind, ...]] = ("basic", "bottleneck")
BLOCK_COLOURS: Final[Mapping[str, str]] = {"basic": "#56b4e9", "bottleneck": "#d55e00"}
_OPACITY: Final = {"basic": 0.45, "bottleneck": 1.0}
_LABEL_PLACE: Final = {"basic": "top left", "bottleneck": "bottom right"}
_DEFAULT_DEEPEST: Final = 270
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


def amount(part: Plan | Stage | BlockCost | DepthPoint, measure: Measure) -> int:
    """How much of a measure something costs."""
    return {"parameters": part.params, "MACs": part.macs, "FLOPs": 2 * part.macs}[measure]


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
        raise ValueError(
            t(
                "channels is {channels}, and a bottleneck squeezes them to a quarter; a multiple of "
                "{expansion} is needed, such as {options}."
            ).format(channels=channels, expansion=expansion, options=multiples_around(channels, expansion))
        )
    return plan_block(kind, (channels, size, size), channels // expansion, name=kind, stage="stage 1")


def two_blocks(channels: int, size: int) -> list[Block]:
    """A basic block and a bottleneck on so many channels, as `block_on` makes each of them."""
    return [block_on(channels, kind, size) for kind in BLOCK_KINDS]


def convolutions(block: Block) -> tuple[Layer, ...]:
    """The convolutions of a block in the order of the data."""
    return tuple(layer for layer in block.layers if layer.kind == "conv")


def norms_of(block: Block) -> tuple[Layer, ...]:
    """The norms of a block in the order of the data."""
    return tuple(layer for layer in block.layers if layer.kind == "norm")


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
    kind: BlockKind, stem: Stem, size: tuple[int, int], deepest: int = _DEFAULT_DEEPEST
) -> tuple[DepthPoint, ...]:
    """The networks of the curve: those of `choose_depth` at regular depths and the published ones.

    Args:
        kind: "basic" or "bottleneck".
        stem: "imagenet" or "cifar".
        size: height and width of the input.
        deepest: where the curve ends at least; beyond 270 layers its points are far apart.
    """
    end = max(deepest, _DEFAULT_DEEPEST)
    published = [n for n in _published(kind, stem) if n <= end]
    beyond = range(_DEFAULT_DEEPEST, end + _STRIDE_BEYOND, _STRIDE_BEYOND) if end > _DEFAULT_DEEPEST else ()
    points = []
    for n in sorted({*_CURVE_DEPTHS[stem][kind], *beyond, *published}):
        chosen = choose_depth(n, kind, stem)
        drawn = plan(chosen.spec, size)
        points.append(DepthPoint(chosen.depth, drawn.params, drawn.macs, chosen.depth in published))
    return tuple({point.depth: point for point in points}.values())


@language_cache(maxsize=32)
def stage_figure(spec: ResNetSpec, size: tuple[int, int], measure: Measure) -> go.Figure:
    """Bars per section of the network with either block: basic pale, bottleneck full.

    Kept for the reruns of a page, as a figure takes 15 ms; not to be changed.
    """
    figure = go.Figure()
    for kind, drawn in both_plans(spec, size).items():
        sections = [section.name for section in drawn.sections]
        values = [amount(section, measure) for section in drawn.sections]
        figure.add_bar(
            x=[t(name) for name in sections],
            y=values,
            name=t(kind),
            marker_color=[rgba(STAGE_COLOURS[name], _OPACITY[kind]) for name in sections],
            text=[count_text(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}, " + t(kind) + "<br>%{y:,} " + t(measure) + "<extra></extra>",
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.06)
    return with_legend(_labelled(figure, "", measure), y=1.12)


@language_cache(maxsize=32)
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
    name = title(spec)
    figure.add_scatter(
        x=[spec.depth],
        y=[amount(plan(spec, size), measure)],
        text=[name],
        textposition="top left",
        name=name,
        mode="markers+text",
        marker={"size": 20, "symbol": "star", "color": "#e69f00", "line": {"width": 1.5, "color": "#5b4300"}},
        hovertemplate=f"{name}<br>%{{x}} {t('layers')}{t(', ')}%{{y:,}} {t(measure)}<extra></extra>",
    )
    return _labelled(figure, t("layers"), measure).update_layout(margin_r=110)


def _published(kind: BlockKind, stem: Stem) -> list[int]:
    """Depths of the papers' networks; on CIFAR those of He et al. 2015, table 6, among the presets."""
    if stem == "imagenet":
        return [n for n, of in PUBLISHED.items() if of == kind]
    known = (spec for spec in PRESETS.values() if spec.stem == stem and spec.activation == "post")
    return [spec.depth for spec in known if spec.block == kind]


def _add_curve(figure: go.Figure, kind: BlockKind, points: Sequence[DepthPoint], measure: Measure) -> None:
    colour = BLOCK_COLOURS[kind]
    hover = f"{t(kind)}{t(', ')}%{{x}} {t('layers')}<br>%{{y:,}} {t(measure)}<extra></extra>"
    figure.add_scatter(
        x=[point.depth for point in points],
        y=[amount(point, measure) for point in points],
        name=t(kind),
        mode="lines",
        line={"width": 3.5, "color": colour, "dash": "dot" if kind == "basic" else "solid"},
        hovertemplate=hover,
    )
    last = points[-1]
    figure.add_annotation(
        x=last.depth,
        y=amount(last, measure),
        text=t(kind),
        showarrow=False,
        xanchor="left",
        xshift=8,
        font_size=FONT_SIZE,
    )
    known = [point for point in points if point.published]
    figure.add_scatter(
        x=[point.depth for point in known],
        y=[amount(point, measure) for point in known],
        text=[str(point.depth) for point in known],
        textposition=_LABEL_PLACE[kind],
        mode="markers+text",
        marker={"size": 11, "color": colour},
        hovertemplate=t("published: ") + hover,
    )


def _labelled(figure: go.Figure, across: str, up: str) -> go.Figure:
    figure.update_xaxes(title=across, **AXIS)
    figure.update_yaxes(title=t(up), rangemode="tozero", **AXIS)
    return quiet(figure, 460)


def ratio_text(large: float, small: float) -> str:
    """How many times more, as people say it: "16.9"."""
    return f"{large / small:.3g}"
