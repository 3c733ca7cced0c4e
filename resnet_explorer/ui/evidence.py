"""A map of evidence on the page: its controls, and original, map and overlay side by side."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.cam import METHODS, ONE_PASS, PIXELS, Evidence, evidence
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import (
    COLOUR_MAPS,
    UNEVEN_COLOUR_MAPS,
    colour_bar_css,
    heat_picture,
    jpeg_bytes,
    overlay,
    png_bytes,
)
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.linked import SWITCH, linked, number, one_of
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button

if TYPE_CHECKING:
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.ui.subject import Subject

BETWEEN: Final = {"smooth": "Smooth", "cells": "True cells"}
_STAGES: Final = "_p_stages"
_PANELS: Final = "_p_panels"
BRIGHT: Final = 0.99
"""Share of the pixels of a map of pixels that are below its brightest colour: a few stand far above all."""
SIDE: Final = 448
"""Pixels of a panel's side: a multiple of 224, 32 and 7, so that cells are whole."""


@dataclass(frozen=True)
class _Panels:
    """Original, map and overlay, and the same as files for the screen."""

    pictures: list[Image.Image]
    files: tuple[bytes, bytes, bytes]


@dataclass(frozen=True)
class Look:
    """How a map is drawn."""

    alpha: float
    colour_map: str
    smooth: bool


@dataclass(frozen=True)
class Asked:
    """Whose map is asked for: a stage's or `PIXELS`, by a method, for the class or against it."""

    stage: int
    method: str
    against: bool

    def evidence(self, result: StagePass) -> Evidence:
        """The map of a pass over all stages, by a method of one pass."""
        return evidence(result.outputs[self.stage], self.method, against=self.against)

    @property
    def words(self) -> str:
        """The method as a caption names it."""
        method = METHODS[self.method]
        return f"{method.name} ({method.source})" + (f", {t('evidence against')}" if self.against else "")

    @property
    def side(self) -> str:
        """What was kept."""
        return t("against") if self.against else t("for")


def method_input() -> tuple[str, bool]:
    """By which method the map is read, and whether it shows what speaks against the class."""
    linked("p_method", "gradcam", one_of(METHODS))
    linked("p_against", False, SWITCH)
    method = st.selectbox(
        t("Method"),
        list(METHODS),
        format_func=lambda key: METHODS[key].name,
        key="p_method",
        persist_state="session",
    )
    chosen = METHODS[method]
    st.caption(f"{t(chosen.claim)} *{chosen.source}, {t(chosen.place)}*")
    against = st.toggle(
        t("Evidence against"),
        key="p_against",
        help=t(
            "What speaks against the class: the negative part of the same sum, which the methods cut off."
        ),
        persist_state="session",
    )
    return method, against


def quick_method_input() -> str:
    """By which of the methods of one pass the map is read: where a map is asked for at once."""
    linked("p_method", "gradcam", one_of(ONE_PASS))
    method: str = st.selectbox(
        t("Method"),
        list(ONE_PASS),
        format_func=lambda key: ONE_PASS[key].name,
        key="p_method",
        help=t("The methods of one pass. The slower ones are on the Predict page."),
        persist_state="session",
    )
    return method


def stage_input(stages: int) -> int:
    """Which stage's output is asked; 0 is the stem's, and the last stage is the default."""
    if st.session_state.get(_STAGES, stages) != stages:  # another network: its own last stage
        st.session_state["p_stage"] = stages
    st.session_state[_STAGES] = stages
    stage = linked("p_stage", stages, one_of(range(stages + 1)))
    st.segmented_control(
        t("Stage"),
        range(stages + 1),
        required=True,
        format_func=stage_label,
        key="p_stage",
        wrap=True,
        help=t("An early stage sees fine cells and simple things, the last one coarse cells and whole ones."),
        persist_state="session",
    )
    return stage


def stage_label(stage: int) -> str:
    """The name of a stage by its number; 0 is the stem, and `PIXELS` the input itself."""
    if stage == PIXELS:
        return t("the pixels")
    return t("stage {number}").format(number=stage) if stage else t("stem")


def look_input() -> Look:
    """Opacity, colours, and cells or smooth."""
    alpha, colour_map = opacity_input(), colours_input()
    linked("p_cells", "smooth", one_of(BETWEEN))
    cells = st.segmented_control(
        t("Between the cells"),
        list(BETWEEN),
        required=True,
        format_func=lambda name: t(BETWEEN[name]),
        key="p_cells",
        wrap=True,
        persist_state="session",
    )
    return Look(alpha, colour_map, cells == "smooth")


def opacity_input() -> float:
    """How much of the photo a map over it hides, 0 to 1."""
    linked("p_alpha", 0.5, number(0, 1))
    return float(st.slider(t("Opacity"), 0.0, 1.0, step=0.05, key="p_alpha", persist_state="session"))


