"""The map that the tests are made of: whose, by which method, at which stage, and small over the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from PIL import Image

from resnet_explorer.cam import ONE_PASS, Evidence, evidence
from resnet_explorer.i18n import t
from resnet_explorer.overlay import heat_picture, jpeg_bytes, overlay
from resnet_explorer.plan import section_name
from resnet_explorer.sheet import Caption, Scale
from resnet_explorer.short_text import as_markdown
from resnet_explorer.target import members_of
from resnet_explorer.ui.answer import class_input
from resnet_explorer.ui.evidence import (
    SIDE,
    Look,
    enlarged,
    look_input,
    quick_method_input,
    show_scale,
    stage_input,
    stage_label,
)
from resnet_explorer.ui.remembered import remembered

if TYPE_CHECKING:
    from resnet_explorer.proof.ranking import Map
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.ui.subject import Subject


@dataclass(frozen=True, eq=False)
class Claim:
    """A map, and all that it is of.

    Attributes:
        subject: the photo before the network.
        result: the pass.
        method: a key of `ONE_PASS`.
        stage: whose output was read.
        found: the map.
        look: how it is drawn.
    """

    subject: Subject
    result: StagePass
    method: str
    stage: int
    found: Evidence
    look: Look

    @property
    def question(self) -> tuple[Any, ...]:
        """What a test of it depends on."""
        return (self.subject.question, self.result.target, self.method, self.stage)

    @property
    def is_most_probable(self) -> bool:
        """Whether it is, or has among its members, the class that the network believes in most."""
        return self.result.prediction.top(1)[0][0] in members_of(self.result.target)

    @property
    def heat(self) -> Map:
        """(h, w)."""
        heat: Map = self.found.map.numpy()
        return heat

    @property
    def probability(self) -> float:
        """Of the class or kind, for the whole photo."""
        return self.result.probability

    @property
    def label(self) -> str:
        """The class or kind."""
        return self.result.name(self.subject.names)

    @property
    def stage_name(self) -> str:
        """As colours are named by: "stem" or "stage n"."""
        return section_name(self.stage)

    @property
    def is_level(self) -> bool:
        """Whether it has one value everywhere, so that it puts nothing before anything."""
        return float(self.found.map.min()) == float(self.found.map.max())

    def caption(self) -> Caption:
        """What pictures and numbers of it say when they leave the app."""
        method = ONE_PASS[self.method]
        words = f"{method.name} ({method.source})"
        return self.subject.caption(self.result.target, self.probability, stage_label(self.stage), words)

    def file(self, test: str) -> str:
        """The name of a file without its ending."""
        label = "".join(letter if letter.isalnum() else "-" for letter in self.label)
        return f"{test}-{label}-{self.method}-{self.stage_name.replace(' ', '')}"

    def over(self, heat: Map) -> Image.Image:
        """A map over the photo, as a square of `SIDE` pixels."""
        colours = heat_picture(heat, (SIDE, SIDE), self.look.colour_map, self.look.smooth)
        return overlay(enlarged(self.subject.seen), colours, self.look.alpha)


def claim_input(subject: Subject) -> Claim:
    """Draw the controls and the map.

    Raises:
        ValueError: in one sentence, if the network cannot take the photo.
    """
    first, second, picture = st.columns([1.1, 2.15, 0.85], gap="small")
    with first:
        target = class_input(subject.names, subject.weights.kinds)
        method = _method_input()
    with second:
        stage = stage_input(len(subject.weights.spec.depths))
        with st.popover(t("Colours and opacity"), icon=":material/palette:"):
            look = look_input()
    with picture, st.spinner(t("The network works …")):
        result = subject.answer(target)
    found = evidence(result.outputs[stage], method)
    claim = Claim(subject, result, method, stage, found, look)
    shown = remembered("_pr_map", (*claim.question, look), lambda: jpeg_bytes(claim.over(claim.heat)))
    with picture:
        st.image(shown, width="stretch", alt=f"{ONE_PASS[method].name} {t('map for')} {claim.label}")
        st.caption(f"**{as_markdown(claim.label)}**, {claim.probability:.1%}")
    with second:
        show_scale(Scale(look.colour_map, "0", f"{found.peak:.3g}", t("evidence")))
    return claim


def _method_input() -> str:
    """One of the methods of one pass: a test asks for a map at once."""
    method = quick_method_input()
    st.caption(f"{t(ONE_PASS[method].claim)} *{ONE_PASS[method].source}*")
    return method
