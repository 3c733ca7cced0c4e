"""How sparse each stage is on this photo: a chart over depth, and a sentence that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from resnet_explorer.feature_numbers import sparsity_rows
from resnet_explorer.feature_places import Place
from resnet_explorer.i18n import prose, t
from resnet_explorer.sheet import numbers_json
from resnet_explorer.sparsity_figure import sparsity_figure, stage_means
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.clicked import clicked_point
from resnet_explorer.ui.feature_place import go_to
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.subject import Subject

if TYPE_CHECKING:
    from resnet_explorer.activations import Survey


def show_sparsity(subject: Subject, survey: Survey, places: Sequence[Place]) -> None:
    """The chart, a click on which leads to the place, its reading, and the table."""
    numbers = survey.numbers
    st.markdown(_reading(survey, places))
    figure = remembered("_fm_sparsity", (survey,), lambda: sparsity_figure(places, numbers))

    def choose() -> None:
        point = clicked_point("fm_chart")
        if point:
            go_to(places[int(point["customdata"])])
            st.session_state["fm_view"] = "maps"

    st.plotly_chart(
        figure,
        key="fm_chart",
        on_select=choose,
        selection_mode="points",
        config={"displaylogo": False, "modeBarButtons": [["toImage"]]},
        alt=t("Share of zeros at each place, from the stem to the last block"),
    )
    st.caption(
        t("A bar is a block; its solid part are the channels that are zero everywhere. Click one to see it.")
    )
    is_pre = subject.weights.spec.activation == "pre"
    st.markdown(prose("features_sparsity_pre" if is_pre else "features_sparsity"))
    index, probability = survey.prediction.top(1)[0]
    caption = subject.caption(index, probability, t("all stages"), t("Share of zeros"))
    with st.container(horizontal=True):
        save_button(
            t("Numbers as CSV"),
            lambda: to_csv(sparsity_rows(places, numbers)),
            "sparsity.csv",
            key="fm_save_sparsity",
        )
        save_button(
            t("Numbers as JSON"),
            lambda: numbers_json(caption, {"places": sparsity_rows(places, numbers)}),
            "sparsity.json",
            key="fm_save_sparsity_json",
        )


def _reading(survey: Survey, places: Sequence[Place]) -> str:
    """The chart in words: each stage's mean, the sparsest place, and where channels are dead."""
    numbers = survey.numbers
    means = ", ".join(f"{section} **{share:.0%}**" for section, share in stage_means(places, numbers))
    sparsest = max(range(len(numbers)), key=lambda index: numbers[index].sparsity)
    sentences = [
        t("Zeros on this photo: {means}.").format(means=means),
        t("The sparsest place is {place} with **{share:.0%}**.").format(
            place=places[sparsest].words, share=numbers[sparsest].sparsity
        ),
    ]
    deadest = max(range(len(numbers)), key=lambda index: numbers[index].dead)
    if numbers[deadest].dead:
        sentences.append(
            t("Most channels that are zero everywhere: **{dead:,} of {channels:,}** at {place}.").format(
                place=places[deadest].words, dead=numbers[deadest].dead, channels=places[deadest].shape[0]
            )
        )
    else:
        sentences.append(t("No channel is zero everywhere."))
    return " ".join(sentences)
