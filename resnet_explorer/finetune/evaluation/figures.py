"""Charts of a run's calibration and weight change, as Plotly figures for both themes.

They are kept for all sessions, and not to be changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.plotly_style import FONT_SIZE, STILL_AXIS, quiet
from resnet_explorer.finetune.evaluation.predictions import Calibration

if TYPE_CHECKING:
    from resnet_explorer.finetune.evaluation.weight_change import WeightChange

_ACCURACY: Final = STAGE_COLOURS["stage 1"]
_GAP: Final = STAGE_COLOURS["head"]


@language_cache(16)
def reliability_figure(found: Calibration) -> go.Figure:
    """The reliability diagram of a run above the counts of its bins."""
    bins = [each for each in found.bins if each.count]
    middles = [(each.low + each.high) / 2 for each in bins]
    width = 0.94 * (bins[0].high - bins[0].low)
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.05)
    silent = {"hoverinfo": "skip", "col": 1}
    diagonal = {"color": LINE_GREY, "dash": "dash", "width": 2}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=diagonal, row=1, **silent)
    figure.add_bar(
        x=middles,
        y=[each.accuracy for each in bins],
        width=width,
        marker_color=_ACCURACY,
        customdata=[[each.low, each.high, each.count, each.confidence, each.accuracy] for each in bins],
        hovertemplate=t(
            "confidence %{customdata[0]:.1f} to %{customdata[1]:.1f}: %{customdata[2]} photos<br>"
            "mean %{customdata[3]:.1%}, accuracy %{customdata[4]:.1%}"
        )
        + "<extra></extra>",
        row=1,
        col=1,
    )
    for each, middle in zip(bins, middles, strict=True):
        # From the accuracy to the confidence: what is missing, or too much.
        gap, line = [each.accuracy, each.confidence], {"color": _GAP, "width": 5}
        figure.add_scatter(x=[middle, middle], y=gap, mode="lines", line=line, row=1, **silent)
    counts = [each.count for each in bins]
    figure.add_bar(
        x=middles,
        y=counts,
        width=width,
        marker_color=LINE_GREY,
        text=[f"{count:,}" for count in counts],
        textposition="outside",
        cliponaxis=False,
        row=2,
        **silent,
    )
    quiet(figure, height=416).update_layout(
        height=None, dragmode=False, margin={"l": 10, "r": 40, "t": 16, "b": 10}
    )
    shares = STILL_AXIS | {"dtick": 0.2, "tickformat": ".0%"}
    figure.update_xaxes(range=[0, 1.001], **shares)
    figure.update_xaxes(title=t("confidence"), row=2)
    figure.update_yaxes(range=[0, 1.02], title=t("accuracy"), row=1, **shares)
    figure.update_yaxes(range=[0, 1.35 * max(counts)], title=t("photos"), nticks=3, row=2, **STILL_AXIS)
    return figure


@language_cache(16)
def weight_change_figure(weight_changes: tuple[WeightChange, ...]) -> go.Figure:
    """How far the weights of each section are from their initial values, in its colour; at least one."""
    distances = [change.distance for change in weight_changes]
    sections = [change.section for change in weight_changes]
    figure = go.Figure(
        go.Bar(
            x=distances,
            y=list(map(t, sections)),
            orientation="h",
            marker_color=[STAGE_COLOURS[section] for section in sections],
            text=list(map(distance_text, distances)),
            textposition="outside",
            textfont_size=FONT_SIZE + 2,
            cliponaxis=False,
            customdata=[change.weights for change in weight_changes],
            hovertemplate="%{y}: %{x:.3%}, " + t("%{customdata:,} weights") + "<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False, range=[0, 1.25 * max(distances) or 1], fixedrange=True)
    figure.update_yaxes(
        autorange="reversed", ticksuffix="  ", tickfont_size=FONT_SIZE + 2, fixedrange=True, showgrid=False
    )
    return quiet(figure, height=416).update_layout(height=None, dragmode=False, margin_t=10)


def distance_text(distance: float) -> str:
    """A relative distance as people read it: a percentage, or 0 only where nothing changed."""
    if distance == 0:
        return t("0 · unchanged")
    return f"{distance:.1%}" if distance >= 0.001 else f"{distance:.1e}"
