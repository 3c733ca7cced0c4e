"""The network of a run to use: on the pages of the photo lab, and as files, made when asked for."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown, for_spreadsheet, spreadsheet_file
from resnet_explorer.export.onnx import check_size
from resnet_explorer.finetune.runs.downloads import (
    check_network,
    network_file,
    network_onnx,
    network_path,
    run_bundle,
)
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.training.run_folder import CLASS_INDICES, NETWORK, PREDICTIONS
from resnet_explorer.training.run_folder import LOG
from resnet_explorer.ui.app.menu_bar import page_link
from resnet_explorer.ui.app.page_list import TRUST
from resnet_explorer.ui.finetune.runs.actions import open_on_predict
from resnet_explorer.ui.widgets.save_button import save_button


def show_use(run: RunEntry, starts: dict[str, str]) -> None:
    """The ways to use its network.

    Args:
        run: the run.
        starts: what people read of trained networks, by their keys.
    """
    st.subheader(t("Use it"))
    if run.is_example:
        st.info(t("The example ships without its network, which has 45 MB; your own runs have theirs here."))
        _other_files(run)
        return
    if network_path(run) is None:
        st.info(t("Its network is here after its first epoch."))
        _other_files(run)
        return
    try:
        check_network(run)
    except ValueError as refusal:
        st.error(as_markdown(str(refusal), 400))
        _other_files(run)
        return
    weights = run.weights
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/photo_camera:"
        if weights and st.button(t("Open on Predict"), key="ru_open", icon=icon, type="primary"):
            open_on_predict(weights.key)
        page_link(TRUST, t("Can it be trusted?"))
    if weights is None:
        st.caption(
            t("It stands on Predict when the run has ended.")
            if run.alive or not run.status.weights
            else t("Somebody removed it from Predict; the files below hold it.")
        )
    _files(run, starts)
    st.caption(prose("runs_files"))


def _files(run: RunEntry, starts: dict[str, str]) -> None:
    """A button for each file."""
    name = re.sub(r"[^a-z0-9]+", "-", run.config.label.lower()).strip("-")[:40] or "network"
    row = st.container(horizontal=True)
    with row:
        save_button(t("Bundle (ZIP)"), lambda: run_bundle(run, starts), f"{name}.zip", key="ru_bundle")
        save_button("network.safetensors", lambda: network_file(run), NETWORK, key="ru_network")
        with suppress(ValueError):  # too large for ONNX
            check_size(run.config.spec)
            save_button("ONNX", lambda: network_onnx(run), f"{name}.onnx", key="ru_onnx")
    _other_files(run, row)


def _other_files(run: RunEntry, place: DeltaGenerator | None = None) -> None:
    """A button for each file beside the network that is there."""
    with place or st.container(horizontal=True):
        for file in (CLASS_INDICES, LOG, PREDICTIONS):
            path = run.folder / file
            if path.is_file():
                save_button(file, partial(as_saved, path), file, key=f"ru_{path.stem}")


def as_saved(path: Path) -> str:
    """Of a file of the run; of a table, as a spreadsheet opens it: names are no formulas."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".csv":
        return text
    table = io.StringIO()
    rows = csv.reader(io.StringIO(text, newline=""))
    csv.writer(table, lineterminator="\n").writerows(map(for_spreadsheet, row) for row in rows)
    return spreadsheet_file(table.getvalue())
