"""Training and test error by epoch: the study's networks, and two that are trained now. No torch here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import DEPTH_COLOURS, LINE_GREY
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.plotly_style import FONT_SIZE, STILL_AXIS, name_ends, quiet
from resnet_explorer.labs.degradation.paired_config import PairedConfig, PairedTraining, Running
from resnet_explorer.labs.degradation.study import DEPTHS, PAPER_ERRORS
from resnet_explorer.training.paper_recipe import DROPS, KINDS, Kind, PaperEpoch

Logs = Mapping[tuple[Kind, int], Sequence[PaperEpoch]]

SHOWN: Final[Mapping[str, str]] = {
    "train": msg("Training error"),
    "test": msg("Test error"),
    "both": msg("Both"),
}
"""Which errors are drawn, in English."""
_DASHES: Final = {"train": "dot", "test": "solid"}
_PAIR_COLOURS: Final = (LINE_GREY, DEPTH_COLOURS[-1])


def study_figure(logs: Logs, shown: str) -> go.Figure:
    """The paper's Figure 6 from the study: plain networks at the left, residual ones at the right.

    Args:
        logs: of every network of the study.
        shown: a key of `SHOWN`; test errors are solid and training errors dotted (the paper's: dashed).
            Where test errors are drawn, a mark at the end says what the paper's residual networks came to.
    """
    figure = make_subplots(
        1, 2, shared_yaxes=True, subplot_titles=[t("plain"), t("residual")], horizontal_spacing=0.11
    )
    epochs = max(len(log) for log in logs.values())
    highest = max(
        getattr(epoch, f"{what}_error") for log in logs.values() for epoch in log for what in _kinds_of(shown)
    )
    for column, kind in enumerate(KINDS, start=1):
        for depth, colour in zip(DEPTHS, DEPTH_COLOURS, strict=True):
            for what in _kinds_of(shown):
                name = f"{t(kind)} {depth}"
                trace = _curve(logs[kind, depth], what, name, colour, width=4 + DEPTHS.index(depth))
                figure.add_trace(trace.update(name=str(depth)), row=1, col=column)
        names = [
            (logs[kind, depth], t("{depth} layers").format(depth=depth), colour)
            for depth, colour in zip(DEPTHS, DEPTH_COLOURS, strict=True)
        ]
        _name_ends(figure, names, shown, highest, row=1, col=column)
    if shown != "train":
        for depth, colour in zip(DEPTHS, DEPTH_COLOURS, strict=True):
            figure.add_trace(_paper_end(depth, epochs, colour), row=1, col=2)
    figure.update_xaxes(title=t("epoch"), range=[0.7, epochs + 0.3], dtick=1, **STILL_AXIS)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.05 * highest], **STILL_AXIS)
    figure.update_yaxes(title=t(SHOWN[shown] if shown != "both" else msg("Error")), col=1)
    for drop in DROPS:
        figure.add_vline(x=drop * epochs + 0.5, line_dash="dash", line_width=1, line_color=LINE_GREY)
    for title in figure.layout.annotations[:2]:
        title.update(font_size=FONT_SIZE + 4, text=f"<b>{title.text}</b>")
    return quiet(figure).update_layout(dragmode=False, margin_r=110, margin_t=36)


def paired_figure(config: PairedConfig, training: PairedTraining, shown: str) -> go.Figure:
    """Both networks' errors so far, on an axis that waits for the last epoch.

    Args:
        config: which networks, and for how long.
        training: how far they are; of the epoch under way the training error of its batches is drawn.
        shown: a key of `SHOWN`.
    """
    figure, logs = go.Figure(), training.logs
    for network, log, colour in zip(config.networks, logs, _PAIR_COLOURS, strict=True):
        for what in _kinds_of(shown):
            trace = _curve(log, what, network.name, colour, width=4)
            figure.add_trace(trace.update(name=network.name))
    for network, points, colour in zip(config.networks, training.running, _PAIR_COLOURS, strict=True):
        if points and shown != "test":
            figure.add_trace(_running(points, network.name, colour))
    names = [
        (log, network.name, colour)
        for network, log, colour in zip(config.networks, logs, _PAIR_COLOURS, strict=True)
        if log
    ]
    _name_ends(figure, names, shown, 1)
    step = 1 if config.epochs <= 12 else None
    figure.update_xaxes(title=t("epoch"), range=[0, config.epochs + 0.5], dtick=step, **STILL_AXIS)
    figure.update_yaxes(title=t(SHOWN[shown] if shown != "both" else msg("Error")), **STILL_AXIS)
    figure.update_yaxes(tickformat=".0%", range=[0, 1])
    return quiet(figure).update_layout(dragmode=False, margin_r=140, margin_t=16)


def _name_ends(
    figure: go.Figure,
    curves: Sequence[tuple[Sequence[PaperEpoch], str, str]],
    shown: str,
    highest: float,
    **place: int,
) -> None:
    """A name behind the last point of each log's curve, none over another.

    Args:
        figure: the chart.
        curves: logs, names and colours.
        shown: a key of `SHOWN`.
        highest: where the axis ends.
        place: row and column in the figure.
    """
    what = _kinds_of(shown)[-1]
    ends = [(name, colour, log[-1].epoch, getattr(log[-1], f"{what}_error")) for log, name, colour in curves]
    name_ends(figure, ends, highest, **place)


def _kinds_of(shown: str) -> tuple[str, ...]:
    return ("train", "test") if shown == "both" else (shown,)


def _paper_end(depth: int, epochs: int, colour: str) -> go.Scatter:
    """The test error of the paper's residual network, where our curves end."""
    return go.Scatter(
        x=[epochs],
        y=[PAPER_ERRORS[depth]],
        mode="markers",
        name=t("paper, {depth}").format(depth=depth),
        marker={"size": 13, "color": colour, "symbol": "diamond-open", "line_width": 3},
        hovertemplate=t("paper, residual {depth}, its end: {error:.2%}").format(
            depth=depth, error=PAPER_ERRORS[depth]
        )
        + "<extra></extra>",
    )


def _running(points: Running, name: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=[place for place, _ in points],
        y=[error for _, error in points],
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": 2},
        marker={"size": 7, "color": colour, "symbol": "circle-open"},
        hovertemplate=f"{name}, " + t("this epoch so far") + ": %{y:.1%}<extra></extra>",
    )


def _curve(log: Sequence[PaperEpoch], what: str, name: str, colour: str, width: float) -> go.Scatter:
    label = {"train": t("training error"), "test": t("test error")}[what]
    return go.Scatter(
        x=[epoch.epoch for epoch in log],
        y=[getattr(epoch, f"{what}_error") for epoch in log],
        mode="lines+markers" if len(log) == 1 else "lines",
        line={"color": colour, "width": width, "dash": _DASHES[what]},
        hovertemplate=f"{name}, {label}<br>" + t("epoch") + " %{x}: %{y:.1%}<extra></extra>",
    )
