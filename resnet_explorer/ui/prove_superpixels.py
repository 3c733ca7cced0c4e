"""Superpixel occlusion on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_explorer.crop import crop_photo
from resnet_explorer.i18n import t
from resnet_explorer.overlay import DIVERGING, jpeg_bytes, png_bytes
from resnet_explorer.proof.readings import occlusion_reading
from resnet_explorer.sheet import Scale
from resnet_explorer.ui.evidence import SIDE, enlarged, show_scale
from resnet_explorer.ui.prove_controls import (
    Drawn,
    count_input,
    fill_input,
    probe_of,
    question,
    reading,
    take_home,
)
from resnet_explorer.ui.prove_map import Claim
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    from resnet_explorer.proof.occlusion import Occlusion, Segments
    from resnet_explorer.proof.probe import Fill


def superpixels_test(claim: Claim) -> None:
    """Controls, segments, drops, their scatter, and the reading."""
    question(
        t("Cover it piece by piece: does the network miss what is hot?"),
        t("Occlusion: Zeiler, Fergus 2014. The pieces: SLIC, Achanta et al. 2012. No gradient is used."),
    )
    first, second, _ = st.columns([1.5, 1.5, 2], gap="medium")
    with first:
        fill = fill_input()
    with second:
        count = count_input("pr_pieces", t("Pieces, at most about"), 10, 150, 40, 1)
    with st.spinner(t("The photo is cut along its edges …")):
        segments = remembered(
            "_pr_segments", (*claim.subject.question, count), lambda: _segments(claim, count)
        )

    def start() -> Any:
        from resnet_explorer.proof.occlusion import occlusion

        return occlusion(probe_of(claim, fill), claim.heat, segments)

    asked = (*claim.question, fill, count)
    found, _ = slow_work("_pr_occlusion", asked, start, t("Pieces covered"))
    if found is not None:
        _show(claim, found, asked, fill)


def _segments(claim: Claim, count: int) -> Segments:
    from resnet_explorer.proof.occlusion import superpixels

    subject = claim.subject
    return superpixels(crop_photo(subject.photo, subject.weights.preprocessing, subject.view).image, count)


def _show(claim: Claim, found: Occlusion, asked: tuple[Any, ...], fill: Fill) -> None:
    from resnet_explorer.proof.figures import segments_figure

    known = (asked, len(found.drops))
    reach = float(abs(found.drops).max())
    drawn = remembered("_pr_pieces_drawn", known, lambda: _draw(claim, found, reach))
    titles = (
        t("{count} pieces").format(count=len(found.heat)),
        t("What each is worth"),
    )
    left, middle, right = st.columns([1, 1, 1.25], gap="medium")
    for place, file, title in zip((left, middle), drawn.files, titles, strict=True):
        place.image(file, width="stretch", alt=title)
        place.markdown(f"**{title}**")
    figure = remembered("_pr_scatter", known, lambda: segments_figure(found, claim.stage_name))
    right.plotly_chart(figure, key="pr_scatter_chart", config={"displaylogo": False})
    scale = Scale(
        DIVERGING,
        f"−{100 * reach:.1f}",
        f"+{100 * reach:.1f}",
        t("points that the piece is worth: without an orange one the probability falls"),
    )
    show_scale(scale)
    reading(occlusion_reading(found))
    rho = "–" if found.correlation is None else f"{found.correlation:.2f}"
    take_home(
        claim,
        "occlusion",
        lambda: drawn.pictures,
        titles,
        t("Rank correlation of map and drops: {rho}").format(rho=rho),
        lambda: {
            "removed pixels become": fill,
            "probability": found.whole,
            "segments": found.segments.tolist(),
            "probability without each": found.without.tolist(),
            "map's mean in each": found.heat.tolist(),
            "rank correlation": found.correlation,
        },
        scale,
    )


def _draw(claim: Claim, found: Occlusion, reach: float) -> Drawn:
    from resnet_explorer.proof.pictures import around_zero, outlined

    photo = outlined(enlarged(claim.subject.seen), found.segments)
    drops = outlined(around_zero(found.picture, reach, SIDE), found.segments)
    return Drawn([photo, drops], [jpeg_bytes(photo), png_bytes(drops)])
