"""What the lesions cost, of one network or of two, as Plotly figures for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import plotly.graph_objects as go

from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.colours import DEPTH_COLOURS, LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.i18n import t
from resnet_explorer.labs.wire_sweep import Drops, Sweep
from resnet_explorer.labs.wiring import first_of_stage, short

_RIGHT: Final = 92
"""Pixels at the right for the words of the lines."""
_RIGHT_OF_TWO: Final = 150
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
    levels = [(sweep.whole, f"whole<br>{sweep.whole:.1%}", "dash") for sweep in ordered]
    if is_pair:
        levels = [
            (sweep.whole, f"{_kind(sweep.is_plain)} whole<br>{sweep.whole:.1%}", "dash") for sweep in ordered
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
    return _finished(figure, is_pair)


def _sweep_bars(sweep: Sweep, shown: Sequence[int], is_pair: bool, many: bool) -> go.Bar:
    """The bars of one network; a block that has no score has none of any height."""
    blocks, first = sweep.blocks, list(first_of_stage(sweep.blocks))
    hatched = is_pair and sweep.is_plain
    texts, tells, label = [], [], escape(sweep.label)
    for number in shown:
        score = sweep.scores.get(number)
        if score is None:
            texts.append("✕")
            why = t("it changes the shape, and nothing leads past it")
            tells.append(f"{label}<br>without {short(blocks[number])}: {why}")
            continue
        mark = "▼" if first[number] and not hatched else ""
        between = "<br>" if is_pair and mark and not many else ""
        texts.append(mark + between + ("" if many else f"{score:.0%}"))
        reason = blocks[number].shortcut_reason
        tells.append(f"{label}<br>without {short(blocks[number])}: {score:.1%}<br>{reason}")
    colours = [STAGE_COLOURS[blocks[number].stage] for number in shown]
    look: dict[str, Any] = {"marker_color": colours}
    if hatched:
        look = {
            "marker": {
                "color": "rgba(0, 0, 0, 0)",
                "line": {"color": LINE_GREY, "width": 2},
                "pattern": {"shape": "/", "fgcolor": LINE_GREY, "size": 9, "solidity": 0.35},
            }
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
        customdata=tells,
        hovertemplate="%{customdata}<extra></extra>",
        **look,
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
    return _finished(figure, is_pair)


def _drop_traces(drops: Drops, apart: bool) -> list[go.Scatter]:
    lost, shift = drops.lost, 0.12 if apart else 0.0  # points of two networks lie side by side
    colour = LINE_GREY if apart else DEPTH_COLOURS[-1]  # no stage's
    return [
        go.Scatter(
            x=[number + shift for number, row in enumerate(lost) for _ in row],
            y=[value for row in lost for value in row],
            mode="markers",
            marker={"size": 13, "color": rgba(colour, 0.5), "symbol": "diamond" if apart else "circle"},
            customdata=[number for number, row in enumerate(lost) for _ in row],
            name=escape(drops.label),
            hovertemplate="%{fullData.name}<br>%{customdata} out: %{y:.1%}<extra>a draw</extra>",
            showlegend=False,
        ),
        go.Scatter(
            x=list(range(len(lost))),
            y=drops.means,
            mode="lines",
            name=escape(drops.label),
            line={"color": colour, "width": 4, "dash": "dash" if apart else "solid"},
            hovertemplate="%{fullData.name}<br>%{x} out: %{y:.1%}<extra>mean</extra>",
        ),
    ]


_Level = tuple[float, str, str]
"""Where a line lies, its words, and its dashes."""


def _kind(is_plain: bool) -> str:
    return t("plain") if is_plain else t("residual")


def _guessing(chance: float | None) -> list[_Level]:
    return [] if chance is None else [(chance, t("guessing"), "dot")]


def _levels(figure: go.Figure, levels: Sequence[_Level], top: float) -> None:
    """Lines across, their words at the right of the chart, none over another's.

    Args:
        figure: the chart.
        levels: the lines.
        top: where the axis ends, from 0.
    """
    room = top * _LINES_OF_WORDS
    lowest = float("-inf")
    for value, words, dash in sorted(levels):
        lowest = max(value, lowest + room)
        figure.add_hline(
            y=value, line={"color": rgba(LINE_GREY, 0.7), "width": 1.5, "dash": dash}, layer="below"
        )
        figure.add_annotation(
            x=1.01,
            xref="paper",
            xanchor="left",
            y=lowest,
            text=words,
            align="left",
            showarrow=False,
            font={"size": FONT_SIZE, "color": LINE_GREY},
        )


def _finished(figure: go.Figure, is_pair: bool) -> go.Figure:
    """The look of a chart whose lines have words at the right; of two networks, with a legend."""
    quiet(figure, 470 if is_pair else 430).update_layout(margin_r=_RIGHT_OF_TWO if is_pair else _RIGHT)
    if not is_pair:
        return figure.update_layout(margin_t=16)
    return with_legend(figure, y=1.02, yanchor="bottom").update_layout(bargap=0.18, bargroupgap=0.04)
