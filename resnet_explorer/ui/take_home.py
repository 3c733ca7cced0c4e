"""Take it home: the network on the screen as files, a row of buttons for each kind, made when clicked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import streamlit as st

from resnet_explorer.diagram import to_dot
from resnet_explorer.export.model_file import model_file
from resnet_explorer.export.onnx_file import check_size
from resnet_explorer.graph_svg import network_svg
from resnet_explorer.i18n import t
from resnet_explorer.plan import Plan
from resnet_explorer.spec import TORCHVISION_NAMES, ResNetSpec, preset_name, title
from resnet_explorer.tables import BYTES_PER_NUMBER, bytes_text, layer_rows, to_csv, to_markdown
from resnet_explorer.ui.linked import SWITCH, linked
from resnet_explorer.ui.networks import torch_gate, warm_up
from resnet_explorer.ui.save import save_button

SEED: Final = 0
"""Of the initial weights in the ONNX file."""

_PREPARED: Final = "_home_prepared"

_code = lru_cache(maxsize=8)(model_file)


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
    left, right, text = _row()
    _download(left, "model.py", lambda: _code(p.spec, p.input_size), "model.py")
    shown = linked("home_code", False, SWITCH)
    right.toggle(t("Show it"), key="home_code", persist_state="session")
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
        with busy, st.spinner(t("Writing ONNX …")):  # beside the button: nothing moves
            _onnx(p.spec)
        st.session_state[_PREPARED] = p.spec
    if st.session_state.get(_PREPARED) == p.spec:
        _download(slot, "ONNX", lambda: _onnx(p.spec), f"{file_name}.onnx")
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


@st.cache_resource(show_spinner=False, max_entries=1)
def _onnx(spec: ResNetSpec) -> bytes:
    """The file, kept for the click that follows."""
    warm_up("resnet_explorer.export.initial")
    from resnet_explorer.export.initial import initial_onnx

    with torch_gate():
        return initial_onnx(spec, SEED)
