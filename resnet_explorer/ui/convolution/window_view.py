"""The sliding window of one layer: which layer, which cell of its output, and the window behind it."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.architecture.size_steps import arithmetic, axes, skip_sentence, step_title
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.html_table import html_table
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import named
from resnet_explorer.convolution.window_svg import (
    LARGEST_KERNEL,
    free_layer,
    padding_under,
    place_lines,
    source_stage,
    unread_lines,
    unread_sentence,
    window_layers,
    window_svg,
)
from resnet_explorer.network.layers import Layer, Plan, size_text
from resnet_explorer.network.plan import MAX_INPUT
from resnet_explorer.network.spec import title
from resnet_explorer.network.window import windows
from resnet_explorer.ui.app.head import foot_places, picture, steps_and_settings
from resnet_explorer.ui.widgets.cell_input import cell_input, pick_cell
from resnet_explorer.ui.widgets.last_good import last_good
from resnet_explorer.ui.widgets.linked_inputs import linked_choice, linked_number, linked_select
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

LARGEST_STRIDE: Final = 8
_FREE: Final = (8, 3, 2, 1)


def window_view(p: Plan, controls: DeltaGenerator) -> None:
    """Picture, its sentence, and the arithmetic in words.

    Args:
        p: the network.
        controls: the room for the choice of the layer.
    """
    place, (said, take_home), refusal = picture(), foot_places(), st.container()
    with take_home:
        steps, settings = steps_and_settings()
    with settings:
        names = {"net": title(p.spec), "free": t("my own choice")}
        source = linked_choice("cv_from", t("Numbers of"), names, default="net")
    if source == "net":
        layer = _layer_of_network(p, controls)
        came_from = source_stage(p, layer)
        colours = STAGE_COLOURS[layer.stage], STAGE_COLOURS.get(came_from, LINE_GREY)
    else:
        layer = _free(controls, refusal)
        colours = STAGE_COLOURS["stage 1"], LINE_GREY
    with settings:
        cell = cell_input("cv_", (layer.out_shape[1], layer.out_shape[2]), steps=steps)
    with place:
        show_svg(
            window_svg(layer, *cell, *colours),
            "cv_glass",
            on_pick=lambda part: pick_cell("cv_", part),
            height=PLACE,
        )
    said.markdown(_sentence(layer, *cell))
    save_button(
        t("SVG"),
        lambda: window_svg(layer, *cell, *colours, standalone=True),
        f"{layer.name}-{cell[0]}-{cell[1]}.svg",
        key="cv_glass_save",
        place=take_home,
    )
    st.markdown(prose("convolution_window"))
    _words(layer, *cell)


def _sentence(layer: Layer, row: int, column: int) -> str:
    if skip_sentence(layer):
        return skip_sentence(layer)
    told = [
        t("{padding} of the {all} values under the window are padding").format(
            padding=padding_under(layer, row, column), all=layer.kernel**2
        )
    ]
    lost = unread_lines(windows(layer)[1])
    if lost:
        where = t("the padded input") if layer.padding else t("the feature map")
        told.append(t("column **{columns}** of {where} is never read").format(columns=lost, where=where))
    return t("; ").join(told) + t(".")


def _layer_of_network(p: Plan, controls: DeltaGenerator) -> Layer:
    layers = {layer.name: layer for layer in window_layers(p)}
    return layers[
        linked_select(
            "cv_layer",
            t("Layer"),
            layers,
            default="conv1",
            names=lambda name: named(name, _short_title(layers[name])),
            at=controls,
            width=400,
            label_visibility="collapsed",
        )
    ]


def _short_title(layer: Layer) -> str:
    before, after = size_text(layer.in_shape[1:]), size_text(layer.out_shape[1:])
    return t("{kernel}×{kernel}, stride {stride}, {before} → {after}").format(
        kernel=layer.kernel, stride=layer.stride, before=before, after=after
    )


def _free(controls: DeltaGenerator, refusal: DeltaGenerator) -> Layer:
    with controls.popover(t("Size, kernel, stride, padding"), key="cv_numbers"):
        numbers = (
            linked_number("cv_n", t("Height and width"), 1, MAX_INPUT, default=_FREE[0]),
            linked_number("cv_k", t("Kernel"), 1, LARGEST_KERNEL, default=_FREE[1]),
            linked_number("cv_s", t("Stride"), 1, LARGEST_STRIDE, default=_FREE[2]),
            linked_number("cv_p", t("Padding"), 0, LARGEST_KERNEL // 2, default=_FREE[3]),
        )
    with refusal:
        return last_good("_cv_free_shown", free_layer, numbers, _FREE)[1]


def _words(layer: Layer, row: int, column: int) -> None:
    here, everywhere = st.columns(2, gap="large")
    with here:
        st.header(t("Where the window stands"))
        st.markdown(
            f"### {step_title(layer)}\n\n"
            + t("At place *i*: from *i·s* to *i·s + k − 1*, counted on the padded input.")
        )
        st.html(html_table(place_lines(layer, row, column), kind="sums"))
        if layer.padding:
            st.markdown(
                t("**{padding} of {all}** values under the window are padding.").format(
                    padding=padding_under(layer, row, column), all=layer.kernel**2
                )
            )
    with everywhere:
        st.header(t("What is never read"))
        for line, window in axes(layer):
            st.html(f"<p class='sums'>{arithmetic(window)}</p>")
            st.markdown(unread_sentence(window, line))
        down, across = windows(layer)
        lost = down.size * across.size - down.read * across.read
        if skip_sentence(layer):
            st.markdown(f"**{skip_sentence(layer)}**")
        elif lost:
            st.markdown(t("{lost:,} pixels of the map are never read.").format(lost=lost))
