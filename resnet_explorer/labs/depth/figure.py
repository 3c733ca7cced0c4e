"""A number through the depth of a plain and a residual network, as a Plotly figure for both themes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Final, Generic

import plotly.graph_objects as go

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, INK, quiet
from resnet_explorer.labs.depth.name_places import Curve, Name, name_places
from resnet_explorer.labs.depth.passes import BackwardPass, ForwardPass, P, Pair, Place
from resnet_explorer.labs.depth.prediction import Prediction

_NAME_ROOM: Final = 0.2
"""Of the heights of the curves: room for a name above the highest and below the lowest."""
SMALLEST: Final = 1.4e-45
LARGEST: Final = 3.4e38
"""What float32 can hold: theory beyond it is not drawn, because nothing is measured there."""
MARKED: Final = 130
"""Points up to which each has a dot; of more, only those to which no line leads."""
_STYLES: Final[dict[bool, dict[str, Any]]] = {
    True: {"dash": "solid", "symbol": "circle"},
    False: {"dash": "dot", "symbol": "circle-open"},
}
"""Of the residual network's curve and of the plain one's."""


@dataclass(frozen=True)
class Point(Place):
    """A number at a place; it may be infinite or not a number."""

    value: float


@dataclass(frozen=True)
class View(Generic[P]):
    """What is drawn of a pass.

    Attributes:
        name: in English.
        points: of one network.
        across: in English, the title of the axis of depth.
        up: in English, the title of the numbers' axis.
        log: whether the numbers' axis is logarithmic.
        whole: of one network, how many times as large the number is at the end as at the beginning; None
            where that is not asked.
        predicted: of one network and its prediction, what theory says at each point; None for nothing.
        foretold: of a prediction, what theory says instead of `whole`.
    """

    name: str
    points: Callable[[P], list[Point]]
    across: str
    up: str
    log: bool = True
    whole: Callable[[P], float] | None = None
    predicted: Callable[[P, Prediction], list[float]] | None = None
    foretold: Callable[[Prediction], float] | None = None


def _points(places: Sequence[Place], values: Sequence[float]) -> list[Point]:
    pairs = zip(places, values, strict=True)
    return [Point(place.name, place.stage, place.number, value) for place, value in pairs]


def _variances(found: ForwardPass) -> list[Point]:
    return _points(found.places, [place.output.variance for place in found.places])


def _predicted_inputs(found: BackwardPass, theory: Prediction) -> list[float]:
    return [found.blocks[-1].out * value for value in theory.gradients]


def _predicted_factors(found: BackwardPass, theory: Prediction) -> list[float]:
    return [one / after for one, after in pairwise((*theory.gradients, 1.0))]


def _predicted_variances(found: ForwardPass, theory: Prediction) -> list[float]:
    return [found.places[0].output.variance * value for value in theory.variances]


GRADIENT_VIEWS: Final[Mapping[str, View[BackwardPass]]] = {
    "inputs": View(
        msg("Each block’s input"),
        lambda found: _points(found.blocks, [block.into for block in found.blocks]),
        msg("block, from the image to the answer"),
        msg("gradient ‖∂L/∂x‖"),
        whole=lambda found: found.end_to_end,
        predicted=_predicted_inputs,
        foretold=lambda theory: theory.end_to_end,
    ),
    "weights": View(
        msg("Each layer’s weights"),
        lambda found: _points(found.layers, [layer.norm for layer in found.layers]),
        msg("layer, from the image to the answer"),
        msg("gradient ‖∂L/∂w‖"),
    ),
    "factors": View(
        msg("Each block’s factor"),
        lambda found: _points(found.blocks, [block.factor for block in found.blocks]),
        msg("block, from the image to the answer"),
        msg("‖∂L/∂x in‖ / ‖∂L/∂x out‖"),
        predicted=_predicted_factors,
    ),
}
_FROM_STEM: Final = msg("block, from the stem (0) to the answer")
SIGNAL_VIEWS: Final[Mapping[str, View[ForwardPass]]] = {
    "variance": View(
        msg("Variance"),
        _variances,
        _FROM_STEM,
        msg("variance"),
        log=False,
        whole=lambda found: found.end_to_end,
        predicted=_predicted_variances,
        foretold=lambda theory: theory.variances[-1],
    ),
    "log": View(
        msg("Variance, logarithmic"),
        _variances,
        _FROM_STEM,
        msg("variance"),
        whole=lambda found: found.end_to_end,
        predicted=_predicted_variances,
        foretold=lambda theory: theory.variances[-1],
    ),
    "mean": View(
        msg("Mean"),
        lambda found: _points(found.places, [place.output.mean for place in found.places]),
        _FROM_STEM,
        msg("mean"),
        log=False,
    ),
}
"""Place 0 is the stem."""


def view_figure(
    found: Pair[P],
    view: View[P],
    predictions: Sequence[Prediction | None] = (None, None),
    kinds: tuple[str, str] | None = None,
) -> go.Figure:
    """A view of both networks.

    Args:
        found: what was measured.
        view: what is drawn of it.
        predictions: of the plain network and the residual one, drawn dashed; None for none.
        kinds: what both networks are called, where they are not plain and residual.
    """
    points = view.points(found.plain), view.points(found.residual)
    kinds = kinds or (t("plain"), t("residual"))
    names = list(kinds)
    dashed: list[list[Point]] = []
    for number, (each, theory) in enumerate(zip(found.both, predictions, strict=True)):
        if view.whole and math.isfinite(whole := view.whole(each)):
            names[number] += f": ×\u00a0{scientific_text(whole)}"
        if view.predicted and theory:
            values = view.predicted(each, theory)
            held = [value if SMALLEST < value < LARGEST else math.nan for value in values]
            dashed.append(_points(points[number], held))
    theories = [
        t("╌╌ theory: ×\u00a0{times}").format(times=scientific_text(view.foretold(theory)))
        for theory in predictions
        if view.foretold and theory
    ]
    return depth_figure(
        *points,
        t(view.across),
        t(view.up),
        log=view.log,
        names=names,
        dashed=dashed,
        theories=theories,
        kinds=kinds,
    )


def depth_figure(
    plain: Sequence[Point],
    residual: Sequence[Point],
    across: str,
    up: str,
    *,
    log: bool = True,
    names: Sequence[str] = (),
    dashed: Sequence[Sequence[Point]] = (),
    theories: Sequence[str] = (),
    kinds: tuple[str, str] | None = None,
) -> go.Figure:
    """Both curves by their names, each piece in its stage's colour: solid is residual, dotted is plain.

    On a logarithmic axis a 0 stands as a cross at the bottom; what is infinite or not a number stands as a
    cross at the top of either kind of axis: nothing is left out.

    Args:
        plain: the plain network's points.
        residual: the residual network's.
        across: the title of the axis of depth.
        up: the title of the numbers' axis.
        log: whether the numbers' axis is logarithmic.
        names: what stands beside the plain network's curve and the residual one's.
        dashed: what theory gives instead, a thin dashed line each.
        theories: what stands beside these, if anything.
        kinds: what both are called where the pointer rests.
    """
    every = [point for points in (plain, residual, *dashed) for point in points]
    shown = [p.value for p in every if _is_shown(p.value, log)] or [1.0]
    if log:
        low, high = math.log10(min(shown)), math.log10(max(shown))
        room = max(_NAME_ROOM * (high - low), 0.15)
        edges = (10 ** (low - room / 2), 10 ** (high + room / 2))
    else:
        low, high = min(shown), max(shown)
        room = max(_NAME_ROOM * (high - low), 0.05 * max(map(abs, shown)), 1e-9)
        edges = (low - room / 2, high + room / 2)
    figure = go.Figure()
    for is_residual, points in ((False, plain), (True, residual)):
        name = (kinds or (t("plain"), t("residual")))[is_residual]
        for trace in _curve(points, name, is_residual, log):
            figure.add_trace(trace)
        figure.add_trace(_odd(points, name, edges, log))
    for points in dashed:
        figure.add_trace(_theory(points, log))
    places = [p.number for p in (*plain, *residual)]
    first, last = min(places), max(places)
    x, y = (first - 0.5 - 0.01 * last, last + 0.5 + 0.01 * last), (low - room, high + room)
    figure.update_xaxes(title=across, range=x, **AXIS)
    figure.update_yaxes(title=up, range=y, exponentformat="power", **AXIS)
    figure.update_yaxes(**_log_ticks(low - room, high + room) if log else {"type": "linear"})
    _name_stages(figure, residual or plain)
    names = [
        f"{line} {name}"
        for line, name in zip(("····", "━━"), names or (t("plain"), t("residual")), strict=True)
    ]
    curves = [
        [(p.number, math.log10(p.value) if log else p.value) for p in points if _is_shown(p.value, log)]
        for points in (plain, residual, *dashed)
    ]
    _name_curves(figure, [*names, *theories], curves, x, y)
    return quiet(figure).update_layout(margin_t=32)


def _name_curves(
    figure: go.Figure,
    texts: Sequence[str],
    curves: Sequence[Curve],
    x: tuple[float, float],
    y: tuple[float, float],
) -> None:
    """Each curve's name beside it: bold what was measured, then what theory gives."""
    sizes = [FONT_SIZE + 2] * 2 + [FONT_SIZE] * len(curves)
    names = [Name(text, number, sizes[number]) for number, text in enumerate(texts) if curves[number]]
    for name, (across, up) in zip(names, name_places(names, curves, x, y), strict=True):
        figure.add_annotation(
            text=f"<b>{name.text}</b>" if name.curve < 2 else name.text,
            x=across,
            y=up,
            xanchor="center",
            yanchor="middle",
            showarrow=False,
            font={"size": name.size, "color": INK},
        )


