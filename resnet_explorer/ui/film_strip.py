"""The film strip: the same evidence at every stage, under the shapes that it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st
from PIL import Image

from resnet_explorer.film_picture import Cell, Frame, film_svg
from resnet_explorer.i18n import t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.plan import Plan, section_name
from resnet_explorer.receptive_field import FieldBox, field_box
from resnet_explorer.sheet import Scale, numbers_json, sheet
from resnet_explorer.ui.evidence import Asked, Look, enlarged, layers, stage_label
from resnet_explorer.ui.linked import Code, linked
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

if TYPE_CHECKING:
    from resnet_explorer.cam import Evidence
    from resnet_explorer.stage_pass import StagePass
    from resnet_explorer.ui.subject import Subject

_STRIP: Final = "_p_strip"


def film_strip(result: StagePass, asked: Asked, subject: Subject, look: Look) -> None:
    """The overlays of all stages; a click on a cell frames on the photo what the cell sees.

    Args:
        result: a pass over all stages.
        asked: by which method, and which stage is the chosen one.
        subject: what was looked at, and by whom.
        look: how to draw.
    """
    everywhere = replace(asked, stage=0)
    p = subject.weights.plan
    maps, photo, frames, panels = remembered(
        _STRIP, (result, everywhere, look), lambda: _draw(result, everywhere, subject.seen, look)
    )
    cell = _chosen_cell(maps[asked.stage])
    show_svg(film_svg(p, photo, frames, cell), "p_strip", on_pick=_pick, shrink=0.45)
    box = field_box(p, section_name(cell.stage), cell.row, cell.column)
    st.markdown(_words(p, maps[asked.stage], cell, box))
    stages = t("all stages")
    caption = subject.caption(result.target, result.probability, stages, asked.words)
    with st.container(horizontal=True):
        save_button(
            t("Strip as PNG"),
            lambda: sheet(panels, caption.lines, _each_its_own(look), [_title(found) for found in maps]),
            f"{asked.method}-strip.png",
            key="p_strip_save",
        )
        save_button(
            t("Strip as JSON"),
            lambda: numbers_json(caption, {stage_label(m.stage): m.map.tolist() for m in maps}),
            f"{asked.method}-strip.json",
            key="p_strip_json",
        )


def _draw(
    result: StagePass, asked: Asked, seen: Image.Image, look: Look
) -> tuple[list[Evidence], bytes, tuple[Frame, ...], list[Image.Image]]:
    """The map of each stage; the photo and the frames as files, and as pictures."""
    original = enlarged(seen)
    maps = [replace(asked, stage=output.stage).evidence(result) for output in result.outputs]
    panels = [layers(found, original, look)[-1] for found in maps]
    frames = tuple(
        Frame(found.stage, jpeg_bytes(panel), t("up to {peak:.3g}").format(peak=found.peak))
        for found, panel in zip(maps, panels, strict=True)
    )
    return maps, jpeg_bytes(original), frames, panels


def _chosen_cell(found: Evidence) -> Cell:
    """The cell that was clicked, if the chosen stage has it; else the one of most evidence."""
    rows, columns = found.map.shape
    usual = Cell(found.stage, *divmod(int(found.map.argmax()), columns))

    def fits(cell: Cell) -> bool:
        return cell.stage == found.stage and cell.row < rows and cell.column < columns

    asked: Cell | None = linked("p_cell", None, _cell_code(fits))
    return asked or usual


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


def _words(p: Plan, found: Evidence, cell: Cell, box: FieldBox) -> str:
    """What the chosen cell sees, and what it holds."""
    seen, there = box.rows.size * box.columns.size, p.input_size[0] * p.input_size[1]
    share = (
        t("the whole square") if seen == there else t("{part:.3g} % of it").format(part=100 * seen / there)
    )
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


def _each_its_own(look: Look) -> Scale:
    return Scale(look.colour_map, "0", t("most"), t("each stage on a scale of its own"))


def _title(found: Evidence) -> str:
    height, width = found.map.shape
    return f"{stage_label(found.stage)}: {height} × {width}, ≤ {found.peak:.3g}"
