"""A convolution with numbers that can be changed, and the sum behind each cell of its output."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.html_table import Cell, Italic, html_table
from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.numbers import decimal_text
from resnet_explorer.convolution.worked_example import (
    INPUT,
    KERNEL,
    Product,
    convolve,
    products,
    resized,
)
from resnet_explorer.convolution.worked_example_svg import worked_example_svg
from resnet_explorer.ui.app.head import foot_places, picture, steps_and_settings
from resnet_explorer.ui.app.url_state import linked
from resnet_explorer.ui.widgets.cell_input import cell_input, pick_cell
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.last_good import last_good
from resnet_explorer.ui.widgets.linked_inputs import linked_number
from resnet_explorer.ui.widgets.matrix_input import matrix, matrix_input
from resnet_explorer.ui.widgets.save_button import save_button
from resnet_explorer.ui.widgets.svg_view import PLACE, show_svg

MOST_ROWS: Final = {"cv_in": 7, "cv_ker": 5}
_SUM_BESIDE: Final = 3
"""Rows of a kernel up to which the sum of a cell fits beside the tables."""


def worked_example_view(controls: DeltaGenerator) -> None:
    """The picture, its sentence, the numbers to edit, and the sum of one cell.

    Args:
        controls: the room for stride and padding.
    """
    place, (said, take_home), refusal = picture(), foot_places(), st.container()
    with take_home:
        steps, settings = steps_and_settings()
    values = linked("cv_in", INPUT, matrix(MOST_ROWS["cv_in"]))
    kernel = linked("cv_ker", KERNEL, matrix(MOST_ROWS["cv_ker"]))
    with settings:
        _sides()
    chosen = (values, kernel, *_stride_and_padding(controls))
    with refusal:
        (values, kernel, stride, padding), output = last_good(
            "_cv_example_shown", convolve, chosen, (INPUT, KERNEL, 1, 0)
        )
    with settings:
        row, column = cell_input("cv_t", (output.shape[0], output.shape[1]), steps=steps)
    with place:
        show_svg(
            worked_example_svg(values, kernel, output, stride, padding, row, column),
            "cv_toy",
            on_pick=lambda part: pick_cell("cv_t", part),
            height=PLACE,
        )
    said.markdown(
        t(
            "Row {row}, column {column} of the output is **{total}**, the sum of the kernel times what lies "
            "under it: click another cell."
        ).format(row=row, column=column, total=decimal_text(float(output[row, column])))
    )
    save_button(
        t("SVG"),
        lambda: worked_example_svg(values, kernel, output, stride, padding, row, column, standalone=True),
        "convolution.svg",
        key="cv_toy_save",
        place=take_home,
    )
    st.markdown(prose("convolution_worked_example"))
    if max(len(kernel), len(values) - 2) <= _SUM_BESIDE:
        read, weights, sum_ = st.columns([1.3, 0.9, 1.4], gap="medium")
    else:
        read, weights = st.columns([1.4, 1], gap="medium")
        sum_ = st.container()
    with read:
        matrix_input("cv_in", t("Input: change a number"))
    with weights:
        matrix_input("cv_ker", t("Kernel"))
    with sum_:
        st.markdown(t("**Row {row}, column {column} of the output**").format(row=row, column=column))
        st.html(_sum(products(values, kernel, stride, padding, row, column), float(output[row, column])))


def _sides() -> None:
    """Sizes of input and kernel, which are those of their numbers."""
    for key, label in (("cv_in", t("Rows of the input")), ("cv_ker", t("Rows of the kernel"))):
        side = f"{key}_side"
        st.session_state[side] = len(st.session_state[key])
        st.number_input(label, 1, MOST_ROWS[key], **keeping_value(side, on_change=_resize, args=(key,)))


def _stride_and_padding(controls: DeltaGenerator) -> tuple[int, int]:
    numbers = []
    for key, label, low, high, default in (
        ("cv_tstride", t("stride"), 1, 3, 1),
        ("cv_tpad", t("padding"), 0, 2, 0),
    ):
        numbers.append(
            linked_number(
                key, label, low, high, default=default, at=controls, width=136, label_visibility="collapsed"
            )
        )
        controls.markdown(label, width="content")
    return numbers[0], numbers[1]


def _resize(key: str) -> None:
    st.session_state[key] = resized(st.session_state[key], st.session_state[f"{key}_side"])


def _sum(lines: tuple[tuple[Product, ...], ...], result: float) -> str:
    """The products of one cell, a line for each row of the kernel; paler those of the padding."""
    rows: list[tuple[Cell | str, ...]] = []
    for number, line in enumerate(lines):
        terms = [Italic(each.text) if each.in_padding else each.text for each in line]
        parts = [part for term in terms for part in (" + ", term)][1:]
        subtotal = decimal_text(sum(each.value * each.weight for each in line))
        rows.append((Cell((("+ " if number else "", *parts),)), subtotal))
    rows.append(("", f"= {decimal_text(result)}"))
    return html_table(rows, kind="sums products")
