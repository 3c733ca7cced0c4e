"""The tests' results as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, quiet, with_legend

if TYPE_CHECKING:
    from resnet_explorer.faithfulness.cascading_randomization import Cascade
    from resnet_explorer.faithfulness.deletion import Deletion
    from resnet_explorer.faithfulness.occlusion import Occlusion
    from resnet_explorer.faithfulness.random_areas import Areas


_WORDS_BELOW: Final = 64
"""Pixels for the ticks and the name of an axis, where the height is that of the place."""


def deletion_figure(found: Deletion, share: float, stage: str) -> go.Figure:
    """Both pairs of curves: the map's in its stage's colour, those of random orders in grey with their range.

    Args:
        found: the curves.
        share: where a line stands.
        stage: the map's, "stem" or "stage n".
    """
    titles = (
        t("removed: area {area_removed:.3f}").format(area_removed=found.area_removed),
        t("inserted: area {area_inserted:.3f}").format(area_inserted=found.area_inserted),
    )
    figure = make_subplots(cols=2, subplot_titles=titles, horizontal_spacing=0.16)
    pairs = ((found.removed, found.random_removed), (found.inserted, found.random_inserted))
    for column, (own, random) in enumerate(pairs, start=1):
        for trace in (
            *_random_traces(found.shares, random, column == 1),
            _own(found.shares, own, stage, column),
        ):
            figure.add_trace(trace, row=1, col=column)
        figure.add_vline(x=share, line={"color": LINE_GREY, "width": 2}, row=1, col=column)
    figure.update_xaxes(
        title=t("hottest pixels first"), tickformat=".0%", tickvals=[0, 0.5, 1], range=[0, 1], **AXIS
    )
    figure.update_yaxes(tickformat=".0%", range=[0, 1.02], **AXIS)
    figure.update_yaxes(title=t("probability"), col=1)
    figure.update_annotations(font_size=FONT_SIZE + 1)
    return with_legend(quiet(figure), y=-0.24).update_layout(margin={"b": 0, "r": 26})


def drops_figure(found: Areas, stage: str) -> go.Figure:
    """How much the random areas cost, as a histogram, and a line at the hottest one's."""
    colour = STAGE_COLOURS[stage]
    drops = found.random_drops
    is_right = found.drop > float(drops.mean())
    counts, edges = np.histogram(drops, bins=30, range=(min(*drops, found.drop), max(*drops, found.drop)))
    figure = go.Figure(
        go.Bar(
            x=(edges[1:] + edges[:-1]) / 2,
            y=counts,
            width=edges[1] - edges[0],
            marker={"color": rgba(LINE_GREY, 0.7), "line": {"color": LINE_GREY, "width": 1}},
            hovertemplate=t("about %{x:.1%}: %{y} areas") + "<extra></extra>",
        )
    )
    figure.add_vline(
        x=found.drop,
        line={"color": colour, "width": 5},
        annotation={
            "text": t("hottest area"),
            "font": {"size": FONT_SIZE + 2, "weight": 700},
            "yshift": 26,  # above the tallest bar
        },
        annotation_position="top left" if is_right else "top right",
    )
    figure.update_xaxes(title=t("the probability falls by"), tickformat=".0%", **AXIS)
    figure.update_yaxes(title=t("random areas"), dtick=max(1, round(int(counts.max()) / 5)), **AXIS)
    return quiet(figure).update_layout(bargap=0, margin_b=_WORDS_BELOW)


def segments_figure(found: Occlusion, stage: str) -> go.Figure:
    """A dot for each segment: the map's mean across, the drop of the probability up."""
    figure = go.Figure(
        go.Scatter(
            x=found.heat[: len(found.drops)],
            y=found.drops,
            mode="markers",
            marker={"size": 13, "color": STAGE_COLOURS[stage], "line": {"width": 1, "color": LINE_GREY}},
            hovertemplate=t("map %{x:.3g}, drop %{y:.1%}") + "<extra></extra>",
        )
    )
    figure.add_hline(y=0, line={"color": LINE_GREY, "width": 1.5})
    figure.update_xaxes(title=t("the map’s mean in the piece"), rangemode="tozero", **AXIS)
    figure.update_yaxes(title=t("the probability falls by"), tickformat=".1~%", **AXIS)
    return quiet(figure).update_layout(margin={"t": 10, "b": _WORDS_BELOW})


def cascade_figure(found: Cascade, names: Sequence[str]) -> go.Figure:
    """Both similarities over the cascade."""
    lines: tuple[tuple[str, list[float | None], dict[str, Any]], ...] = (
        (
            t("rank correlation ρ"),
            [step.correlation for step in found],
            {"color": "#2b8cd6", "width": 4},
        ),
        ("SSIM", [step.ssim for step in found], {"color": "#e69f00", "width": 4, "dash": "dot"}),
    )
    highest = max(values[-1] or 0.0 for _, values, _ in lines)
    figure = go.Figure(
        [
            go.Scatter(
                x=list(names),
                y=values,
                name=name,
                mode="lines+markers+text",
                text=[""] * (len(names) - 1) + [name],
                textposition="top right" if values[-1] == highest else "bottom right",
                cliponaxis=False,
                textfont_size=FONT_SIZE,
                line=line,
                marker={"size": 12},
                hovertemplate="%{y:.2f}<extra>" + name + "</extra>",
            )
            for name, values, line in lines
        ]
    )
    figure.add_hline(y=0, line={"color": LINE_GREY, "width": 1.5})
    figure.update_xaxes(**AXIS)
    figure.update_yaxes(title=t("alike"), range=[-0.6, 1.1], tickvals=[0, 0.5, 1], **AXIS)
    return quiet(figure).update_layout(margin={"t": 10, "r": 90})


def _random_traces(
    shares: NDArray[np.float64], curves: NDArray[np.float64], legend: bool
) -> tuple[go.Scatter, ...]:
    if not len(curves):
        return ()
    flat: dict[str, Any] = {
        "mode": "lines",
        "hoverinfo": "skip",
        "legendgroup": "range",
        "name": t("range"),
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
            name=t("{count} random orders").format(count=len(curves)),
            legendgroup="random",
            showlegend=legend,
            hovertemplate="%{x:.0%}: %{y:.1%}<extra>" + t("random") + "</extra>",
        ),
    )


def _own(shares: NDArray[np.float64], curve: NDArray[np.float64], stage: str, column: int) -> go.Scatter:
    return go.Scatter(
        x=shares,
        y=curve,
        mode="lines",
        line={"color": STAGE_COLOURS[stage], "width": 5},
        name=t("the map"),
        legendgroup="map",
        showlegend=column == 1,
        hovertemplate="%{x:.0%}: %{y:.1%}<extra>" + t("the map") + "</extra>",
    )
