"""A map of evidence on the page: its controls, how it is drawn, and what is saved of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.explanation.cam import METHODS, ONE_PASS, PIXELS, Evidence, Method, evidence
from resnet_explorer.explanation.captioned_figure import ColourBar, figure, numbers_json
from resnet_explorer.explanation.heatmap import (
    COLOUR_MAPS,
    UNEVEN_COLOUR_MAPS,
    colour_bar_css,
    heat_picture,
    overlay,
)
from resnet_explorer.ui.widgets.linked_inputs import (
    linked_choice,
    linked_select,
    linked_slider,
    linked_switch,
)
from resnet_explorer.ui.widgets.save_button import save_button

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto

BETWEEN: Final = {"smooth": msg("Smooth"), "cells": msg("True cells")}
_STAGES: Final = "_p_stages"
BRIGHT: Final = 0.99
"""Share of the pixels of a map of pixels that are below its brightest colour: a few stand far above all."""
SIDE: Final = 448
"""Pixels of a panel's side: a multiple of 224, 32 and 7, so that cells are whole."""


@dataclass(frozen=True)
class MapStyle:
    """How a map is drawn.

    Attributes:
        alpha: how much of the photo it hides, 0 to 1.
        colour_map: one of `COLOUR_MAPS`.
        smooth: whether between its cells, too.
        top: the value of the brightest colour, where several maps share one scale.
    """

    alpha: float
    colour_map: str
    smooth: bool
    top: float | None = None


@dataclass(frozen=True)
class MapChoice:
    """Which map: of a stage or of the `PIXELS`, by a method, of the evidence for the class or against it."""

    stage: int
    method: str
    negative: bool

    def evidence(self, result: StagePass) -> Evidence:
        """The map of a pass over all stages, by a method of one pass."""
        return evidence(result.outputs[self.stage], self.method, negative=self.negative)

    @property
    def words(self) -> str:
        """The method as a caption names it."""
        return METHODS[self.method].citation + (t(", evidence against") if self.negative else "")

    @property
    def side(self) -> str:
        """What was kept."""
        return t("against") if self.negative else t("for")


def method_input() -> tuple[str, bool]:
    """By which method the map is read, and whether it shows the negative evidence."""
    method = linked_select("p_method", t("Method"), METHODS, default="gradcam", names=_method_name)
    st.caption(method_claim(method))
    return method, negative_input()


def method_claim(method: str) -> str:
    """What a method says of the network, and who said so first."""
    chosen = METHODS[method]
    return f"{t(chosen.claim)} *{chosen.source}{t(', ')}{t(chosen.place)}*"


def negative_input() -> bool:
    """Whether the map shows the negative evidence."""
    return linked_switch(
        "p_against",
        t("Evidence against"),
        help=t(
            "What speaks against the class: the negative part of the same sum, which the methods cut off."
        ),
    )


def quick_method_input() -> str:
    """By which of the methods of one pass the map is read: where a map is there at once."""
    return linked_select(
        "p_method",
        t("Method"),
        ONE_PASS,
        default="gradcam",
        names=_method_name,
        help=t("The methods of one pass. The slower ones are on the Predict page."),
    )


def head_method_input(methods: Mapping[str, Method] = METHODS) -> str:
    """By which of the methods the map is read: a control of a page's head.

    Args:
        methods: those of one pass only, on a page that needs a map at once.
    """
    return linked_select(
        "p_method",
        t("Method"),
        methods,
        default="gradcam",
        names=_method_name,
        label_visibility="collapsed",
        width=170,
    )


def _method_name(key: str) -> str:
    return METHODS[key].name


def stage_input(stages: int, *, in_head: bool = False) -> int:
    """Which stage's output is read; 0 is the stem's, and the last stage is the default.

    Args:
        stages: of the network.
        in_head: whether it stands in a page's head, where room is short.
    """
    if st.session_state.get(_STAGES, stages) != stages:  # another network: its own last stage
        st.session_state["p_stage"] = stages
    st.session_state[_STAGES] = stages
    return linked_choice(
        "p_stage",
        t("Stage"),
        range(stages + 1),
        default=stages,
        names=(lambda stage: str(stage) if stage > 1 else stage_label(stage)) if in_head else stage_label,
        wrap=not in_head,
        label_visibility="collapsed" if in_head else "visible",
        help=t("An early stage sees fine cells and simple things, the last one coarse cells and whole ones."),
    )


