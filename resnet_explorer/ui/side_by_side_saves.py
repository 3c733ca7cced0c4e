"""What can be taken away from the Side by side page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.photo import Photo
from resnet_explorer.sheet import Caption, Scale, sheet
from resnet_explorer.side_by_side import Answer
from resnet_explorer.side_by_side_tables import PairRow, side_by_side_json, top_rows
from resnet_explorer.spec import title
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.evidence import stage_label
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.side_by_side_scene import Scene


def show_saves(scene: Scene, pairs: Sequence[PairRow]) -> None:
    """The overlays as a sheet, the numbers, and the five likeliest classes of each network."""
    photo, names = scene.photo.name, scene.names
    stem = photo.rpartition(".")[0] or photo
    method = scene.maps.words
    with st.container(horizontal=True):
        save_button(
            t("Download as PNG"), lambda: _sheet(scene, method), f"{stem}-side-by-side.png", key="sb_png"
        )
        save_button(
            t("Numbers as JSON"),
            lambda: side_by_side_json(photo, method, names, scene.found, scene.heats, pairs),
            f"{stem}-side-by-side.json",
            key="sb_json",
        )
        save_button(
            t("Top 5 as CSV"),
            lambda: to_csv(top_rows(photo, names, scene.answers)),
            f"{stem}-top-5.csv",
            key="sb_csv",
        )


def _sheet(scene: Scene, method: str) -> bytes:
    panels = [scene.over(answer) for answer in scene.answers]
    lines = [
        line
        for name, answer in zip(scene.names, scene.answers, strict=True)
        for line in _lines(name, _caption(scene.photo, answer, method))
    ]
    scale = Scale(scene.maps.look.colour_map, "0", t("the largest value of each map"), "")
    return sheet(panels, lines, scale, scene.names)


def _lines(name: str, caption: Caption) -> tuple[str, str]:
    """What stands below for one network, under the name that is above its picture."""
    seen, made = caption.lines
    return f"{name}: {seen}", made


def _caption(photo: Photo, answer: Answer, method: str) -> Caption:
    weights = answer.looker.weights
    stage = stage_label(answer.result.outputs[0].stage)
    network = title(weights.spec)
    return Caption(network, weights.label, photo.name, answer.name, answer.probability, stage, method)
