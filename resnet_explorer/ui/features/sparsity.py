"""How sparse each stage is on this photo: a chart over depth, and what it shows in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import enumerated
from resnet_explorer.explanation.captioned_figure import numbers_json
from resnet_explorer.features.places import Place
from resnet_explorer.features.sparsity_figure import sparsity_figure, stage_means
from resnet_explorer.features.statistics import ChannelStatistics, sparsity_rows
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.features.place import go_to
from resnet_explorer.ui.features.screen import Screen
from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.widgets.chart_click import clicked_point
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    from resnet_explorer.features.activations import ActivationStatistics


def show_sparsity(
    viewed: ViewedPhoto, statistics: ActivationStatistics, places: Sequence[Place], screen: Screen
) -> None:
    """The chart, a click on which leads to the place, and its finding."""
    channels = statistics.places
    screen.words.markdown(_finding(channels, places))
    figure = cached_result("_fm_sparsity", (statistics,), lambda: sparsity_figure(places, channels))

    screen.picture.plotly_chart(
        figure,
        height="stretch",
        key="fm_chart",
        on_select=partial(_choose, places),
        selection_mode="points",
        config={"displaylogo": False, "modeBarButtons": [["toImage"]]},
        alt=t("Share of zeros at each place, from the stem to the last block"),
    )
    with screen.below:
        st.caption(
            t(
                "A bar is a block; its solid part are the channels that are zero everywhere. "
                "Click one to see it."
            )
        )
        is_pre = viewed.weights.spec.activation == "pre"
        st.markdown(prose("features_sparsity_pre" if is_pre else "features_sparsity"))
    index, probability = statistics.prediction.top(1)[0]
    caption = viewed.caption(index, probability, t("all stages"), t("Share of zeros"))
    with screen.take_home:
        save_button(
            t("CSV"),
            lambda: to_csv(sparsity_rows(places, channels)),
            "sparsity.csv",
            key="fm_save_sparsity",
        )
        save_button(
            t("JSON"),
            lambda: numbers_json(caption, {"places": sparsity_rows(places, channels)}),
            "sparsity.json",
            key="fm_save_sparsity_json",
        )


def _choose(places: Sequence[Place]) -> None:
    """Go to the place whose bar was clicked; for the callback of the chart."""
    point = clicked_point("fm_chart")
    if point and int(point["customdata"]) < len(places):  # else a click on the chart of a moment ago
        go_to(places[int(point["customdata"])])
        st.session_state["fm_view"] = "maps"


def _finding(channels: Sequence[ChannelStatistics], places: Sequence[Place]) -> str:
    """The chart in words: each stage's mean, the sparsest place, and where channels are dead."""
    pairs = list(zip(places, channels, strict=True))
    sparsest, most = max(pairs, key=lambda pair: pair[1].sparsity)
    deadest, dead = max(pairs, key=lambda pair: pair[1].dead)
    means = enumerated(f"{t(section)} **{share:.0%}**" for section, share in stage_means(places, channels))
    sentences = [
        t("Zeros on this photo: {means}.").format(means=means),
        t("The sparsest place is {place} with **{share:.0%}**.").format(
            place=sparsest.words, share=most.sparsity
        ),
        t("Most channels that are zero everywhere: **{dead:,} of {channels:,}** at {place}.").format(
            place=deadest.words, dead=dead.dead, channels=deadest.shape[0]
        )
        if dead.dead
        else t("No channel is zero everywhere."),
    ]
    return " ".join(sentences)
