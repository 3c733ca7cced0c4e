"""Losses over planes in the space of the weights, as Plotly figures for both themes. No torch here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.common.plotly_style import AXIS, FONT_SIZE, INK, quiet
from resnet_explorer.labs.landscape.numbers import (
    Floats,
    Surface,
    Trajectory,
    View,
    coarse_to_fine,
    places,
)

HIGHEST: Final = 30.0
"""The loss from which on colours and heights are all the same: what guessing costs is 2.3."""
LEVELS: Final[Mapping[str, Sequence[float]]] = {
    "loss": (0.5, 1, 1.5, 2, 3, 5, 10, 30),
    "error": (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
}
"""Where lines of one height are drawn."""
FINE: Final = 5
"""Points a side from which on lines of one height say something, and so do measures of how even it is."""
COLOURS: Final = "Viridis"
_TICKS: Final = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30)
_EYE: Final = {"x": 0.95, "y": -1.2, "z": 1.35}


def lowest(surfaces: Sequence[Surface]) -> float:
    """The least loss of several surfaces: where their one scale begins."""
    known = [surface.loss[np.isfinite(surface.loss)] for surface in surfaces]
    least = min((float(values.min()) for values in known if values.size), default=1.0)
    return min(max(least, 1e-3), HIGHEST / 2)


def surface_figure(views: Mapping[str, View], shown: str) -> go.Figure:
    """Surfaces side by side on one scale.

    Args:
        views: by the name of the network.
        shown: "map" or "error", from above; "hills"; or "way", with the trajectories of the trainings.
    """
    if shown == "hills":
        return hill_figure(views)
    return map_figure(views, "error" if shown == "error" else "loss", trajectory=shown == "way")


def map_figure(views: Mapping[str, View], measure: str = "loss", *, trajectory: bool = False) -> go.Figure:
    """Surfaces from above, side by side on one scale: a cell for each point, and lines of one height.

    Args:
        views: by the name of the network.
        measure: "loss", on a logarithmic scale of colours, or "error".
        trajectory: whether the trajectory of the training is drawn.
    """
    own_axes = any(view.plane == "training" for view in views.values())
    spacing = 0.14 if own_axes else 0.05
    figure = make_subplots(cols=len(views), subplot_titles=list(views), horizontal_spacing=spacing)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    for column, view in enumerate(views.values(), start=1):
        for trace in _map(view.surface, measure):
            figure.add_trace(trace, row=1, col=column)
        for trace in (
            _trajectory_traces(view.trajectory) if trajectory and view.trajectory else _here(view.surface)
        ):
            figure.add_trace(trace, row=1, col=column)
    for column, view in enumerate(views.values(), start=1):
        across, up = view.surface.across, view.surface.up
        figure.update_xaxes(title=_axis(view, 1), **AXIS, col=column)
        figure.update_xaxes(range=_edges(across), col=column)
        figure.update_yaxes(range=_edges(up), col=column, **AXIS)
        if column == 1 or view.plane == "training":
            figure.update_yaxes(title=_axis(view, 2), col=column)
        if view.plane == "random":
            figure.update_yaxes(
                scaleanchor=f"x{column if column > 1 else ''}", constrain="domain", col=column
            )
            figure.update_xaxes(constrain="domain", col=column)
            figure.update_yaxes(showticklabels=column == 1, col=column)  # all have the same
    surfaces = [view.surface for view in views.values()]
    return quiet(figure).update_layout(coloraxis=_scale(surfaces, measure), margin_r=110, margin_t=36)


def grid_figure(span: float, steps: int) -> go.Figure:
    """The places of a grid that is not computed yet, those that come first the largest.

    Args:
        span: how far out, in lengths of the filters.
        steps: points a side.
    """
    where, order = places(span, steps), list(coarse_to_fine(steps))
    figure = go.Figure(
        go.Scatter(
            x=[where[column] for _, column, _ in order],
            y=[where[row] for row, _, _ in order],
            mode="markers",
            marker={"size": [7 + 3 * stride for _, _, stride in order], "color": LINE_GREY, "opacity": 0.55},
            text=[t("number {number}").format(number=number) for number in range(1, len(order) + 1)],
            hovertemplate="%{x:.3g}, %{y:.3g}: %{text}<extra></extra>",
        )
    )
    marker = {"symbol": "x", "size": 15, "color": INK}
    words = t("the trained weights")
    figure.add_scatter(
        x=[0], y=[0], mode="markers+text", text=[words], textposition="top center", marker=marker
    )
    figure.update_xaxes(title=t("1st direction, in lengths of the filters"), **AXIS)
    figure.update_yaxes(title=t("2nd direction"), **AXIS)
    return quiet(figure).update_layout(margin_t=16)


def hill_figure(views: Mapping[str, View]) -> go.Figure:
    """Losses as landscapes, side by side: one logarithmic scale of heights and colours, one camera.

    Args:
        views: by the name of the network.
    """
    specs = [[{"type": "scene"} for _ in views]]
    figure = make_subplots(cols=len(views), specs=specs, subplot_titles=list(views), horizontal_spacing=0.02)
    figure.update_annotations(font_size=FONT_SIZE + 2)
    surfaces = [view.surface for view in views.values()]
    for column, (name, view) in enumerate(views.items(), start=1):
        surface = view.surface
        figure.add_trace(
            go.Surface(
                x=surface.across,
                y=surface.up,
                z=_capped(surface.loss),
                surfacecolor=_colour(surface, "loss"),
                coloraxis="coloraxis",
                text=_words(surface),
                hovertemplate="%{text}<extra>" + name + "</extra>",
                lighting={"ambient": 0.75, "diffuse": 0.6, "specular": 0.05, "roughness": 0.9},
            ),
            row=1,
            col=column,
        )
    low = lowest(surfaces)
    height: dict[str, Any] = {
        "type": "log",
        "range": [float(np.log10(low)), float(np.log10(HIGHEST)) + 0.05],
        "tickvals": [tick for tick in _TICKS if tick >= low],
    }
    plain: dict[str, Any] = {
        "gridcolor": LINE_GREY,
        "backgroundcolor": "rgba(0, 0, 0, 0)",
        "showticklabels": False,  # no theme's colour reaches them: the bar and the pointer tell the numbers
        "title": {"text": ""},
        "nticks": 5,
    }
    figure.update_scenes(
        xaxis=plain,
        yaxis=plain,
        zaxis=plain | height,
        camera={"eye": _EYE, "center": {"z": -0.1}},
        aspectmode="manual",
        aspectratio={"x": 0.95, "y": 0.95, "z": 0.8},
    )
    return quiet(figure).update_layout(coloraxis=_scale(surfaces, "loss"), margin_r=110, margin_t=36)


def _map(surface: Surface, measure: str) -> list[go.Heatmap | go.Contour]:
    place: dict[str, Any] = {"x": surface.across, "y": surface.up}
    cells = go.Heatmap(
        z=_colour(surface, measure),
        coloraxis="coloraxis",
        text=_words(surface),
        hovertemplate="%{text}<extra></extra>",
        zsmooth=False,
        **place,
    )
    values = surface.loss if measure == "loss" else surface.error
    known = values[np.isfinite(values)]
    if min(values.shape) < FINE or not known.size:
        return [cells]
    levels = [level for level in LEVELS[measure] if known.min() < level < known.max()]
    return [cells, *(_line(values, level, measure, place) for level in levels)]


def _line(values: Floats, level: float, measure: str, place: Mapping[str, Any]) -> go.Contour:
    """One height: straight between the points of the grid, nothing smoothed."""
    return go.Contour(
        z=np.minimum(values, 2 * level),  # beyond it nothing crosses the line, and 10⁸ would draw it askew
        contours={
            "start": level,
            "end": level,
            "size": 1,
            "coloring": "none",
            "showlabels": True,
            "labelfont": {"size": FONT_SIZE - 3, "color": "white"},
            "labelformat": "~g" if measure == "loss" else ".0%",
        },
        line={"color": "rgba(255, 255, 255, 0.85)", "width": 1.5, "smoothing": 0},
        showscale=False,
        hoverinfo="skip",
        **place,
    )


def _here(surface: Surface) -> list[go.Scatter]:
    """The trained network's place."""
    if surface.centre is None:
        return []
    marker = {"symbol": "x", "size": 13, "color": "white", "line": {"color": "black", "width": 2}}
    return [go.Scatter(x=[0], y=[0], mode="markers", marker=marker, hoverinfo="skip")]


