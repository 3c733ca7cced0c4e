"""The running statistics against the number of batches, in Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.batch_norm_picture import CHANNEL_COLOURS
from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet, with_legend

_PAIRS: Final = (("mean", "running mean", 0.0), ("variance (÷ n − 1)", "running variance", 1.0))


def running_figure(rows: Sequence[Mapping[str, Any]]) -> go.Figure:
    """Dots are the batches' own statistics, lines the running ones, from their start at 0 and 1.

    Args:
        rows: of `batch_norm.running_rows`.
    """
    figure = make_subplots(cols=2, subplot_titles=("mean", "variance"), horizontal_spacing=0.08)
    for channel, colour in enumerate(CHANNEL_COLOURS, start=1):
        own = [row for row in rows if row["channel"] == channel]
        batches = [row["batch"] for row in own]
        for column, (statistic, running, start) in enumerate(_PAIRS, start=1):
            figure.add_scatter(
                x=batches,
                y=[row[statistic] for row in own],
                mode="markers",
                marker={"size": 9, "color": colour, "opacity": 0.55},
                name=f"channel {channel}: each batch",
                legendgroup=f"{channel}b",
                showlegend=column == 1,
                hovertemplate="batch %{x}: %{y:.4g}<extra></extra>",
                col=column,
                row=1,
            )
            figure.add_scatter(
                x=[0, *batches],
                y=[start, *(row[running] for row in own)],
                mode="lines",
                line={"width": 4, "color": colour},
                name=f"channel {channel}: running",
                legendgroup=f"{channel}r",
                showlegend=column == 1,
                hovertemplate="after %{x}: %{y:.4g}<extra></extra>",
                col=column,
                row=1,
            )
    figure.update_xaxes(title="batches", **AXIS)
    figure.update_yaxes(**AXIS)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    return with_legend(quiet(figure, 380), y=-0.28)
