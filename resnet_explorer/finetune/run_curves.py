"""One number of several runs, epoch by epoch, as a Plotly figure with transparent grounds for both themes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

import plotly.graph_objects as go

from resnet_explorer.figures import FONT_SIZE, quiet
from resnet_explorer.finetune.curves import RUN_COLOURS
from resnet_explorer.finetune.log import Epoch
from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

CURVES: Final = {
    "val_accuracy": t("Validation accuracy"),
    "val_loss": t("Validation loss"),
    "train_loss": t("Training loss"),
}
"""What can be drawn, and what people call it."""
MOST: Final = len(RUN_COLOURS)
"""Runs that are told apart by their colours."""

_GRID: Final = "rgba(154, 164, 178, 0.3)"
_MARKED: Final = 40
"""Epochs up to which each has a dot."""


@dataclass(frozen=True)
class RunCurve:
    """A run that is drawn: its name and its epochs, one at least."""

    name: str
    epochs: tuple[Epoch, ...]


@lru_cache(maxsize=32)
def comparison_figure(curves: tuple[RunCurve, ...], what: str) -> go.Figure:
    """A curve for each run, in a colour of its own; kept for all sessions, not to be changed.

    Args:
        curves: at most `MOST` runs.
        what: which number, a key of `CURVES`.
    """
    is_share = what.endswith("accuracy")
    number = "%{y:.1%}" if is_share else "%{y:.3f}"
    figure = go.Figure()
    for curve, colour in zip(curves, RUN_COLOURS, strict=False):
        figure.add_scatter(
            x=[epoch.epoch for epoch in curve.epochs],
            y=[getattr(epoch, what) for epoch in curve.epochs],
            name=escape(shortened(curve.name)),  # Plotly takes some tags for what they say
            mode="lines+markers" if len(curve.epochs) <= _MARKED else "lines",
            line={"color": colour, "width": 3},
            marker={"color": colour, "size": 9},
            hovertemplate="%{fullData.name}<br>" + t("epoch") + " %{x}: " + number + "<extra></extra>",
        )
    last = max(epoch.epoch for curve in curves for epoch in curve.epochs)
    axes = {"gridcolor": _GRID, "zeroline": False, "fixedrange": True, "tickfont_size": FONT_SIZE}
    steps = {"dtick": 1} if last <= 12 else {"nticks": 12}
    figure.update_xaxes(title=t("epoch"), range=[0.8, max(last, 2) + 0.2], **steps, **axes)
    figure.update_yaxes(title=CURVES[what], **({"tickformat": ".0%"} if is_share else {}), **axes)
    legend = {
        "orientation": "h",
        "y": 1.02,
        "yanchor": "bottom",
        "x": 0,
        "font": {"size": FONT_SIZE},
        "itemclick": False,
        "itemdoubleclick": False,
    }
    return quiet(figure, 460).update_layout(
        showlegend=True, legend=legend, dragmode=False, margin={"l": 10, "r": 20, "t": 20, "b": 10}
    )