def _trajectory_traces(trajectory: Trajectory) -> list[go.Scatter]:
    """White with a black edge, which is seen on every colour; the first and the last epoch are named."""
    place: dict[str, Any] = {"x": trajectory.across, "y": trajectory.up, "hoverinfo": "skip"}
    words = [
        t("epoch {epoch}: loss {loss}, error {error:.1%}").format(
            epoch=epoch, loss=scientific_text(loss), error=error
        )
        + (t("<br>its norms had seen no image yet") if epoch == 0 else "")
        for epoch, loss, error in zip(trajectory.epochs, trajectory.loss, trajectory.error, strict=True)
    ]
    named = {0, len(trajectory.epochs) - 1}
    close = (
        np.hypot(np.ptp(trajectory.across), np.ptp(trajectory.up)) < 0.1
    )  # all in one place: one name is enough
    shown = named - {0} if close else named
    middle = (min(trajectory.across) + max(trajectory.across)) / 2  # words lean inwards, off the map's edges
    return [
        go.Scatter(mode="lines", line={"color": "black", "width": 7}, **place),
        go.Scatter(mode="lines", line={"color": "white", "width": 3}, **place),
        go.Scatter(
            x=trajectory.across,
            y=trajectory.up,
            mode="markers+text",
            marker={
                "size": [15 if number in named else 10 for number in range(len(trajectory.epochs))],
                "color": "white",
                "line": {"color": "black", "width": 2},
            },
            text=[
                t("<b>epoch {epoch}</b>").format(epoch=epoch) if number in shown else ""
                for number, epoch in enumerate(trajectory.epochs)
            ],
            textposition=["top left" if x > middle else "top right" for x in trajectory.across],
            textfont={"size": FONT_SIZE + 2, "color": "white", "shadow": "0 0 4px black, 0 0 4px black"},
            customdata=words,
            hovertemplate="%{customdata}<extra></extra>",
        ),
    ]


