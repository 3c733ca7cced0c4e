"""The hot area against areas at random, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.proof.readings import areas_reading
from resnet_explorer.ui.prove_controls import (
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
    from resnet_explorer.proof.random_areas import Areas


def areas_test(claim: Claim) -> None:
    """Controls, histogram, the masked photo, and the reading."""
    question(
        t("Cover the hot area: does it cost more than elsewhere?"),
        t("The same area, moved to random places; what leaves at an edge comes in at the opposite one."),
    )
    first, second, third, fourth = st.columns([1.5, 1.2, 1.2, 0.8], gap="medium")
    with first:
        fill = fill_input()
    with second:
        percent = count_input("pr_hot", t("Hottest share of the pixels"), 1, 90, 20, 1, "%d %%")
    with third:
        count = count_input("pr_places", t("Random places"), 10, 500, 100, 10)
    with fourth:
        seed = seed_input()

    def start() -> Any:
        from resnet_explorer.proof.random_areas import random_areas

        return random_areas(probe_of(claim, fill), claim.heat, percent / 100, count, seed)

    asked = (*claim.question, fill, percent, count, seed)
    found, _ = slow_work("_pr_areas", asked, start, t("Areas covered"))
    if found is not None:
        _show(claim, found, asked, {"removed pixels become": fill, "seed": seed})


def _show(claim: Claim, found: Areas, asked: tuple[Any, ...], settings: dict[str, Any]) -> None:
    from resnet_explorer.proof.figures import drops_figure

    known = (asked, len(found.chance))
    chart, picture = st.columns([2, 1], gap="large")
    fill = settings["removed pixels become"]
    covered = remembered("_pr_covered", known, lambda: masked_pictures(claim, fill, [found.mask]))
    title = t("{share:.0%} covered: {probability:.1%}").format(
        share=float(found.mask.mean()), probability=found.without
    )
    with picture:
        st.image(covered.files[0], width="stretch", alt=title)
        st.markdown(f"**{title}**")
    with chart:
        if len(found.chance):
            figure = remembered("_pr_histogram", known, lambda: drops_figure(found, claim.stage_name))
            st.plotly_chart(figure, key="pr_histogram_chart", config={"displaylogo": False})
        reading(areas_reading(found))
        take_home(
            claim,
            "areas",
            lambda: covered.pictures,
            [title],
            t("Falls by more than with {beaten} of {count} areas of the same shape elsewhere").format(
                beaten=found.beaten, count=len(found.chance)
            ),
            lambda: {
                **settings,
                "share": float(found.mask.mean()),
                "probability": found.whole,
                "probability without the hottest area": found.without,
                "probabilities without random areas": found.chance.tolist(),
                "random areas that cost less": found.beaten,
            },
        )
