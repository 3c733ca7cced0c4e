"""The paths through a network and the gradient along them, as Plotly figures for both themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet
from resnet_explorer.colours import DEPTH_COLOURS, LINE_GREY, rgba
from resnet_explorer.i18n import t
from resnet_explorer.labs.paths import path_counts, shares

if TYPE_CHECKING:
    from resnet_explorer.labs.paths import Flow


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
    return quiet(figure, 380)


def flow_figure(found: Flow) -> go.Figure:
    """The gradient along a path of each length, and what all paths of that length bring (fig. 6b and 6c)."""
    lengths = list(range(len(found.norms)))
    titles = (t("Gradient along one path"), t("Share of all gradient, by length"))
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.12)
    draws = found.norms.shape[1]
    points: dict[str, Any] = {"mode": "markers", "marker": {"size": 9, "color": rgba(LINE_GREY, 0.6)}}
    figure.add_trace(
        go.Scatter(
            x=np.repeat(lengths, draws),
            y=found.norms.ravel(),
            hovertemplate="%{x} blocks: %{y:.3g}<extra>a path</extra>",
            **points,
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=lengths,
            y=found.means,
            mode="lines+markers",
            line={"color": DEPTH_COLOURS[-1], "width": 4},
            hovertemplate="%{x} blocks: %{y:.3g}<extra>mean</extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Bar(
            x=lengths,
            y=found.contributions,
            marker_color=DEPTH_COLOURS[-1],
            hovertemplate="%{x} blocks: %{y:.1%}<extra></extra>",
        ),
        row=1,
        col=2,
    )
    figure.update_xaxes(title=t("blocks on the path"), **AXIS)
    figure.update_yaxes(**AXIS)
    figure.update_yaxes(
        type="log", dtick=1, title=t("norm, mean of the photos"), exponentformat="power", row=1, col=1
    )
    figure.update_yaxes(tickformat=".0%", row=1, col=2)
    figure.update_annotations(font_size=FONT_SIZE + 1)
    return quiet(figure, 420)