def _colour(surface: Surface, measure: str) -> Floats:
    return np.log10(_capped(surface.loss)) if measure == "loss" else surface.error


def _capped(loss: Floats) -> Floats:
    return np.clip(loss, 1e-3, HIGHEST)


def _words(surface: Surface) -> list[list[str]]:
    """What stands at each point."""
    return [
        [
            t("{across:.3g}, {up:.3g}<br>loss {loss}<br>error {error:.1%}").format(
                across=across,
                up=up,
                loss=scientific_text(float(surface.loss[row, column])),
                error=surface.error[row, column],
            )
            for column, across in enumerate(surface.across)
        ]
        for row, up in enumerate(surface.up)
    ]


def _edges(values: Floats) -> list[float]:
    half = (values[1] - values[0]) / 2
    return [float(values[0] - half), float(values[-1] + half)]


def _axis(view: View, number: int) -> str:
    if view.plane == "random":
        return t("1st direction, in lengths of the filters") if number == 1 else t("2nd direction")
    share = "" if view.shares is None else f" ({view.shares[number - 1]:.1%})"
    return (t("1st component") if number == 1 else t("2nd component")) + share


def _scale(surfaces: Sequence[Surface], measure: str) -> dict[str, Any]:
    """The one bar of colours."""
    bar: dict[str, Any] = {"thickness": 22, "tickfont": {"size": FONT_SIZE, "color": INK}, "outlinewidth": 0}
    title = {"font": {"size": FONT_SIZE, "color": INK}}
    if measure == "error":
        bar |= {"title": {"text": t("error"), **title}, "tickformat": ".0%"}
        return {"colorscale": COLOURS, "cmin": 0, "cmax": 1, "colorbar": bar}
    low = lowest(surfaces)
    ticks = [tick for tick in _TICKS if tick >= low]
    names = [f"{tick:g}" if tick < HIGHEST else f"≥ {tick:g}" for tick in ticks]
    bar |= {"title": {"text": t("loss"), **title}, "tickvals": np.log10(ticks), "ticktext": names}
    ends = {"cmin": float(np.log10(low)), "cmax": float(np.log10(HIGHEST))}
    return {"colorscale": COLOURS, **ends, "colorbar": bar}
