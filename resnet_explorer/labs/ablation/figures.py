"""What an ablation costs, and the paths through a network, as Plotly figures for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import DEPTH_COLOURS, LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, INK, apart, as_label, quiet
from resnet_explorer.labs.ablation.ablations import first_of_stage, short
from resnet_explorer.labs.ablation.paths import PathGradients, path_counts, shares
from resnet_explorer.labs.ablation.sweep import Drops, Sweep
from resnet_explorer.network.layers import Block

_RIGHT: Final = 130
"""Pixels at the right for the words of the lines."""
_RIGHT_OF_TWO: Final = 220
_LINES_OF_WORDS: Final = 0.13
"""Of the axis: how far the words of two lines must be apart."""


def sweep_figure(sweeps: Sequence[Sweep], chance: float | None, what: str, *, cut: bool = False) -> go.Figure:
    """A bar for each block: what is left without it, in the colour of its stage; ▼ where a stage begins.

    Of two networks with the same number of blocks, the residual one stands at the left of each pair, and the
    plain one is hatched; ✕ where its block cannot be taken out.

    Args:
        sweeps: of one network, or of two.
        chance: what guessing reaches, a line; None for none.
        what: the name of the axis.
        cut: whether it is not the block that is missing, but its shortcut.
    """
    ordered = sorted(sweeps, key=lambda sweep: sweep.is_plain)
    blocks = ordered[0].blocks
    is_pair = len(ordered) > 1
    shown = range(len(blocks)) if is_pair else list(ordered[0].scores)
    figure = go.Figure(
        [_sweep_bars(sweep, shown, is_pair, len(shown) * len(ordered) > 20) for sweep in ordered]
    )
    whole = t("{kind} whole {score:.1%}") if is_pair else t("whole {score:.1%}")
    kinds = [t("▨ plain") if sweep.is_plain else t("■ residual") for sweep in ordered]
    levels = [
        (sweep.whole, whole.format(kind=kind, score=sweep.whole), "dash")
        for sweep, kind in zip(ordered, kinds, strict=True)
    ]
    _levels(figure, levels + _guessing(chance), top=1.08)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=[short(blocks[number]) for number in shown],
        title=t("the block whose shortcut is cut") if cut else t("the block that is taken out"),
        **AXIS,
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.08], title=what, **AXIS)
    _draw_strip(figure, [blocks[number] for number in shown])
    return _finished(figure, is_pair).update_layout(bargap=0.18, bargroupgap=0.04)


def _draw_strip(figure: go.Figure, blocks: Sequence[Block]) -> None:
    """The blocks round their names under the axis, each with its shortcut: what the bars stand on."""
    for place, block in enumerate(blocks):
        colour = STAGE_COLOURS[block.stage]
        below: dict[str, Any] = {"xref": "x", "yref": "paper", "ysizemode": "pixel", "yanchor": 0}
        figure.add_shape(
            type="rect",
            x0=place - 0.34,
            x1=place + 0.34,
            y0=-4,
            y1=-32,
            line={"color": colour, "width": 2},
            fillcolor=rgba(colour, 0.25),
            layer="below",
            **below,
        )
        if block.shortcut != "none":
            figure.add_shape(
                type="path",
                path=f"M {place - 0.43} -18 V -40 H {place + 0.43} V -18",
                line={"color": colour, "width": 3},
                **below,
            )
    figure.update_xaxes(title_standoff=26)


def _sweep_bars(sweep: Sweep, shown: Sequence[int], is_pair: bool, many: bool) -> go.Bar:
    """The bars of one network; a block that has no score has none of any height."""
    blocks, first = sweep.blocks, list(first_of_stage(sweep.blocks))
    hatched = is_pair and sweep.is_plain
    texts, hovers, label = [], [], as_label(sweep.label)
    for number in shown:
        score = sweep.scores.get(number)
        if score is None:
            texts.append("✕")
            measured = t("it changes the shape, and nothing leads past it")
        else:
            mark = "▼" if first[number] and not hatched else ""
            between = "<br>" if is_pair and mark and not many else ""
            texts.append(mark + between + ("" if many else f"{score:.0%}"))
            measured = f"{score:.1%}<br>{blocks[number].shortcut_reason}"
        without = t("without {block}: {measured}").format(block=short(blocks[number]), measured=measured)
        hovers.append(f"{label}<br>{without}")
    marker: dict[str, Any] = {"color": [STAGE_COLOURS[blocks[number].stage] for number in shown]}
    if hatched:
        marker = {
            "color": "rgba(0, 0, 0, 0)",
            "line": {"color": LINE_GREY, "width": 2},
            "pattern": {"shape": "/", "fgcolor": LINE_GREY, "size": 9, "solidity": 0.35},
        }
    return go.Bar(
        x=[short(blocks[number]) for number in shown],
        y=[sweep.scores.get(number, 0) for number in shown],
        name=label,
        text=texts,
        textposition="outside" if is_pair else "auto",
        insidetextanchor="end",
        constraintext="none" if is_pair else "both",
        insidetextfont={"size": FONT_SIZE, "color": "#101418"},
        textangle=0,
        cliponaxis=False,
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>",
        marker=marker,
    )


def drops_figure(drops: Sequence[Drops], chance: float | None, what: str) -> go.Figure:
    """A point for each draw over the blocks taken out, and their means as a line (Veit et al., fig. 5a).

    Args:
        drops: of one network, or of two: the plain one is grey and dashed.
        chance: what guessing reaches; None for none.
        what: the name of the axis, for what is lost.
    """
    is_pair = len(drops) > 1
    figure = go.Figure()
    for each in sorted(drops, key=lambda drop: drop.is_plain):
        apart = is_pair and each.is_plain
        figure.add_traces(_drop_traces(each, apart))
    _levels(figure, _guessing(None if chance is None else 1 - chance), top=1.05)
    longest = max(len(each.lost) for each in drops)
    step = 1 if longest <= 12 else 2
    figure.update_xaxes(
        title=t("blocks taken out at random"), dtick=step, range=[-0.5, longest - 0.5], **AXIS
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05], title=what, **AXIS)
    if is_pair:
        _name_means(figure, drops)
    return _finished(figure, is_pair)


def _name_means(figure: go.Figure, drops: Sequence[Drops]) -> None:
    """The name of each network beside its line, where the two are farthest apart."""
    numbers = range(min(len(each.means) for each in drops))
    at = max(numbers, key=lambda number: abs(drops[0].means[number] - drops[1].means[number]))
    highest = max(each.means[at] for each in drops)
    for each in drops:
        is_upper = each.means[at] == highest
        figure.add_annotation(
            text=f"<b>{'╌╌' if each.is_plain else '━━'} {as_label(each.label)}</b>",
            x=at + 0.2,
            y=each.means[at],
            xanchor="left",
            yanchor="bottom" if is_upper else "top",
            yshift=18 if is_upper else -12,
            showarrow=False,
            font={"size": FONT_SIZE, "color": INK},
        )


def _drop_traces(drops: Drops, apart: bool) -> list[go.Scatter]:
    out = "%{fullData.name}<br>" + t("{number} out: {share}").format(number="%{customdata}", share="%{y:.1%}")
    lost, shift = drops.lost, 0.12 if apart else 0.0  # points of two networks lie side by side
    colour = LINE_GREY if apart else DEPTH_COLOURS[-1]  # no stage's
    return [
        go.Scatter(
            x=[number + shift for number, row in enumerate(lost) for _ in row],
            y=[value for row in lost for value in row],
            mode="markers",
            marker={"size": 13, "color": rgba(colour, 0.5), "symbol": "diamond" if apart else "circle"},
            customdata=[number for number, row in enumerate(lost) for _ in row],
            name=as_label(drops.label),
            hovertemplate=out + "<extra>" + t("a draw") + "</extra>",
            showlegend=False,
        ),
        go.Scatter(
            x=list(range(len(lost))),
            y=drops.means,
            mode="lines",
            name=as_label(drops.label),
            line={"color": colour, "width": 4, "dash": "dash" if apart else "solid"},
            customdata=list(range(len(lost))),
            hovertemplate=f"{out}<extra>{t('mean')}</extra>",
        ),
    ]


def lengths_figure(blocks: int) -> go.Figure:
    """How many of the 2ⁿ paths lead through k branches, as shares (Veit et al., fig. 6a)."""
    counts = path_counts(blocks)
    figure = go.Figure(
        go.Bar(
            x=list(range(blocks + 1)),
            y=shares(counts),
            marker_color=DEPTH_COLOURS[-1],
            customdata=[f"{count:,}" if count < 10**15 else f"{count:.2e}" for count in counts],
            hovertemplate=t("%{customdata} paths through %{x} blocks: %{y:.2%}") + "<extra></extra>",
        )
    )
    figure.update_xaxes(title=t("blocks on the path"), **AXIS)
    figure.update_yaxes(tickformat=".0%", title=t("share of the paths"), **AXIS)
    return quiet(figure)


def path_gradients_figure(found: PathGradients) -> go.Figure:
    """The gradient along a path of each length, and what all paths of that length bring (fig. 6b and 6c)."""
    lengths = list(range(len(found.norms)))
    titles = (t("Gradient along one path"), t("Share of all gradient, by length"))
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.12)
    gradient = t("{count} blocks: {value}").format(count="%{x}", value="%{y:.3g}")
    share = t("{count} blocks: {value}").format(count="%{x}", value="%{y:.1%}")
    traces = [
        go.Scatter(
            x=np.repeat(lengths, found.norms.shape[1]),
            y=found.norms.ravel(),
            mode="markers",
            marker={"size": 9, "color": rgba(LINE_GREY, 0.6)},
            hovertemplate=gradient + "<extra>" + t("a path") + "</extra>",
        ),
        go.Scatter(
            x=lengths,
            y=found.means,
            mode="lines+markers",
            line={"color": DEPTH_COLOURS[-1], "width": 4},
            hovertemplate=f"{gradient}<extra>{t('mean')}</extra>",
        ),
        go.Bar(
            x=lengths,
            y=found.contributions,
            marker_color=DEPTH_COLOURS[-1],
            hovertemplate=f"{share}<extra></extra>",
        ),
    ]
    figure.add_traces(traces, rows=[1, 1, 1], cols=[1, 1, 2])
    figure.update_xaxes(title=t("blocks on the path"), **AXIS)
    figure.update_yaxes(**AXIS)
    figure.update_yaxes(
        type="log", dtick=1, title=t("norm, mean of the photos"), exponentformat="power", row=1, col=1
    )
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_annotations(font_size=FONT_SIZE + 1)
    return quiet(figure)


_Level = tuple[float, str, str]
"""Where a line lies, its words, and its dashes."""


def _guessing(chance: float | None) -> list[_Level]:
    return [] if chance is None else [(chance, t("guessing"), "dot")]


def _levels(figure: go.Figure, levels: Sequence[_Level], top: float) -> None:
    """Lines across, their words at the right of the chart, none over another's."""
    places = apart([value for value, _, _ in levels], top * _LINES_OF_WORDS)
    for (value, words, dash), y in zip(levels, places, strict=True):
        figure.add_hline(
            y=value, line={"color": rgba(LINE_GREY, 0.7), "width": 1.5, "dash": dash}, layer="below"
        )
        figure.add_annotation(
            x=1.01,
            xref="paper",
            xanchor="left",
            y=y,
            text=words,
            align="left",
            showarrow=False,
            font={"size": FONT_SIZE, "color": INK},
        )


def _finished(figure: go.Figure, is_pair: bool) -> go.Figure:
    """The look of a chart whose lines have words at the right."""
    return quiet(figure).update_layout(margin_r=_RIGHT_OF_TWO if is_pair else _RIGHT, margin_t=12)
