"""Training and test error by epoch: the study's networks, and two that are trained now. No torch here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.chart_look import FONT_SIZE, NO_CLICKS, STILL_AXIS, quiet, with_legend
from resnet_explorer.colours import DEPTH_COLOURS, LINE_GREY
from resnet_explorer.i18n import t
from resnet_explorer.labs.duel_setting import Duel, Fought
from resnet_explorer.labs.study import DEPTHS
from resnet_explorer.training.paper_recipe import DROPS, KINDS, Kind, PaperEpoch

Logs = Mapping[tuple[Kind, int], Sequence[PaperEpoch]]

SHOWN: Final[Mapping[str, str]] = {
    "train": t("Training error"),
    "test": t("Test error"),
    "both": t("Both"),
}
"""Which errors are drawn."""
_DASHES: Final = {"train": "dot", "test": "solid"}
_FIGHTER_COLOURS: Final = (LINE_GREY, DEPTH_COLOURS[-1])


def study_figure(logs: Logs, shown: str) -> go.Figure:
    """The paper's Figure 6 from the study: plain networks at the left, residual ones at the right.

    Args:
        logs: of every network of the study.
        shown: a key of `SHOWN`; test errors are solid and training errors dotted, as in the paper.
    """
    figure = make_subplots(
        1, 2, shared_yaxes=True, subplot_titles=[t("plain"), t("residual")], horizontal_spacing=0.04
    )
    epochs = max(len(log) for log in logs.values())
    for column, kind in enumerate(KINDS, start=1):
        for depth, colour in zip(DEPTHS, DEPTH_COLOURS, strict=True):
            for what in _kinds_of(shown):
                name = f"{t(kind)} {depth}"
                trace = _curve(logs[kind, depth], what, name, colour, width=2 + DEPTHS.index(depth))
                trace.update(name=str(depth), legendgroup=str(depth))
                trace.update(showlegend=column == 1 and what == _kinds_of(shown)[-1])
                figure.add_trace(trace, row=1, col=column)
    figure.update_xaxes(title=t("epoch"), range=[0.7, epochs + 0.3], dtick=2, **STILL_AXIS)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero", **STILL_AXIS)
    figure.update_yaxes(title=SHOWN[shown] if shown != "both" else t("Error"), col=1)
    for drop in DROPS:
        figure.add_vline(x=drop * epochs + 0.5, line_dash="dash", line_width=1, line_color=LINE_GREY)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    return _with_legend(quiet(figure, height=480), t("layers"))


def duel_figure(setting: Duel, fought: Fought, shown: str) -> go.Figure:
    """Both networks' errors so far, on an axis that waits for the last epoch.

    Args:
        setting: which networks, and for how long.
        fought: how far they are.
        shown: a key of `SHOWN`.
    """
    figure = go.Figure()
    for fighter, log, colour in zip(setting.fighters, fought.logs, _FIGHTER_COLOURS, strict=True):
        for what in _kinds_of(shown):
            trace = _curve(log, what, fighter.name, colour, width=4)
            trace.update(name=fighter.name, showlegend=what == _kinds_of(shown)[-1])
            figure.add_trace(trace)
    step = 1 if setting.epochs <= 12 else None
    figure.update_xaxes(title=t("epoch"), range=[0, setting.epochs + 0.5], dtick=step, **STILL_AXIS)
    figure.update_yaxes(title=SHOWN[shown] if shown != "both" else t("Error"), **STILL_AXIS)
    figure.update_yaxes(tickformat=".0%", range=[0, 1])
    return _with_legend(quiet(figure, height=420), "")


def _kinds_of(shown: str) -> tuple[str, ...]:
    return ("train", "test") if shown == "both" else (shown,)


def _curve(log: Sequence[PaperEpoch], what: str, name: str, colour: str, width: float) -> go.Scatter:
    label = {"train": t("training error"), "test": t("test error")}[what]
    return go.Scatter(
        x=[epoch.epoch for epoch in log],
        y=[getattr(epoch, f"{what}_error") for epoch in log],
        mode="lines+markers" if len(log) == 1 else "lines",
        line={"color": colour, "width": width, "dash": _DASHES[what]},
        hovertemplate=f"{name}, {label}<br>" + t("epoch") + " %{x}: %{y:.1%}<extra></extra>",
    )


def _with_legend(figure: go.Figure, title: str) -> go.Figure:
    words = {"text": f"{title}  ", "font": {"size": FONT_SIZE}}
    return with_legend(figure, y=1.1, yanchor="bottom", title=words, **NO_CLICKS).update_layout(
        dragmode=False, margin_t=90
    )