def stage_label(stage: int) -> str:
    """The name of a stage by its number; 0 is the stem, and `PIXELS` the input itself."""
    if stage == PIXELS:
        return t("the pixels")
    return t("stage {number}").format(number=stage) if stage else t("stem")


def style_input() -> MapStyle:
    """Opacity, colours, and cells or smooth."""
    alpha, colour_map = opacity_input(), colours_input()
    cells = linked_choice("p_cells", t("Between the cells"), BETWEEN, default="smooth", wrap=True)
    return MapStyle(alpha, colour_map, cells == "smooth")


def opacity_input() -> float:
    """How much of the photo a map over it hides, 0 to 1."""
    return linked_slider("p_alpha", t("Opacity"), 0.0, 1.0, default=0.5, step=0.05)


def colours_input() -> str:
    """The colour map, one of `COLOUR_MAPS`."""
    colour_map = linked_select("p_map", t("Colours"), COLOUR_MAPS, default=COLOUR_MAPS[0])
    if colour_map in UNEVEN_COLOUR_MAPS:
        st.caption(t("This one shows edges that are not in the map; the first four are even."))
    return colour_map


def save_evidence(
    found: Evidence,
    result: StagePass,
    choice: MapChoice,
    viewed: ViewedPhoto,
    style: MapStyle,
    complete: bool = True,
) -> None:
    """The buttons that save original, map and overlay with their scale, and the numbers.

    Args:
        found: the map.
        result: the pass.
        choice: whose map it is, and by which method.
        viewed: the photo, and the network that it is of.
        style: how to draw.
        complete: whether the map was made to its end; what is saved says if it was not.
    """
    stage, label = stage_label(choice.stage), result.name(viewed.names)
    words = t("evidence against the class") if choice.negative else t("evidence for the class")
    method = choice.words if complete else t("{method}, stopped on the way").format(method=choice.words)
    caption = viewed.caption(result.target, result.probability, stage, method)
    name = f"{choice.method}-{label.replace(' ', '-').replace('/', '-')}-{stage.replace(' ', '')}"

    def picture() -> bytes:
        original = enlarged(viewed.seen)
        bar = ColourBar(style.colour_map, "0", top_label(found, style), words)
        return figure([original, *layers(found, original, style)], caption.lines, bar)

    save_button(t("PNG"), picture, f"{name}.png", key="p_save")
    save_button(
        t("JSON"), lambda: numbers_json(caption, {"map": found.map.tolist()}), f"{name}.json", key="p_json"
    )


def why_empty(choice: MapChoice, label: str) -> str:
    """What a map of zeros means."""
    words = prose("predict_empty_map").format(
        label=as_markdown(label), stage=stage_label(choice.stage), side=choice.side
    )
    if choice.negative and METHODS[choice.method].one_sided:
        one_sided = t(
            "{method} weighs by nothing negative: only negative values of the stage's output could speak "
            "against a class, and after a ReLU there are none."
        )
        words += " " + one_sided.format(method=METHODS[choice.method].name)
    return words


def enlarged(seen: Image.Image) -> Image.Image:
    """What the network saw, as a square of `SIDE` pixels."""
    return seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def layers(found: Evidence, original: Image.Image, style: MapStyle) -> tuple[Image.Image, Image.Image]:
    """The coloured map of a square of `SIDE` pixels, and the map over it."""
    heat = heat_picture(
        found.map.numpy(), (SIDE, SIDE), style.colour_map, style.smooth, top_value(found, style)
    )
    return heat, overlay(original, heat, style.alpha)


def top_value(found: Evidence, style: MapStyle) -> float:
    """The value of the brightest colour: its own, the shared one or, of pixels, one few are above."""
    if found.stage != PIXELS:
        return found.peak if style.top is None else style.top
    return float(found.map.quantile(BRIGHT)) or found.peak


def top_label(found: Evidence, style: MapStyle) -> str:
    """The value of the brightest colour as it stands at the end of a scale."""
    top = top_value(found, style)
    return f"{top:.3g}" if top >= found.peak else f"≥ {top:.3g}"


def show_colour_bar(scale: ColourBar) -> None:
    """The labelled colour bar."""
    bar = f"flex:1;height:1rem;border-radius:0.3rem;background:{colour_bar_css(scale.colour_map)}"
    st.html(
        "<div style='display:flex;align-items:center;gap:0.8rem;font-size:1rem'>"
        f"<span>{escape(scale.low)}</span><div style='{bar}'></div>"
        f"<span>{escape(scale.high)}</span><span style='opacity:0.75'>{escape(scale.words)}</span></div>"
    )
