"""Deletion and insertion on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.proof.readings import deletion_reading
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.prove_controls import (
    Drawn,
    count_input,
    fill_input,
    masked_pictures,
    probe_of,
    question,
    reading,
    seed_input,
    take_home,
)
from resnet_explorer.ui.prove_map import Claim
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    from resnet_explorer.proof.deletion import Deletion
    from resnet_explorer.proof.probe import Fill
    from resnet_explorer.proof.ranking import Chance

_CHANCES: Final = {"cells": "The map’s cells", "pixels": "Single pixels"}


def deletion_test(claim: Claim) -> None:
    """Controls, curves, the photo on its way, and the reading."""
    question(
        t("Remove the hottest pixels first: does the answer go at once?"),
        t(
            "RISE: Petsiuk, Das, Saenko 2018. A good map leaves little area while removing, "
            "much while inserting."
        ),
    )
    first, second, third, fourth = st.columns([1.5, 1.5, 1.2, 0.8], gap="medium")
    with first:
        fill = fill_input()
    with second:
        chance = _chance_input()
    with third:
        orders = count_input("pr_orders", t("Random orders"), 2, 100, 10, 1)
    with fourth:
        seed = seed_input()

    def start() -> Any:
        from resnet_explorer.proof.deletion import deletion

        return deletion(probe_of(claim, fill), claim.heat, orders, chance, seed)

    asked = (*claim.question, fill, chance, orders, seed)
    found, _ = slow_work("_pr_deletion", asked, start, t("Photos shown to the network"))
    if found is not None:
        settings = {"removed pixels become": fill, "shuffled": chance, "seed": seed}
        _show(claim, found, asked, settings)


def _chance_input() -> Chance:
    usual: Chance = "cells"
    chance = linked("pr_chance", usual, one_of(_CHANCES))
    st.segmented_control(
        t("Shuffled by chance"),
        list(_CHANCES),
        required=True,
        format_func=lambda name: t(_CHANCES[name]),
        key="pr_chance",
        wrap=True,
        help=t(
            "Single pixels leave holes everywhere, which disturbs a network more than patches do. The map’s "
            "own cells, shuffled, leave patches as large as the map’s: the fairer comparison."
        ),
        persist_state="session",
    )
    return chance


def _show(claim: Claim, found: Deletion, asked: tuple[Any, ...], settings: dict[str, Any]) -> None:
    from resnet_explorer.proof.curves import area, areas
    from resnet_explorer.proof.figures import deletion_figure

    chart = st.container()
    words, removed_place, inserted_place = st.columns([1.6, 1, 1], gap="large")
    with words:
        percent = count_input("pr_share", t("Share of the pixels"), 0, 100, 20, 2, "%d %%")
        reading(deletion_reading(found))
    at = round(percent / 100 * (len(found.shares) - 1))
    share = float(found.shares[at])
    known = (asked, len(found.chance_removed), at)
    figure = remembered("_pr_curves", known, lambda: deletion_figure(found, share, claim.stage_name))
    chart.plotly_chart(figure, key="pr_curves_chart", config={"displaylogo": False})
    pair = remembered(
        "_pr_pair", known, lambda: _pair(claim, found, settings["removed pixels become"], share)
    )
    titles = (
        t("{share:.0%} removed: {probability:.1%}").format(share=share, probability=found.removed[at]),
        t("{share:.0%} inserted: {probability:.1%}").format(share=share, probability=found.inserted[at]),
    )
    for place, file, title in zip((removed_place, inserted_place), pair.files, titles, strict=True):
        place.image(file, width="stretch", alt=title)
        place.markdown(f"**{title}**")
    with words:
        take_home(
            claim,
            "deletion",
            lambda: pair.pictures,
            titles,
            t("Areas: removed {removed:.3f}, inserted {inserted:.3f}").format(
                removed=area(found.removed), inserted=area(found.inserted)
            ),
            lambda: {
                **settings,
                "shares": found.shares.tolist(),
                "removed": found.removed.tolist(),
                "inserted": found.inserted.tolist(),
                "area removed": area(found.removed),
                "area inserted": area(found.inserted),
                "random orders, removed": found.chance_removed.tolist(),
                "random orders, areas": areas(found.chance_removed),
            },
        )


def _pair(claim: Claim, found: Deletion, fill: Fill, share: float) -> Drawn:
    from resnet_explorer.proof.ranking import first

    hot = first(found.rank, share)
    return masked_pictures(claim, fill, [hot, ~hot])