def _log_ticks(low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis between two powers of ten: numbers within a power, else powers."""
    if high - low >= 2:
        return {"type": "log", "dtick": 1 if high - low < 9 else None, "nticks": 9}
    digits = (1, 1.5, 2, 3, 5, 7) if high - low < 1 else (1, 2, 5)
    powers = range(math.floor(low), math.ceil(high))
    values = [digit * 10.0**power for power in powers for digit in digits]
    words = [f"{value:g}" if 1e-3 <= value < 1e4 else scientific_text(value) for value in values]
    return {"type": "log", "tickvals": values, "ticktext": words}


def _name_stages(figure: go.Figure, points: Sequence[Point]) -> None:
    """The stages' names above their pieces, with their colours; not those of a single point."""
    for stage, group in groupby(points, key=lambda point: point.stage):
        places = [point.number for point in group]
        if len(places) > 1:
            figure.add_annotation(
                text=f'<span style="color:{STAGE_COLOURS[stage]}">■</span> {t(stage)}',
                x=(places[0] + places[-1]) / 2,
                y=1.01,
                yanchor="bottom",
                yref="paper",
                showarrow=False,
                font={"size": FONT_SIZE, "weight": 600},
            )


def _is_shown(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _line(colour: str, is_residual: bool) -> dict[str, Any]:
    return {"color": colour, "width": 3.5, "dash": _STYLES[is_residual]["dash"]}


def _lonely(points: Sequence[Point], log: bool) -> set[int]:
    """The places of points without a neighbour that is shown: no line leads to them."""
    shown = {point.number for point in points if _is_shown(point.value, log)}
    return {at for at in shown if not {at - 1, at + 1} & shown}


def _curve(points: Sequence[Point], name: str, is_residual: bool, log: bool) -> list[go.Scatter]:
    """A trace for each stage, which begins where the one before ended."""
    traces, before = [], None
    dotted = {p.number for p in points} if len(points) <= MARKED else _lonely(points, log)
    for stage, group in groupby(points, key=lambda point: point.stage):
        own = list(group)
        joined = ([before] if before else []) + own
        colour = STAGE_COLOURS[stage]
        # The joint has its dot already.
        sizes = ([0] if before else []) + [8 if point.number in dotted else 0 for point in own]
        traces.append(
            go.Scatter(
                x=[p.number for p in joined],
                y=[p.value if _is_shown(p.value, log) else None for p in joined],
                mode="lines+markers" if any(sizes) else "lines",
                line=_line(colour, is_residual),
                marker={"color": colour, "size": sizes, "symbol": _STYLES[is_residual]["symbol"]},
                showlegend=False,
                **_hover(joined, name),
            )
        )
        before = own[-1]
    return traces


def _theory(points: Sequence[Point], log: bool) -> go.Scatter:
    return go.Scatter(
        x=[p.number for p in points],
        y=[p.value if _is_shown(p.value, log) else None for p in points],
        mode="lines",
        line={"color": LINE_GREY, "width": 2.5, "dash": "dash"},
        showlegend=False,
        **_hover(points, t("theory")),
    )


def _odd(points: Sequence[Point], name: str, edges: tuple[float, float], log: bool) -> go.Scatter:
    """Crosses for what the axis cannot show."""
    odd = [p for p in points if not _is_shown(p.value, log)]
    return go.Scatter(
        x=[p.number for p in odd],
        y=[edges[0] if p.value == 0 else edges[1] for p in odd],
        mode="markers",
        marker={"symbol": "x", "size": 9, "color": [STAGE_COLOURS[p.stage] for p in odd]},
        showlegend=False,
        **_hover(odd, name),
    )


def _hover(points: Sequence[Point], name: str) -> dict[str, Any]:
    return {
        "customdata": [[p.name, scientific_text(p.value)] for p in points],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
    }
