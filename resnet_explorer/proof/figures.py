"""The tests' results as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from resnet_explorer.chart_look import AXIS, FONT_SIZE, quiet, with_legend
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.proof.curves import area

if TYPE_CHECKING:
    from resnet_explorer.proof.deletion import Deletion
    from resnet_explorer.proof.occlusion import Occlusion
    from resnet_explorer.proof.random_areas import Areas
    from resnet_explorer.proof.randomisation import Cascade


def deletion_figure(found: Deletion, share: float, stage: str) -> go.Figure:
    """Both pairs of curves: the map's in the colour of its stage, chance's in grey with its range.

    Args:
        found: the curves.
        share: where a line stands.
        stage: the map's, "stem" or "stage n".
    """
    titles = (
        f"Hottest removed first · area {area(found.removed):.3f}",
        f"Hottest inserted first · area {area(found.inserted):.3f}",
    )
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.09)
    pairs = ((found.removed, found.chance_removed), (found.inserted, found.chance_inserted))
    for column, (own, chance) in enumerate(pairs, start=1):
        for trace in (
            *_chance_traces(found.shares, chance, column == 1),
            _own(found.shares, own, stage, column),
        ):
            figure.add_trace(trace, row=1, col=column)
        figure.add_vline(x=share, line={"color": LINE_GREY, "width": 2}, row=1, col=column)
    figure.update_xaxes(title="share of the pixels", tickformat=".0%", range=[0, 1], **AXIS)
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02], **AXIS)
    figure.update_yaxes(title="probability", col=1)
    figure.update_annotations(font_size=FONT_SIZE + 1)
    return with_legend(quiet(figure, 400), y=-0.26)


def drops_figure(found: Areas, stage: str) -> go.Figure:
    """How much the random areas cost, as a histogram, and a line at the hottest one's."""
    colour = STAGE_COLOURS[stage]
    drops = found.chance_drops
    is_right = found.drop > float(drops.mean())
    counts, edges = np.histogram(drops, bins=30, range=(min(*drops, found.drop), max(*drops, found.drop)))
    figure = go.Figure(
        go.Bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=counts,
            width=edges[1] - edges[0],
            marker={"color": rgba(LINE_GREY, 0.7), "line": {"color": LINE_GREY, "width": 1}},
            hovertemplate="about %{x:.1%}: %{y} areas<extra></extra>",
        )
    )
    figure.add_vline(
        x=found.drop,
        line={"color": colour, "width": 5},
        annotation={
            "text": "hottest area",
            "font": {"size": FONT_SIZE + 2, "color": colour, "weight": 700},
            "yshift": 26,  # above the tallest bar
        },
        annotation_position="top left" if is_right else "top right",
    )
    figure.update_xaxes(title="the probability falls by", tickformat=".0%", **AXIS)
    figure.update_yaxes(title="random areas", dtick=max(1, round(int(counts.max()) / 5)), **AXIS)
    return quiet(figure, 400).update_layout(bargap=0)


def segments_figure(found: Occlusion, stage: str) -> go.Figure:
    """A dot for each segment: the map's mean across, the drop of the probability up."""
    figure = go.Figure(
        go.Scatter(
            x=found.heat[: len(found.drops)],
            y=found.drops,
            mode="markers",
            marker={"size": 13, "color": STAGE_COLOURS[stage], "line": {"width": 1, "color": LINE_GREY}},
            hovertemplate="map %{x:.3g}, drop %{y:.1%}<extra></extra>",
        )
    )
    figure.add_hline(y=0, line={"color": LINE_GREY, "width": 1.5})
    figure.update_xaxes(title="the map’s mean in the piece", rangemode="tozero", **AXIS)
    figure.update_yaxes(title="the probability falls by", tickformat=".1~%", **AXIS)
    return quiet(figure, 340).update_layout(margin_t=10)


def cascade_figure(found: Cascade, names: Sequence[str]) -> go.Figure:
    """Both similarities over the cascade.

    Args:
        found: the rungs.
        names: what is random at each.
    """
    lines: tuple[tuple[str, list[float | None], dict[str, Any]], ...] = (
        (
            "ρ: rank correlation (Spearman)",
            [rung.correlation for rung in found],
            {"color": "#2b8cd6", "width": 4},
        ),
        ("SSIM", [rung.ssim for rung in found], {"color": "#e69f00", "width": 4, "dash": "dot"}),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=list(names),
                y=values,
                name=name,
                mode="lines+markers",
                line=line,
                marker={"size": 12},
                hovertemplate="%{y:.2f}<extra>" + name + "</extra>",
            )
            for name, values, line in lines
        ]
    )
    figure.add_hline(y=0, line={"color": LINE_GREY, "width": 1.5})
    figure.update_xaxes(**AXIS)
    figure.update_yaxes(title="alike (1 = the same map)", range=[-1.05, 1.05], **AXIS)
    return with_legend(quiet(figure, 380), y=1.14)


def _chance_traces(
    shares: NDArray[np.float64], curves: NDArray[np.float64], legend: bool
) -> tuple[go.Scatter, ...]:
    if not len(curves):
        return ()
    flat: dict[str, Any] = {
        "mode": "lines",
        "hoverinfo": "skip",
        "legendgroup": "range",
        "name": "their range",
    }
    edge = {"width": 0}
    return (
        go.Scatter(x=shares, y=curves.min(axis=0), line=edge, showlegend=False, **flat),
        go.Scatter(
            x=shares,
            y=curves.max(axis=0),
            line=edge,
            fill="tonexty",
            fillcolor=rgba(LINE_GREY, 0.3),
            showlegend=legend,
            **flat,
        ),
        go.Scatter(
            x=shares,
            y=curves.mean(axis=0),
            mode="lines",
            line={"color": LINE_GREY, "width": 3, "dash": "dash"},
            name=f"mean of {len(curves)} random orders",
            legendgroup="chance",
            showlegend=legend,
            hovertemplate="%{x:.0%}: %{y:.1%}<extra>random</extra>",
        ),
    )


def _own(shares: NDArray[np.float64], curve: NDArray[np.float64], stage: str, column: int) -> go.Scatter:
    return go.Scatter(
        x=shares,
        y=curve,
        mode="lines",
        line={"color": STAGE_COLOURS[stage], "width": 5},
        name="order of the map",
        legendgroup="map",
        showlegend=column == 1,
        hovertemplate="%{x:.0%}: %{y:.1%}<extra>the map</extra>",
    )
