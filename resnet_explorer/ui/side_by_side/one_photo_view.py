"""One photo through several networks: the networks as columns, and below them where they disagree."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.side_by_side.disagreement import agree, in_words
from resnet_explorer.side_by_side.predictions import short_names
from resnet_explorer.ui.app.head import foot_places, more_settings
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.app.refusal import tell_refusal
from resnet_explorer.ui.photos.photo_input import current_photo, current_view
from resnet_explorer.ui.side_by_side import tables
from resnet_explorer.ui.side_by_side.columns import columns_place, show_columns, show_how
from resnet_explorer.ui.side_by_side.controls import map_input, networks_input, predict, stage_input
from resnet_explorer.ui.side_by_side.disagreement import pair_rows, show_disagreement
from resnet_explorer.ui.side_by_side.downloads import show_saves
from resnet_explorer.ui.side_by_side.results import Results
from resnet_explorer.ui.side_by_side.samples import show_samples
from resnet_explorer.ui.widgets.component import style

_SPELT_OUT = 3
"""Networks whose answers a line has room for, where they differ."""


def one_photo_view(controls: DeltaGenerator) -> None:
    """Draw it.

    Args:
        controls: the room in the page's head.
    """
    photo, wanted = current_photo(), current_view()
    place = columns_place(photo)
    words, take_home = foot_places()
    chosen = networks_input(controls, words)
    back = stage_input(min(len(weights.spec.depths) for weights in chosen), controls)
    with take_home, more_settings():
        networks, maps = map_input(chosen)
    with words:
        found, is_whole = predict(photo, networks, wanted, back)
    if found is None:
        end_page()
    for refusal in found.refusals:
        tell_refusal(refusal)
    if not found.predictions or found.view is None:
        end_page()
    predicted = [prediction.network for prediction in found.predictions]
    names = short_names([network.weights for network in predicted])
    results = Results(photo, found, names, maps, found.view)
    pairs = pair_rows(results)
    show_columns(results, place)
    words.markdown(_sentence(results))
    with take_home:
        show_saves(results, pairs)

    style(tables.__file__)
    st.header(t("Where they disagree"))
    show_disagreement(results, pairs)
    st.header(t("The networks"))
    show_how(results)
    if is_whole:
        st.header(t("The five sample photos"))
        show_samples(predicted, names)


def _sentence(results: Results) -> str:
    """What the networks say, in a line."""
    distributions = results.distributions
    firsts = [each.first for each in distributions]
    if len(distributions) <= _SPELT_OUT or agree(firsts):
        return in_words(distributions)
    surest = max(distributions, key=lambda each: each.confidence)
    return t("{count} networks, {different} answers; {network} is the most confident: {answer}.").format(
        count=len(distributions),
        different=len(set(firsts)),
        network=surest.network,
        answer=f"{surest.first} ({surest.confidence:.1%})",
    )
