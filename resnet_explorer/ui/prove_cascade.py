"""The randomisation check on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from PIL import Image

from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.proof.readings import cascade_reading
from resnet_explorer.sheet import Scale
from resnet_explorer.ui.networks import as_stored
from resnet_explorer.ui.prove_controls import Drawn, question, reading, seed_input, take_home
from resnet_explorer.ui.prove_map import Claim
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import slow_work

if TYPE_CHECKING:
    from resnet_explorer.proof.randomisation import Cascade, Rung

_SIDE: Final = 256
"""Pixels: six of them stand in a row."""


def cascade_test(claim: Claim) -> None:
    """Controls, a map for each network of the cascade, their likeness, and the reading."""
    question(
        t("Let the network forget, from the head down: does the map change?"),
        t("Cascading randomisation: Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim 2018, section 3.1."),
    )
    left, _ = st.columns([1, 4])
    with left:
        seed = seed_input()

    def start() -> Any:
        from resnet_explorer.proof.randomisation import cascade

        model = as_stored(claim.subject.weights)
        tensor = claim.subject.tensor()
        return cascade(model, tensor, claim.result.target, claim.stage, claim.method, seed)

    asked = (*claim.question, seed)
    found, _ = slow_work("_pr_cascade", asked, start, t("Networks asked"))
    if found is not None:
        _show(claim, found, asked, seed)


def _show(claim: Claim, found: Cascade, asked: tuple[Any, ...], seed: int) -> None:
    from resnet_explorer.proof.figures import cascade_figure

    known = (asked, len(found))
    drawn = remembered("_pr_rungs", (*known, claim.look), lambda: _draw(claim, found))
    titles = [_name(rung) for rung in found]
    for place, rung, file, title in zip(st.columns(len(found)), found, drawn.files, titles, strict=True):
        with place:
            st.image(file, width="stretch", alt=f"{t('The map')}, {title}")
            st.markdown(f"**{title}**  \nρ = {_similar(rung)}  \np = {rung.probability:.0%}")
    st.caption(
        t("ρ: rank correlation with the first map. p: what each network gives {label}.").format(
            label=claim.label
        )
    )
    figure = remembered("_pr_cascade_figure", known, lambda: cascade_figure(found, titles))
    st.plotly_chart(figure, key="pr_cascade_chart", config={"displaylogo": False})
    reading(cascade_reading(found))
    take_home(
        claim,
        "randomisation",
        lambda: drawn.pictures,
        titles,
        t("Rank correlation with the first: ") + " · ".join(_similar(rung) for rung in found),
        lambda: {
            "seed": seed,
            "networks": [
                {
                    "at random": title,
                    "probability": rung.probability,
                    "rank correlation": rung.correlation,
                    "ssim": rung.ssim,
                    "map": rung.map.tolist(),
                }
                for rung, title in zip(found, titles, strict=True)
            ],
        },
        Scale(
            claim.look.colour_map, "0", t("its peak"), t("evidence for the class, each map by its own peak")
        ),
    )


def _name(rung: Rung) -> str:
    """What is random by now, besides all that is above it in the network."""
    if not rung.section:
        return t("As trained")
    if rung.section == "head":
        return t("Head random")
    return t("+ {section}").format(section=t(rung.section))


def _similar(rung: Rung) -> str:
    return "–" if rung.correlation is None else f"{rung.correlation:.2f}".replace("-", "−")


def _draw(claim: Claim, found: Cascade) -> Drawn:
    pictures = [claim.over(rung.map).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC) for rung in found]
    return Drawn(pictures, [jpeg_bytes(picture) for picture in pictures])
