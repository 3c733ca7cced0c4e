"""Take it home: the network on the screen as files, a row of buttons for each kind, made when clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.numbers import bytes_text
from resnet_explorer.common.progress import Step
from resnet_explorer.export.model_py import model_file
from resnet_explorer.export.onnx import check_size, initial_onnx
from resnet_explorer.graph.diagram import to_dot
from resnet_explorer.graph.svg import network_svg
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.spec import TORCHVISION_NAMES, ResNetSpec, preset_name, title
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER, layer_rows, to_csv, to_markdown
from resnet_explorer.ui.session.loaded_networks import torch_gate, warm_up
from resnet_explorer.ui.session.progress_job import run_with_progress
from resnet_explorer.ui.widgets.linked_inputs import linked_switch
from resnet_explorer.ui.widgets.save_button import save_button

SEED: Final = 0
"""Of the initial weights in the ONNX file."""

_PREPARED: Final = "_home_prepared"

_code = language_cache(maxsize=8)(model_file)


def model_button(p: Plan) -> None:
    """The button that saves the network as code."""
    save_button("model.py", lambda: _code(p.spec, p.input_size), "model.py", key="home_model.py")


def take_home(p: Plan, file_name: str) -> None:
    """Draw the section.

    Args:
        p: the network.
        file_name: how its files are called, without an ending.
    """
    st.header(t("Take it home"))
    _model_row(p)
    _onnx_row(p, file_name)
    _graph_row(p, file_name)
    _table_row(p, file_name)


def _model_row(p: Plan) -> None:
    left, _, text = _row()
    shown = linked_switch("home_code", t("Show model.py"), at=left)
    words = t("One file of PyTorch that runs without this app and checks its {params:,} parameters.")
    if preset_name(p.spec) in TORCHVISION_NAMES:
        words += " " + t("It can load torchvision’s weights.")
    text.markdown(words.format(params=p.params))
    if shown:
        st.code(_code(p.spec, p.input_size), "python", height=520)


def _onnx_row(p: Plan, file_name: str) -> None:
    left, busy, text = _row()
    try:
        check_size(p.spec)
    except ValueError as error:
        left.button(t("ONNX"), disabled=True, key="home_onnx", width="stretch", icon="⬇️")
        text.markdown(str(error))
        return
    slot = left.empty()
    if st.session_state.get(_PREPARED) != p.spec and slot.button(
        t("Prepare ONNX"), key="home_onnx", width="stretch", icon="⚙️"
    ):
        st.session_state[_PREPARED] = p.spec
    if st.session_state.get(_PREPARED) == p.spec:
        with busy:  # beside the button: nothing moves
            _, is_ready = run_with_progress(
                "_home_onnx", (p.spec,), lambda: _prepare(p.spec), t("Writing ONNX")
            )
        if is_ready:
            _download(slot, "ONNX", lambda: _prepared(p.spec), f"{file_name}.onnx")
    text.markdown(
        t(
            "For onnxruntime, Netron and others: {size}, any batch, height and width. "
            "The weights are the initial ones of seed {seed}."
        ).format(size=bytes_text(BYTES_PER_NUMBER * p.params), seed=SEED)
    )


def _graph_row(p: Plan, file_name: str) -> None:
    left, right, text = _row()
    _download(left, "SVG", lambda: _picture(p), f"{file_name}-graph.svg")
    _download(right, "DOT", lambda: to_dot(p), f"{file_name}.dot")
    text.markdown(t("The graph, equal blocks folded. Unfold it, and get a PNG, on the Shortcuts page."))


def _table_row(p: Plan, file_name: str) -> None:
    left, right, text = _row()
    _download(left, "CSV", lambda: to_csv(layer_rows(p)), f"{file_name}-layers.csv")
    _download(right, "Markdown", lambda: to_markdown(layer_rows(p)), f"{file_name}-layers.md")
    text.markdown(
        t("The table of all {layers:,} layers: shapes, parameters, MACs.").format(layers=len(p.layers))
    )


def _row() -> list[st.delta_generator.DeltaGenerator]:
    return st.columns([1.1, 1.1, 3.4], vertical_alignment="center", gap="medium")


def _download(
    place: st.delta_generator.DeltaGenerator, label: str, make: Callable[[], str | bytes], file_name: str
) -> None:
    save_button(label, make, file_name, place=place, key=f"home_{label}", width="stretch")


def _picture(p: Plan) -> str:
    return network_svg(p, heading=title(p.spec), standalone=True).svg


def _prepare(spec: ResNetSpec) -> Iterator[Step[bool]]:
    """Write the file, as a piece of long work; the session does not keep it."""
    _onnx(spec)
    yield Step(1, 1, True)


def _prepared(spec: ResNetSpec) -> bytes:
    """The file; it is written again if somebody else's took its place."""
    with torch_gate():
        return _onnx(spec)


@st.cache_resource(show_spinner=False, max_entries=1)
def _onnx(spec: ResNetSpec) -> bytes:
    """The file, kept for the click that follows."""
    warm_up("resnet_explorer.model.resnet")
    return initial_onnx(spec, SEED)
