"""The film strip: the same evidence at every stage, side by side, from fine cells to coarse ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.ui.evidence import Asked, Look, enlarged, layers, stage_label
from resnet_explorer.ui.remembered import remembered

if TYPE_CHECKING:
    from resnet_explorer.cam import Evidence
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
    frames = remembered(_STRIP, (result, everywhere, look), lambda: _draw(result, everywhere, seen, look))
    for column, (found, picture) in zip(st.columns(len(frames)), frames, strict=True):
        height, width = found.map.shape
        name = stage_label(found.stage)
        with column:
            colour = STAGE_COLOURS[name]
            st.html(f"<div style='height:0.45rem;border-radius:0.3rem;background:{colour}'></div>")
            st.button(
                name,
                key=f"p_strip_{found.stage}",
                type="primary" if found.stage == asked.stage else "secondary",
                width="stretch",
                on_click=_choose,
                args=(found.stage,),
            )
            st.image(picture, width="stretch", alt=t("The map of {stage} over the photo").format(stage=name))
            st.caption(
                t("{height} × {width} cells, up to {peak:.3g}").format(
                    height=height, width=width, peak=found.peak
                )
            )


def _choose(stage: int) -> None:
    st.session_state["p_stage"] = stage


def _draw(result: StagePass, asked: Asked, seen: Image.Image, look: Look) -> list[tuple[Evidence, bytes]]:
    """The map of each stage, and the overlay as a file."""
    original = enlarged(seen)
    maps = [replace(asked, stage=output.stage).evidence(result) for output in result.outputs]
    return [(found, jpeg_bytes(layers(found, original, look)[-1])) for found in maps]
