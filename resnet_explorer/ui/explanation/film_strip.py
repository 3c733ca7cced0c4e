"""The film strip: the same evidence at every stage, under the shapes that it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure, numbers_json
from resnet_explorer.explanation.film_strip_svg import Cell, Frame, film_strip_svg
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.network.layers import Plan, section_name
from resnet_explorer.network.receptive_field import field_box
from resnet_explorer.ui.app.url_state import Code, linked
from resnet_explorer.ui.explanation.evidence import MapChoice, MapStyle, enlarged, stage_label
from resnet_explorer.ui.explanation.stage_panels import stage_maps, stage_panels
from resnet_explorer.ui.session.shared_result import shared_result
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import show_svg

if TYPE_CHECKING:
    from resnet_explorer.explanation.activations_and_gradients import StagePass
    from resnet_explorer.explanation.cam import Evidence
    from resnet_explorer.ui.photos.viewed_photo import ViewedPhoto


def show_film_strip(result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle) -> None:
    """The overlays of all stages; a click on a cell frames its receptive field on the photo.

    Args:
        result: a pass over all stages.
        choice: the method, and which stage is the chosen one.
        viewed: the photo, and the network that it is of.
        style: how to draw.
    """
    any_stage = replace(choice, stage=0)  # another stage draws nothing anew
    p = viewed.weights.plan
    maps, photo, frames, panels = shared_result(
        "_p_strip", (result, any_stage, style), lambda: _draw(result, choice, viewed, style)
    )
    cell = _chosen_cell(maps[choice.stage])
    show_svg(film_strip_svg(p, photo, frames, cell), "p_strip", on_pick=_pick, shrink=0.45)
    st.markdown(_in_words(p, maps[choice.stage], cell))
    caption = viewed.caption(result.target, result.probability, t("all stages"), choice.words)
    bar = (
        ColourBar(style.colour_map, "0", t("most"), t("each stage on a scale of its own"))
        if style.top is None
        else ColourBar(style.colour_map, "0", f"{style.top:.3g}", t("one scale for all stages"))
    )
    sizes = [f"{m.map.shape[0]} × {m.map.shape[1]}{t(', ')}≤ {m.peak:.3g}" for m in maps]
    titles = [named(stage_label(m.stage), size) for m, size in zip(maps, sizes, strict=True)]
    with st.container(horizontal=True):
        save_button(
            t("Strip as PNG"),
            lambda: figure(panels, caption.lines, bar, titles),
            f"{choice.method}-strip.png",
            key="p_strip_save",
        )
        save_button(
            t("Strip as JSON"),
            lambda: strip_numbers(caption, maps),
            f"{choice.method}-strip.json",
            key="p_strip_json",
        )


def strip_numbers(caption: Caption, maps: Sequence[Evidence]) -> str:
    """The map of each stage in JSON, under the stage's English name."""
    return numbers_json(caption, {section_name(each.stage): each.map.tolist() for each in maps})


def _draw(
    result: StagePass, choice: MapChoice, viewed: ViewedPhoto, style: MapStyle
) -> tuple[list[Evidence], bytes, tuple[Frame, ...], list[Image.Image]]:
    """The map of each stage; the photo and the frames as files, and as pictures."""
    maps, panels = stage_maps(result, choice), stage_panels(result, choice, viewed, style)
    frames = tuple(
        Frame(found.stage, jpeg_bytes(panel), t("up to {peak:.3g}").format(peak=found.peak))
        for found, panel in zip(maps, panels, strict=True)
    )
    return maps, jpeg_bytes(enlarged(viewed.seen)), frames, panels


def _chosen_cell(found: Evidence) -> Cell:
    """The cell that was clicked, if the chosen stage has it; else the one of most evidence."""
    rows, columns = found.map.shape
    default = Cell(found.stage, *divmod(int(found.map.argmax()), columns))

    def fits(cell: Cell) -> bool:
        return cell.stage == found.stage and cell.row < rows and cell.column < columns

    chosen: Cell | None = linked("p_cell", None, _cell_code(fits))
    return chosen or default


def _cell_code(fits: Callable[[Cell], bool]) -> Code:
    """A cell as "stage.row.column"."""

    def read(text: str) -> Cell:
        found = re.fullmatch(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})", text, re.ASCII)
        if found is None:
            raise ValueError(t("allowed: stage.row.column, as in 3.2.5."))
        return Cell(*map(int, found.groups()))

    return Code(lambda cell: f"{cell.stage}.{cell.row}.{cell.column}", read, fits)


def _pick(part: str) -> None:
    """Choose the cell that was clicked, "stage:row,column", and its stage."""
    stage, row, column = map(int, re.split("[:,]", part))
    st.session_state["p_stage"], st.session_state["p_cell"] = stage, Cell(stage, row, column)


def _in_words(p: Plan, found: Evidence, cell: Cell) -> str:
    """The receptive field of the chosen cell, and the evidence in it."""
    box = field_box(p, section_name(cell.stage), cell.row, cell.column)
    pixels, of = box.rows.size * box.columns.size, p.input_size[0] * p.input_size[1]
    share = t("the whole square") if pixels == of else t("{part:.3g} % of it").format(part=100 * pixels / of)
    return t(
        "Cell ({row}, {column}) of **{stage}** sees {rows} × {columns} of the {side} × {side} pixels: "
        "{share}. Its evidence is **{value:.3g}**. Click another cell."
    ).format(
        row=cell.row,
        column=cell.column,
        stage=stage_label(cell.stage),
        rows=box.rows.size,
        columns=box.columns.size,
        side=p.input_size[0],
        share=share,
        value=float(found.map[cell.row, cell.column]),
    )
