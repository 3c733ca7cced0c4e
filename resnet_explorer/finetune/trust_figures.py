"""Charts of how far a run can be trusted, as Plotly figures with transparent grounds for both themes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.chart_look import FONT_SIZE, STILL_AXIS, quiet
from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.finetune.verdicts import Calibration
from resnet_explorer.i18n import t

if TYPE_CHECKING:
    from resnet_explorer.finetune.moved import Move

_RIGHT: Final = STAGE_COLOURS["stage 1"]
_GAP: Final = STAGE_COLOURS["head"]


@lru_cache(maxsize=16)
def reliability_figure(found: Calibration) -> go.Figure:
    """The reliability diagram above the counts of its bins; kept for all sessions, not to be changed.

    Args:
        found: of a run.
    """
    bins = [each for each in found.bins if each.count]
    middles = [(each.low + each.high) / 2 for each in bins]
    width = bins[0].high - bins[0].low
    told = [[each.low, each.high, each.count, each.confidence, each.accuracy] for each in bins]
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.05)
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": LINE_GREY, "dash": "dash", "width": 2},
        hoverinfo="skip",
        row=1,
        col=1,
    )
    figure.add_bar(
        x=middles,
        y=[each.accuracy for each in bins],
        width=0.94 * width,
        marker_color=_RIGHT,
        customdata=told,
        hovertemplate=t(
            "sure %{customdata[0]:.1f} to %{customdata[1]:.1f}: %{customdata[2]} photos<br>"
            "it says %{customdata[3]:.1%} and is right in %{customdata[4]:.1%}"
        )
        + "<extra></extra>",
        row=1,
        col=1,
    )
    for each, middle in zip(bins, middles, strict=True):
        # From how often it is right to how sure it is: what is missing, or too much.
        figure.add_scatter(
            x=[middle, middle],
            y=[each.accuracy, each.confidence],
            mode="lines",
            line={"color": _GAP, "width": 5},
            hoverinfo="skip",
            row=1,
            col=1,
        )
    figure.add_bar(
        x=middles,
        y=[each.count for each in bins],
        width=0.94 * width,
        marker_color=LINE_GREY,
        text=[f"{each.count:,}" for each in bins],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
        row=2,
        col=1,
    )
    quiet(figure, height=540).update_layout(dragmode=False, margin={"l": 10, "r": 40, "t": 16, "b": 10})
    figure.update_xaxes(range=[0, 1.001], dtick=0.2, tickformat=".0%", **STILL_AXIS)
    figure.update_yaxes(
        range=[0, 1.02], dtick=0.2, tickformat=".0%", title=t("how often it is right"), row=1, **STILL_AXIS
    )
    figure.update_yaxes(
        range=[0, 1.35 * max(each.count for each in bins)], title=t("photos"), nticks=3, row=2, **STILL_AXIS
    )
    figure.update_xaxes(title=t("how sure it is"), row=2)
    return figure


@lru_cache(maxsize=16)
def moved_figure(moves: tuple[Move, ...]) -> go.Figure:
    """How far each section moved, in its colour; kept for all sessions, not to be changed.

    Args:
        moves: at least one.
    """
    figure = go.Figure(
        go.Bar(
            x=[move.distance for move in moves],
            y=[move.section for move in moves],
            orientation="h",
            marker_color=[STAGE_COLOURS[move.section] for move in moves],
            text=[distance_text(move.distance) for move in moves],
            textposition="outside",
            textfont_size=FONT_SIZE + 2,
            cliponaxis=False,
            customdata=[move.weights for move in moves],
            hovertemplate="%{y}: %{x:.3%}, " + t("%{customdata:,} weights") + "<extra></extra>",
        )
    )
    figure.update_xaxes(
        visible=False, range=[0, 1.25 * max(move.distance for move in moves) or 1], fixedrange=True
    )
    figure.update_yaxes(
        autorange="reversed", ticksuffix="  ", tickfont_size=FONT_SIZE + 2, fixedrange=True, showgrid=False
    )
    return quiet(figure, height=50 + 64 * len(moves)).update_layout(dragmode=False, margin_t=10)


def distance_text(distance: float) -> str:
    """A distance as people read it: a share of the length of the beginning; 0 only where nothing moved."""
    if distance == 0:
        return t("0 · stayed as it was")
    return f"{distance:.1%}" if distance >= 0.001 else f"{distance:.1e}"
