"""Where networks that know the same classes disagree about a photo."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import enumerated
from resnet_explorer.side_by_side.disagreement import class_groups, distances, in_words, widest_gaps
from resnet_explorer.side_by_side.predictions import map_rank_correlation
from resnet_explorer.side_by_side.tables import PairRow
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.side_by_side.results import Results
from resnet_explorer.ui.side_by_side.tables import gaps_html, pairs_html


def pair_rows(results: Results) -> list[PairRow]:
    """How far apart the networks of one class list are, pair by pair."""

    def compute() -> list[PairRow]:
        heats, names = results.heats, [each.name for each in results.predictions]
        return [
            PairRow(
                distance,
                map_rank_correlation(heats[distance.one], heats[distance.other]),
                (names[distance.one], names[distance.other]),
            )
            for distance in distances(results.distributions)
        ]

    maps = results.maps
    return cached_result("_sb_pairs", (results.predictions, maps.method, maps.negative), compute)


def show_disagreement(results: Results, pairs: Sequence[PairRow]) -> None:
    """For networks that know the same classes: a sentence, the classes they differ most about, each pair."""
    distributions = results.distributions
    if len(distributions) == 1:
        st.info(t("One network alone agrees with itself; choose another one that knows the same classes."))
        return
    groups = [group for group in class_groups([each.classes for each in distributions]) if len(group) > 1]
    if not groups:
        st.info(prose("side_by_side_alone"))
        return
    compared = [number for group in groups for number in group]
    excluded = [each.network for number, each in enumerate(distributions) if number not in compared]
    if excluded:
        words = t("Not compared, for no other one here knows the same classes: {networks}.")
        st.markdown(words.format(networks=enumerated(excluded)))
    for group in groups:
        several = [distributions[number] for number in group]
        st.markdown(f"#### {in_words(several)}")
        gaps = widest_gaps(several)
        # Two networks' tables are narrow enough to stand beside each other.
        left, right = st.columns(2, gap="large") if len(group) == 2 else (st.container(), st.container())
        with left:
            if gaps:
                st.markdown(t("The classes whose probability differs most"))
                st.html(gaps_html([each.network for each in several], gaps))
            else:
                st.markdown(t("They give every class the same probability."))
        with right:
            st.markdown(t("How far apart they are"))
            st.html(pairs_html(results.names, [pair for pair in pairs if pair.distance.one in group]))
    st.caption(prose("side_by_side_distance"))
