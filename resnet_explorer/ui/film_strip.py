"""The film strip: the same evidence at every stage, side by side, from fine cells to coarse ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.overlay import heat_picture, jpeg_bytes, overlay
from resnet_explorer.ui.evidence import SIDE, Asked, Look, stage_label
from resnet_explorer.ui.remembered import remembered

if TYPE_CHECKING:
    from resnet_explorer.stage_pass import StagePass

_STRIP: Final = "_p_strip"


def film_strip(result: StagePass, asked: Asked, seen: Image.Image, look: Look) -> None:
    """The overlays of all stages, each in the colour of its stage; a click on a name looks closer.

    Args:
        result: a pass over all stages.
        asked: by which method, and which stage is the chosen one.
        seen: the part of the photo that the network looked at.
        look: how to draw.
    """
    st.subheader(t("The same at every stage"))
    everywhere = replace(asked, stage=0)
    pictures = remembered(_STRIP, (result, everywhere, look), lambda: _draw(result, everywhere, seen, look))
    for column, output, picture in zip(st.columns(len(pictures)), result.outputs, pictures, strict=True):
        height, width = output.features.shape[1:]
        name = stage_label(output.stage)
        with column:
            colour = STAGE_COLOURS[name]
            st.html(f"<div style='height:0.45rem;border-radius:0.3rem;background:{colour}'></div>")
            st.button(
                name,
                key=f"p_strip_{output.stage}",
                type="primary" if output.stage == asked.stage else "secondary",
                width="stretch",
                on_click=_choose,
                args=(output.stage,),
            )
            st.image(picture, width="stretch", alt=t("The map of {stage} over the photo").format(stage=name))
            peak = replace(asked, stage=output.stage).evidence(result).peak
            st.caption(
                t("{height} × {width} cells, up to {peak:.3g}").format(height=height, width=width, peak=peak)
            )


def _choose(stage: int) -> None:
    st.session_state["p_stage"] = stage


def _draw(result: StagePass, asked: Asked, seen: Image.Image, look: Look) -> list[bytes]:
    original = seen.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    maps = (replace(asked, stage=output.stage).evidence(result).map.numpy() for output in result.outputs)
    heats = (heat_picture(heat, (SIDE, SIDE), look.colour_map, look.smooth) for heat in maps)
    return [jpeg_bytes(overlay(original, heat, look.alpha)) for heat in heats]
