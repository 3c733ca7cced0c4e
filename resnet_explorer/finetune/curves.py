"""How runs went, epoch by epoch, as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final, Literal

import plotly.graph_objects as go

from resnet_explorer.chart_look import NO_CLICKS, STILL_AXIS, quiet, with_legend
from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.finetune.log import Epoch
from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

Quantity = Literal["accuracy", "loss"]

CURVES: Final = {
    "val_accuracy": t("Validation accuracy"),
    "val_loss": t("Validation loss"),
    "train_loss": t("Training loss"),
}
"""What can be compared, and what people call it."""
RUN_COLOURS: Final = (*list(STAGE_COLOURS.values())[1:], STAGE_COLOURS["stem"])
"""One for each run that is compared."""
MOST: Final = len(RUN_COLOURS)
"""Runs that are told apart by their colours."""

_MARKED: Final = 40
"""Epochs up to which each has a dot."""


@dataclass(frozen=True)
class RunCurve:
    """A run that is drawn: its name and its epochs, one at least."""

    name: str
    epochs: tuple[Epoch, ...]


@lru_cache(maxsize=32)
def comparison_figure(runs: tuple[RunCurve, ...], what: str) -> go.Figure:
    """A curve for each run, in a colour of its own; kept for all sessions, not to be changed.

    Args:
        runs: at most `MOST`.
        what: which number, a key of `CURVES`.
    """
    lines = [
        # Plotly takes some tags in a name for what they say.
        _line(escape(shortened(run.name)), run.epochs, what, colour)
        for run, colour in zip(runs, RUN_COLOURS, strict=False)
    ]
    last = max(len(run.epochs) for run in runs)
    return _figure(lines, CURVES[what], last, 460, is_share=what.endswith("accuracy"))


@lru_cache(maxsize=32)
def run_figure(epochs: tuple[Epoch, ...], quantity: Quantity, last: int) -> go.Figure:
    """A run's curves, solid on the photos to test on, dotted while learning; kept, not to be changed.

    Args:
        epochs: those that are done.
        quantity: what is drawn.
        last: the epoch at which the axis ends.
    """
    lines = [
        _line(t("tested"), epochs, f"val_{quantity}", RUN_COLOURS[0]),
        _line(t("learning"), epochs, f"train_{quantity}", RUN_COLOURS[0], dash="dot"),
    ]
    figure = _figure(lines, t(quantity), last, 380, is_share=quantity == "accuracy")
    # The axis stays where it is while the run goes on.
    return figure.update_yaxes(range=[0, 1.02]) if quantity == "accuracy" else figure


def _line(name: str, epochs: Sequence[Epoch], what: str, colour: str, dash: str = "solid") -> go.Scatter:
    number = "%{y:.1%}" if what.endswith("accuracy") else "%{y:.3f}"
    return go.Scatter(
        x=[epoch.epoch for epoch in epochs],
        y=[getattr(epoch, what) for epoch in epochs],
        name=name,
        mode="lines+markers" if len(epochs) <= _MARKED else "lines",
        line={"color": colour, "width": 3, "dash": dash},
        marker={"color": colour, "size": 9, "symbol": "circle" if dash == "solid" else "circle-open"},
        hovertemplate="%{fullData.name}<br>" + t("epoch") + " %{x}: " + number + "<extra></extra>",
    )


def _figure(lines: Sequence[go.Scatter], title: str, last: int, height: int, *, is_share: bool) -> go.Figure:
    steps = {"dtick": 1} if last <= 12 else {"nticks": 12}
    figure = go.Figure(lines)
    figure.update_xaxes(title=t("epoch"), range=[0.8, max(last, 2) + 0.2], **steps, **STILL_AXIS)
    figure.update_yaxes(
        title=title, rangemode="tozero", **({"tickformat": ".0%"} if is_share else {}), **STILL_AXIS
    )
    return with_legend(quiet(figure, height), y=1.02, yanchor="bottom", **NO_CLICKS).update_layout(
        dragmode=False, margin={"l": 10, "r": 20, "t": 20, "b": 10}
    )
