"""The map that is tested: its class, its method, its stage, and the map itself, small, over the photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.cam import ONE_PASS, Evidence, evidence
from resnet_explorer.explanation.captioned_figure import Caption
from resnet_explorer.explanation.heatmap import heat_picture, jpeg_bytes, overlay
from resnet_explorer.explanation.target import Target, members_of
from resnet_explorer.network.layers import section_name
from resnet_explorer.ui.explanation.evidence import (
    SIDE,
    MapStyle,
    enlarged,
    stage_input,
    stage_label,
    style_input,
)
from resnet_explorer.ui.explanation.prediction import class_input
from resnet_explorer.ui.session.cached_result import cached_result

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.faithfulness.pixel_ranking import Map
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto


@dataclass(frozen=True, eq=False)
class TestedMap:
    """A map, and all that it is of.

    Attributes:
        viewed: the photo before the network.
        result: the pass.
        method: a key of `ONE_PASS`.
        stage: whose output was read.
        evidence: the map.
        style: how it is drawn.
    """

    viewed: ViewedPhoto
    result: StagePass
    method: str
    stage: int
    evidence: Evidence
    style: MapStyle

    @property
    def question(self) -> tuple[Any, ...]:
        """What a test of it depends on."""
        return (self.viewed.question, self.result.target, self.method, self.stage)

    @property
    def is_most_probable(self) -> bool:
        """Whether it is, or has among its members, the class that the network believes in most."""
        return self.result.prediction.top(1)[0][0] in members_of(self.result.target)

    @property
    def heat(self) -> Map:
        """(h, w)."""
        heat: Map = self.evidence.map.numpy()
        return heat

    @property
    def probability(self) -> float:
        """Of the class or kind, for the whole photo."""
        return self.result.probability

    @property
    def label(self) -> str:
        """The class or kind."""
        return self.result.name(self.viewed.names)

    @property
    def stage_name(self) -> str:
        """As colours are named by: "stem" or "stage n"."""
        return section_name(self.stage)

    @property
    def is_level(self) -> bool:
        """Whether it has one value everywhere, so that it puts nothing before anything."""
        return float(self.evidence.map.min()) == float(self.evidence.map.max())

    def caption(self) -> Caption:
        """What pictures and numbers of it say when they leave the app."""
        stage, method = stage_label(self.stage), ONE_PASS[self.method].citation
        return self.viewed.caption(self.result.target, self.probability, stage, method)

    def file_name(self, test: str) -> str:
        """The name of a file without its ending."""
        label = "".join(letter if letter.isalnum() else "-" for letter in self.label)
        return f"{test}-{label}-{self.method}-{self.stage_name.replace(' ', '')}"

    def over(self, heat: Map) -> Image.Image:
        """A map over the photo, as a square of `SIDE` pixels."""
        colours = heat_picture(heat, (SIDE, SIDE), self.style.colour_map, self.style.smooth)
        return overlay(enlarged(self.viewed.seen), colours, self.style.alpha)


@dataclass(frozen=True)
class AskedMap:
    """Which map is to be tested."""

    target: Target | None
    method: str
    stage: int
    style: MapStyle


def tested_map_input(viewed: ViewedPhoto, method: str) -> AskedMap:
    """Draw the controls of the map.

    Args:
        viewed: the photo, and the network that it is of.
        method: a key of `ONE_PASS`.
    """
    target = class_input(viewed.names, viewed.weights.kinds)
    stage = stage_input(len(viewed.weights.spec.depths))
    return AskedMap(target, method, stage, style_input())


def tested_map(viewed: ViewedPhoto, asked: AskedMap) -> TestedMap:
    """The map.

    Raises:
        ValueError: in one sentence, if the network cannot take the photo.
    """
    result = viewed.answer(asked.target)
    found = evidence(result.outputs[asked.stage], asked.method)
    return TestedMap(viewed, result, asked.method, asked.stage, found, asked.style)


def show_tested_map(tested: TestedMap) -> None:
    """The map over the photo, and the class that it is for."""
    picture = cached_result(
        "_pr_map", (*tested.question, tested.style), lambda: jpeg_bytes(tested.over(tested.heat))
    )
    alt = t("{method} map for {label}").format(method=ONE_PASS[tested.method].name, label=tested.label)
    st.image(picture, width="stretch", alt=alt)
    st.caption(f"**{as_markdown(tested.label)}**, {tested.probability:.1%}")
