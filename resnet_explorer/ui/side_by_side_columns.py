"""A column for each network: what it is, its map over the photo, its likeliest classes, its time."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.answer_bars import WIDTH, answer_bars
from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.i18n import prose, t
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.sheet import Scale
from resnet_explorer.short_text import as_markdown
from resnet_explorer.side_by_side import TURNS, Answer
from resnet_explorer.side_by_side_tables import header_html
from resnet_explorer.tables import bytes_text
from resnet_explorer.ui.evidence import show_scale, stage_label
from resnet_explorer.ui.networks import stored_bytes
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.side_by_side_scene import Scene
from resnet_explorer.ui.svg import show_svg

IN_A_ROW: Final = 4
"""Columns beside each other; more networks stand in rows of three."""
NARROW: Final = 280
"""Pixels of the bars' picture where columns are narrow: the smaller it is, the larger its letters."""


def show_columns(scene: Scene) -> None:
    """The networks beside each other; more than four stand in rows of three, and one alone in a row."""
    count = len(scene.answers)
    if count == 1:
        left, right = st.columns(2, gap="large")
        _show_network(scene, 0, left, right, WIDTH)
        return
    in_a_row = count if count <= IN_A_ROW else 3
    columns: list[DeltaGenerator] = []
    for number in range(count):
        if number % in_a_row == 0:
            columns = st.columns(in_a_row, gap="large" if in_a_row < IN_A_ROW else "medium")
        column = columns[number % in_a_row]
        _show_network(scene, number, column, column, WIDTH if in_a_row == 2 else NARROW)


def _show_network(
    scene: Scene, number: int, words: DeltaGenerator, picture: DeltaGenerator, width: int
) -> None:
    """One network: in one place what it is and says, in the other (or below) its map."""
    answer, name = scene.answers[number], scene.names[number]
    with words:
        st.html(header_html(answer.looker, name, scene.found.times.get(answer.looker.weights.key)))
        show_svg(
            answer_bars(answer.top(), answer.name, name, width),
            key=f"sb_bars_{number}",
            on_pick=_choose_class,
            shrink=0.5,
            magnify=1.25,
        )
    with picture:
        _show_map(scene, number, answer)


def _show_map(scene: Scene, number: int, answer: Answer) -> None:
    maps = scene.maps
    heat, picture = remembered(
        f"_sb_picture_{number}",
        (scene.photo, answer.result, scene.view, maps),
        lambda: (maps.of(answer), jpeg_bytes(scene.over(answer))),
    )
    stage = stage_label(answer.result.outputs[0].stage)
    height, width = heat.map.shape
    st.html(f"<div style='height:0.45rem;border-radius:0.3rem;background:{STAGE_COLOURS[stage]}'></div>")
    st.image(picture, width="stretch", alt=t("The map of {stage} over the photo").format(stage=stage))
    show_scale(Scale(maps.look.colour_map, "0", f"{heat.peak:.3g}", ""))
    words = t("{stage}, {height} × {width} cells, for **{label}**")
    st.markdown(words.format(label=as_markdown(answer.name), stage=stage, height=height, width=width))
    if heat.is_empty:
        side = t("against") if maps.against else t("for")
        st.caption(t("Zero everywhere: nothing here speaks {side} the class.").format(side=side))


def _choose_class(name: str) -> None:
    st.session_state["p_class"] = name


def show_how(scene: Scene) -> None:
    """How the times were taken, and where all of them looked."""
    import torch

    times = scene.found.times.values()
    if not times:
        return
    runs = sorted({timing.runs for timing in times})
    st.caption(
        prose("side_by_side_how").format(
            turns=TURNS,
            runs=runs[0] if len(runs) == 1 else f"{runs[0]}–{runs[-1]}",
            device=scene.answers[0].result.prediction.device,
            threads=torch.get_num_threads(),
            memory=bytes_text(sum(stored_bytes(each.looker.weights) for each in scene.answers)),
        )
    )
