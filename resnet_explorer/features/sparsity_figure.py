"""How sparse a network is on one photo, from the stem to the last block."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.colours import rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.plotly_style import FONT_SIZE, NO_CLICKS, quiet, with_legend
from resnet_explorer.features.places import Place
from resnet_explorer.features.statistics import ChannelStatistics

if TYPE_CHECKING:
    import plotly.graph_objects as go

LABELLED: Final = 36
"""Places up to which each has its block's number below."""
MANY: Final = 60
"""Places from which on a bar would be thinner than a gap."""


def sparsity_figure(places: Sequence[Place], channels: Sequence[ChannelStatistics]) -> go.Figure:
    """A bar a place: the share of zeros behind its ReLU and, solid, of channels zero everywhere."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for section, group in groupby(zip(places, channels, strict=True), key=lambda pair: pair[0].section):
        pairs = list(group)
        colour = pairs[0][0].colour
        at = [place.index for place, _ in pairs]
        hover = [
            t("{words}<br>{sparsity:.1%} zeros<br>{dead:,} of {channels:,} channels zero everywhere").format(
                words=place.words, sparsity=each.sparsity, dead=each.dead, channels=place.shape[0]
            )
            for place, each in pairs
        ]
        shares = [100 * each.sparsity for _, each in pairs]
        dead = [100 * each.dead / place.shape[0] for place, each in pairs]
        for values, fill, in_legend in ((shares, rgba(colour, 0.55), True), (dead, colour, False)):
            figure.add_bar(
                x=at,
                y=values,
                name=t(section),
                legendgroup=section,
                showlegend=in_legend,
                marker={"color": fill, "line": {"width": 0}},
                customdata=at,
                hovertext=hover,
                hoverinfo="text",
                selected={"marker": {"opacity": 1}},
                unselected={"marker": {"opacity": 1}},
                width=0.8 if len(places) < MANY else 1,
            )
    with_legend(quiet(figure), y=1.02, yanchor="bottom", **NO_CLICKS)
    figure.update_layout(barmode="overlay", bargap=0, dragmode=False, margin_t=10)
    few = len(places) < LABELLED
    figure.update_xaxes(
        fixedrange=True,
        range=[-0.6, len(places) - 0.4],
        showgrid=False,
        tickvals=[place.index for place in places] if few else [],
        ticktext=[_tick(place) for place in places] if few else [],
        tickfont_size=FONT_SIZE,
        title_text=t("stage.block") if few else "",
    )
    marks = [0, 25, 50, 75, 100]
    figure.update_yaxes(
        range=[0, 103],
        tickvals=marks,
        ticktext=[f"{mark} % " for mark in marks],
        fixedrange=True,
        tickfont_size=FONT_SIZE,
    )
    return figure


def _tick(place: Place) -> str:
    """ "3.2" for block 2 of stage 3."""
    return f"{place.stage}.{place.block}" if place.block else t("stem")


def stage_means(places: Sequence[Place], channels: Sequence[ChannelStatistics]) -> list[tuple[str, float]]:
    """The share of zeros of each section, the mean over its blocks, 0 to 1."""
    found = []
    for section, group in groupby(zip(places, channels, strict=True), key=lambda pair: pair[0].section):
        shares = [each.sparsity for _, each in group]
        found.append((section, sum(shares) / len(shares)))
    return found
