"""Grad-CAM on the page: its controls, and original, map and overlay side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import (
    COLOUR_MAPS,
    UNEVEN_COLOUR_MAPS,
    Caption,
    colour_bar_css,
    heat_picture,
    jpeg_bytes,
    overlay,
    png_bytes,
    sheet,
)
from resnet_explorer.spec import title
from resnet_explorer.ui.linked import linked, number, one_of
from resnet_explorer.ui.remembered import remembered

if TYPE_CHECKING:
    from resnet_explorer.gradcam import GradCam
    from resnet_explorer.weights import Weights

BETWEEN: Final = {"smooth": "Smooth", "cells": "True cells"}
_STAGES: Final = "_p_stages"
_PANELS: Final = "_p_panels"
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
    """The name of a stage by its number; 0 is the stem."""
    return t("stage {number}").format(number=stage) if stage else t("stem")


def look_input() -> Look:
    """Opacity, colours, and cells or smooth."""
    linked("p_alpha", 0.5, number(0, 1))
    linked("p_map", COLOUR_MAPS[0], one_of(COLOUR_MAPS))
    linked("p_cells", "smooth", one_of(BETWEEN))
    alpha = st.slider(t("Opacity"), 0.0, 1.0, step=0.05, key="p_alpha", persist_state="session")
    colour_map = st.selectbox(t("Colours"), COLOUR_MAPS, key="p_map", persist_state="session")
    if colour_map in UNEVEN_COLOUR_MAPS:
        st.caption(t("This one shows edges that are not in the map; the first four are even."))
    cells = st.segmented_control(
        t("Between the cells"),
        list(BETWEEN),
        required=True,
        format_func=lambda name: t(BETWEEN[name]),
        key="p_cells",
        persist_state="session",
    )
    return Look(alpha, colour_map, cells == "smooth")


def show_evidence(
    result: GradCam, seen: Image.Image, look: Look, weights: Weights, label: str, stage: str
) -> None:
    """The three pictures with their scale, and the download.

    Args:
        result: the pass.
        seen: the part of the photo that the network looked at, at the photo's resolution.
        look: how to draw.
        weights: for the caption.
        label: the name of the class.
        stage: the name of the stage.
    """
    panels = remembered(_PANELS, (result, look), lambda: _draw(result, seen, look))
    original, heat, over = panels.files
    probability = float(result.prediction.probabilities[result.target])
    height, width = result.map.shape
    left, middle, right = st.columns(3)
    with left:
        st.image(original, width="stretch", alt=t("The part of the photo that the network sees"))
        st.caption(t("Original"))
    with middle:
        st.image(heat, width="stretch", alt=t("Grad-CAM map for") + " " + label)
        st.caption(t("Map: {height} × {width} cells").format(height=height, width=width))
    with right:
        st.image(over, width="stretch", alt=t("The map over the photo"))
        st.caption(
            t("Overlay for **{label}**, {probability:.1%}").format(label=label, probability=probability)
        )
    _scale(look.colour_map, result.peak)
    if result.is_empty:
        st.info(prose("predict_empty_map").format(label=label, stage=stage))
    caption = Caption(title(weights.spec), weights.label, label, probability, stage)
    st.download_button(
        t("Download as PNG"),
        lambda: sheet(panels.pictures, caption, look.colour_map, result.peak),
        file_name=f"gradcam-{label.replace(' ', '-').replace('/', '-')}-{stage.replace(' ', '')}.png",
        mime="image/png",
        icon="⬇️",
        on_click="ignore",
        key="p_save",
    )


def _draw(result: GradCam, seen: Image.Image, look: Look) -> _Panels:
    original = seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    heat = heat_picture(result.map.numpy(), (SIDE, SIDE), look.colour_map, look.smooth)
    over = overlay(original, heat, look.alpha)
    return _Panels([original, heat, over], (jpeg_bytes(original), png_bytes(heat), jpeg_bytes(over)))


def _scale(colour_map: str, peak: float) -> None:
    """The labelled colour bar."""
    st.html(
        "<div style='display:flex;align-items:center;gap:0.8rem;font-size:1rem'>"
        "<span>0</span>"
        f"<div style='flex:1;height:1rem;border-radius:0.3rem;background:{colour_bar_css(colour_map)}'></div>"
        f"<span>{peak:.3g}</span><span style='opacity:0.75'>{t('evidence for the class')}</span></div>"
    )
