"""The network of a run to use: on the pages of the photo lab, and as files, made when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.export.onnx_file import check_size
from resnet_explorer.finetune.log import LOG
from resnet_explorer.finetune.run_folder import CLASS_INDICES, NETWORK, PREDICTIONS
from resnet_explorer.finetune.run_take_home import (
    check_network,
    network_file,
    network_onnx,
    network_path,
    run_bundle,
)
from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.i18n import prose, t
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.frame import page_link
from resnet_explorer.ui.network import choose_weights, link_parameters
from resnet_explorer.ui.pages import TRUST
from resnet_explorer.ui.save import save_button


def show_use(run: RunEntry, starts: dict[str, str]) -> None:
    """The ways to use its network.

    Args:
        run: the run.
        starts: what people read of trained networks, by their keys.
    """
    st.subheader(t("Use it"))
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
        if weights and st.button(
            t("Open on Predict"), key="ru_open", icon=":material/photo_camera:", type="primary"
        ):
            open_on_predict(weights.key)
        page_link(TRUST, t("Can it be trusted?"))
    if weights is None:
        st.caption(
            t("It stands on Predict when the run has ended.")
            if run.alive or not run.state.weights
            else t("Somebody removed it from Predict; the files below hold it.")
        )
    _files(run, starts)
    st.caption(prose("runs_files"))


def open_on_predict(key: str) -> None:
    """Go to the Predict page with a network of one's own, which is the session's from now on."""
    choose_weights(key)
    st.switch_page("pages/predict.py", query_params=link_parameters())


def _files(run: RunEntry, starts: dict[str, str]) -> None:
    """A button for each file."""
    name = re.sub(r"[^a-z0-9]+", "-", run.story.label.lower()).strip("-")[:40] or "network"
    row = st.container(horizontal=True)
    with row:
        save_button(t("Bundle (ZIP)"), lambda: run_bundle(run, starts), f"{name}.zip", key="ru_bundle")
        save_button("network.safetensors", lambda: network_file(run), NETWORK, key="ru_network")
        if _fits_onnx(run):
            save_button("ONNX", lambda: network_onnx(run), f"{name}.onnx", key="ru_onnx")
    _other_files(run, row)


def _other_files(run: RunEntry, place: DeltaGenerator | None = None) -> None:
    """A button for each file beside the network that is there."""
    with place or st.container(horizontal=True):
        for file in (CLASS_INDICES, LOG, PREDICTIONS):
            if (run.folder / file).is_file():
                save_button(file, _reader(run, file), file, key=f"ru_{file.partition('.')[0]}")


def _reader(run: RunEntry, file: str) -> Callable[[], bytes]:
    return (run.folder / file).read_bytes


def _fits_onnx(run: RunEntry) -> bool:
    try:
        check_size(run.story.spec)
    except ValueError:
        return False
    return True
