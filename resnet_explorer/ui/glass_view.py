"""One layer under the glass: which layer, which cell of its output, and the window behind that cell."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.conv_glass import (
    LARGEST_KERNEL,
    free_layer,
    glass_svg,
    padding_under,
    place_lines,
    source_stage,
    unread_sentence,
    window_layers,
)
from resnet_explorer.i18n import prose, t
from resnet_explorer.plan import MAX_INPUT, Layer, Plan
from resnet_explorer.spec import title
from resnet_explorer.steps import arithmetic, axes, skip_sentence, step_title, windows
from resnet_explorer.ui.cell_input import cell_input, pick_cell
from resnet_explorer.ui.linked import linked, one_of, whole
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

SOURCES: Final = ("net", "free")
LARGEST_STRIDE: Final = 8
_FREE: Final = (8, 3, 2, 1)
_SHOWN: Final = "_cv_free_shown"


def glass_view(p: Plan) -> None:
    """Controls, picture, and the arithmetic in words."""
    st.markdown(prose("convolution_glass"))
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    linked("cv_from", "net", one_of(SOURCES))
    source = row.segmented_control(
        t("Numbers of"),
        SOURCES,
        required=True,
        format_func=lambda code: title(p.spec) if code == "net" else t("my own choice"),
        key="cv_from",
        persist_state="session",
    )
    if source == "net":
        layer = _layer_of_network(p, row)
        came_from = source_stage(p, layer)
        colours = STAGE_COLOURS[layer.stage], STAGE_COLOURS.get(came_from, LINE_GREY)
    else:
        layer = _free(row)
        colours = STAGE_COLOURS["stage 1"], LINE_GREY
    cell = cell_input("cv_", (layer.out_shape[1], layer.out_shape[2]))
    show_svg(
        glass_svg(layer, *cell, *colours),
        "cv_glass",
        on_pick=lambda part: pick_cell("cv_", part),
        magnify=1.15,
        tallest=800,
    )
    _words(layer, *cell)
    save_button(
        t("Download as SVG"),
        lambda: glass_svg(layer, *cell, *colours, standalone=True),
        f"{layer.name}-{cell[0]}-{cell[1]}.svg",
        key="cv_glass_save",
    )


def _layer_of_network(p: Plan, row: DeltaGenerator) -> Layer:
    layers = {layer.name: layer for layer in window_layers(p)}
    name = linked("cv_layer", "conv1", one_of(layers))
    row.selectbox(
        t("Layer"),
        list(layers),
        format_func=lambda name: f"{name} — {step_title(layers[name])}",
        key="cv_layer",
        width=540,
        persist_state="session",
    )
    return layers[name]


def _free(row: DeltaGenerator) -> Layer:
    numbers = []
    for key, label, low, high, usual in (
        ("cv_n", t("Height and width"), 1, MAX_INPUT, _FREE[0]),
        ("cv_k", t("Kernel"), 1, LARGEST_KERNEL, _FREE[1]),
        ("cv_s", t("Stride"), 1, LARGEST_STRIDE, _FREE[2]),
        ("cv_p", t("Padding"), 0, LARGEST_KERNEL // 2, _FREE[3]),
    ):
        numbers.append(linked(key, usual, whole(low, high)))
        row.number_input(label, low, high, key=key, width=128, persist_state="session")
    try:
        layer = free_layer(*numbers)
        st.session_state[_SHOWN] = tuple(numbers)
    except ValueError as error:
        st.warning(str(error))
        layer = free_layer(*st.session_state.get(_SHOWN, _FREE))
    return layer


def _words(layer: Layer, row: int, column: int) -> None:
    here, everywhere = st.columns(2, gap="large")
    with here:
        st.subheader(t("Where the window stands"))
        rows = "".join(
            f"<tr><td>{name}</td><td>{sum_}</td></tr>" for name, sum_ in place_lines(layer, row, column)
        )
        st.markdown(t("At place *i*: from *i·s − p* to *i·s − p + k − 1*."))
        st.html(f"<table class='sums'>{rows}</table>")
        under = layer.kernel**2
        if layer.padding:
            st.markdown(
                t("**{padding} of {all}** values under the window are padding.").format(
                    padding=padding_under(layer, row, column), all=under
                )
            )
    with everywhere:
        st.subheader(t("What is never read"))
        for line, window in axes(layer):
            st.html(f"<p class='sums'>{arithmetic(window)}</p>")
            st.markdown(unread_sentence(window, line))
        if skip_sentence(layer):
            st.markdown(f"**{skip_sentence(layer)}**")
        down, across = windows(layer)
        lost = down.size * across.size - down.read * across.read
        if lost and not skip_sentence(layer):
            st.markdown(t("{lost:,} pixels of the map are never read.").format(lost=lost))