def colours_input() -> str:
    """The colour map, one of `COLOUR_MAPS`."""
    linked("p_map", COLOUR_MAPS[0], one_of(COLOUR_MAPS))
    colour_map: str = st.selectbox(t("Colours"), COLOUR_MAPS, key="p_map", persist_state="session")
    if colour_map in UNEVEN_COLOUR_MAPS:
        st.caption(t("This one shows edges that are not in the map; the first four are even."))
    return colour_map


def show_evidence(
    found: Evidence, result: StagePass, asked: Asked, subject: Subject, look: Look, whole: bool = True
) -> None:
    """The three pictures with their scale, and the downloads.

    Args:
        found: the map.
        result: the pass.
        asked: whose map it is, and by which method.
        subject: what was looked at, and by whom.
        look: how to draw.
        whole: whether the map was made to its end; what is saved says if it was not.
    """
    stage, label = stage_label(asked.stage), result.name(subject.names)
    panels = remembered(_PANELS, (found, look), lambda: _draw(found, subject.seen, look))
    original, heat, over = panels.files
    probability = result.probability
    height, width = found.map.shape
    left, middle, right = st.columns(3)
    with left:
        st.image(original, width="stretch", alt=t("The part of the photo that the network sees"))
        st.caption(t("Original"))
    with middle:
        words = f"{METHODS[asked.method].name} {t('map for')} {label}"
        st.image(heat, width="stretch", output_format="PNG", alt=words)
        cells = (
            t("Map: {height} × {width} pixels, up to {peak:.3g}")
            if found.stage == PIXELS
            else t("Map: {height} × {width} cells")
        )
        st.caption(cells.format(height=height, width=width, peak=found.peak))
    with right:
        st.image(over, width="stretch", alt=t("The map over the photo"))
        st.caption(
            t("Overlay for **{label}**, {probability:.1%}").format(
                label=as_markdown(label), probability=probability
            )
        )
    words = t("evidence against the class") if asked.against else t("evidence for the class")
    scale = Scale(look.colour_map, "0", _top_label(found), words)
    show_scale(scale)
    if found.is_empty:
        st.info(_why_empty(asked, label))
    method = asked.words if whole else t("{method}, stopped on the way").format(method=asked.words)
    caption = subject.caption(result.target, probability, stage, method)
    name = f"{asked.method}-{label.replace(' ', '-').replace('/', '-')}-{stage.replace(' ', '')}"
    with st.container(horizontal=True):
        save_button(
            t("Download as PNG"),
            lambda: sheet(panels.pictures, caption.lines, scale),
            f"{name}.png",
            key="p_save",
        )
        save_button(
            t("Numbers as JSON"),
            lambda: numbers_json(caption, {"map": found.map.tolist()}),
            f"{name}.json",
            key="p_json",
        )


def _why_empty(asked: Asked, label: str) -> str:
    words = prose("predict_empty_map").format(
        label=as_markdown(label), stage=stage_label(asked.stage), side=asked.side
    )
    if asked.against and METHODS[asked.method].one_sided:
        one_sided = t(
            "{method} weighs by nothing negative: only negative values of the stage's output could speak "
            "against a class, and after a ReLU there are none."
        )
        words += " " + one_sided.format(method=METHODS[asked.method].name)
    return words


def _draw(found: Evidence, seen: Image.Image, look: Look) -> _Panels:
    original = enlarged(seen)
    heat, over = layers(found, original, look)
    return _Panels([original, heat, over], (jpeg_bytes(original), png_bytes(heat), jpeg_bytes(over)))


def enlarged(seen: Image.Image) -> Image.Image:
    """What the network saw, as a square of `SIDE` pixels."""
    return seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def layers(found: Evidence, original: Image.Image, look: Look) -> tuple[Image.Image, Image.Image]:
    """The coloured map of a square of `SIDE` pixels, and the map over it."""
    heat = heat_picture(found.map.numpy(), (SIDE, SIDE), look.colour_map, look.smooth, top_value(found))
    return heat, overlay(original, heat, look.alpha)


def top_value(found: Evidence) -> float:
    """The value of the brightest colour: the largest or, of many pixels, one that few are above."""
    if found.stage != PIXELS:
        return found.peak
    return float(found.map.quantile(BRIGHT)) or found.peak


def _top_label(found: Evidence) -> str:
    top = top_value(found)
    return f"{top:.3g}" if top == found.peak else f"≥ {top:.3g}"


def show_scale(scale: Scale) -> None:
    """The labelled colour bar."""
    bar = f"flex:1;height:1rem;border-radius:0.3rem;background:{colour_bar_css(scale.colour_map)}"
    st.html(
        "<div style='display:flex;align-items:center;gap:0.8rem;font-size:1rem'>"
        f"<span>{escape(scale.low)}</span><div style='{bar}'></div>"
        f"<span>{escape(scale.high)}</span><span style='opacity:0.75'>{escape(scale.words)}</span></div>"
    )
