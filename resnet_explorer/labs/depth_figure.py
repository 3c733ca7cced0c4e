"""A number through the depth of a plain and a residual network, as a Plotly figure for both themes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import plotly.graph_objects as go

from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.labs.gradient_numbers import number_text

MARKED: Final = 130
"""Points up to which each has a dot; of more, only those to which no line leads."""
_LOOKS: Final[dict[bool, dict[str, Any]]] = {
    True: {"dash": "solid", "symbol": "circle"},
    False: {"dash": "dot", "symbol": "circle-open"},
}
"""Of the residual network's curve and of the plain one's."""


@dataclass(frozen=True)
class Point:
    """A number at a place: its name, its stage, where on the axis, and the number, which may be none."""

    name: str
    stage: str
    at: int
    value: float


def depth_figure(
    plain: Sequence[Point], residual: Sequence[Point], across: str, up: str, *, log: bool = True
) -> go.Figure:
    """Both curves, each piece in its stage's colour: solid is residual, dotted is plain.

    On a logarithmic axis a 0 stands as a cross at the bottom; what is infinite or not a number stands as a
    cross at the top of either kind of axis: nothing is left out.

    Args:
        plain: the plain network's points.
        residual: the residual network's.
        across: the title of the axis of depth.
        up: the title of the numbers' axis.
        log: whether the numbers' axis is logarithmic.
    """
    shown = [p.value for p in (*plain, *residual) if _is_shown(p.value, log)] or [1.0]
    if log:
        low, high = math.log10(min(shown)), math.log10(max(shown))
        room = max(0.08 * (high - low), 0.15)
        span = [low - room, high + room]
        edges = (10 ** (low - room / 2), 10 ** (high + room / 2))
    else:
        room = max(0.08 * (max(shown) - min(shown)), 0.05 * max(map(abs, shown)), 1e-9)
        span = [min(shown) - room, max(shown) + room]
        edges = (min(shown) - room / 2, max(shown) + room / 2)
    figure = go.Figure()
    for is_residual, points in ((False, plain), (True, residual)):
        name = t("residual") if is_residual else t("plain")
        for trace in _curve(points, name, is_residual, log):
            figure.add_trace(trace)
        figure.add_trace(_odd(points, name, edges, log))
        figure.add_scatter(
            x=[None], y=[None], name=name, mode="lines", line=_line(LINE_GREY, is_residual), hoverinfo="skip"
        )
    places = [p.at for p in (*plain, *residual)]
    first, last = min(places), max(places)
    figure.update_xaxes(title=across, range=[first - 0.5 - 0.01 * last, last + 0.5 + 0.01 * last], **AXIS)
    figure.update_yaxes(title=up, type="log" if log else "linear", range=span, exponentformat="power", **AXIS)
    if log:
        figure.update_yaxes(_ticks(*span))
    _name_stages(figure, residual or plain)
    return with_legend(quiet(figure, height=460), y=1.16)


def _ticks(low: float, high: float) -> dict[str, Any]:
    """What a logarithmic axis between two powers of ten is told: numbers within a power, else powers."""
    if high - low >= 2:
        return {"dtick": 1 if high - low < 9 else None, "nticks": 9}
    digits = (1, 1.5, 2, 3, 5, 7) if high - low < 1 else (1, 2, 5)
    powers = range(math.floor(low), math.ceil(high))
    values = [digit * 10.0**power for power in powers for digit in digits]
    words = [f"{value:g}" if 1e-3 <= value < 1e4 else number_text(value) for value in values]
    return {"tickvals": values, "ticktext": words}


def _name_stages(figure: go.Figure, points: Sequence[Point]) -> None:
    """The stages' names above their pieces, in their colours; not those of a single point."""
    for stage, group in groupby(points, key=lambda point: point.stage):
        places = [point.at for point in group]
        if len(places) > 1:
            figure.add_annotation(
                text=stage,
                x=(places[0] + places[-1]) / 2,
                y=1.07,
                yref="paper",
                showarrow=False,
                font={"size": FONT_SIZE, "color": STAGE_COLOURS[stage], "weight": 600},
            )


def _is_shown(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _line(colour: str, is_residual: bool) -> dict[str, Any]:
    return {"color": colour, "width": 3.5, "dash": _LOOKS[is_residual]["dash"]}


def _lonely(points: Sequence[Point], log: bool) -> set[int]:
    """The places of points without a neighbour that is shown: no line leads to them."""
    shown = {point.at for point in points if _is_shown(point.value, log)}
    return {at for at in shown if not {at - 1, at + 1} & shown}


def _curve(points: Sequence[Point], name: str, is_residual: bool, log: bool) -> list[go.Scatter]:
    """A trace for each stage, which begins where the one before ended."""
    traces, before = [], None
    dotted = {p.at for p in points} if len(points) <= MARKED else _lonely(points, log)
    for stage, group in groupby(points, key=lambda point: point.stage):
        own = list(group)
        joined = ([before] if before else []) + own
        colour = STAGE_COLOURS[stage]
        # The joint has its dot already.
        sizes = ([0] if before else []) + [8 if point.at in dotted else 0 for point in own]
        traces.append(
            go.Scatter(
                x=[p.at for p in joined],
                y=[p.value if _is_shown(p.value, log) else None for p in joined],
                mode="lines+markers" if any(sizes) else "lines",
                line=_line(colour, is_residual),
                marker={"color": colour, "size": sizes, "symbol": _LOOKS[is_residual]["symbol"]},
                showlegend=False,
                customdata=[[p.name, number_text(p.value)] for p in joined],
                hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
            )
        )
        before = own[-1]
    return traces


def _odd(points: Sequence[Point], name: str, edges: tuple[float, float], log: bool) -> go.Scatter:
    odd = [p for p in points if not _is_shown(p.value, log)]
    return go.Scatter(
        x=[p.at for p in odd],
        y=[edges[0] if p.value == 0 else edges[1] for p in odd],
        mode="markers",
        marker={"symbol": "x", "size": 9, "color": [STAGE_COLOURS[p.stage] for p in odd]},
        showlegend=False,
        customdata=[[p.name, number_text(p.value)] for p in odd],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
    )
