"""Where networks that know the same classes disagree about a photo."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.disagreement import class_groups, distances, in_words, widest_gaps
from resnet_explorer.i18n import prose, t
from resnet_explorer.side_by_side import map_likeness
from resnet_explorer.side_by_side_tables import PairRow, gaps_html, pairs_html
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.side_by_side_scene import Scene


def pair_rows(scene: Scene) -> list[PairRow]:
    """How far apart the networks of one class list are, pair by pair."""

    def compute() -> list[PairRow]:
        heats = scene.heats
        return [
            PairRow(
                distance,
                map_likeness(heats[distance.one], heats[distance.other]),
                (scene.answers[distance.one].name, scene.answers[distance.other].name),
            )
            for distance in distances(scene.opinions)
        ]

    return remembered("_sb_pairs", (scene.answers, scene.maps.method, scene.maps.against), compute)


def show_disagreement(scene: Scene, pairs: Sequence[PairRow]) -> None:
    """For networks that know the same classes: a sentence, the classes they differ most about, each pair."""
    opinions = scene.opinions
    if len(opinions) == 1:
        st.info(t("One network alone agrees with itself; choose another one that knows the same classes."))
        return
    groups = [group for group in class_groups([each.classes for each in opinions]) if len(group) > 1]
    if not groups:
        st.info(prose("side_by_side_alone"))
        return
    _show_left_out([each.network for n, each in enumerate(opinions) if not any(n in g for g in groups)])
    for group in groups:
        several = [opinions[number] for number in group]
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
            st.html(pairs_html(scene.names, [pair for pair in pairs if pair.distance.one in group]))
    st.caption(prose("side_by_side_distance"))


def _show_left_out(networks: Sequence[str]) -> None:
    if networks:
        words = t("Not compared, for no other one here knows the same classes: {networks}.")
        st.markdown(words.format(networks=", ".join(networks)))
