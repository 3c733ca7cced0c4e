"""A convolution with numbers that can be changed, and the sum behind each cell of its output."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.toy_convolution import INPUT, KERNEL, Product, convolve, number_text, products, resized
from resnet_explorer.toy_picture import toy_svg
from resnet_explorer.ui.cell_input import cell_input, pick_cell
from resnet_explorer.ui.linked import linked, whole
from resnet_explorer.ui.matrix_input import linked_matrix, matrix_input
from resnet_explorer.ui.save import save_button
from resnet_explorer.ui.svg import show_svg

MOST_ROWS: Final = {"cv_in": 7, "cv_ker": 5}
_SUM_BESIDE: Final = 3
"""Rows of a kernel up to which the sum of a cell fits beside the tables."""
_SHOWN: Final = "_cv_toy_shown"


def toy_view() -> None:
    """The picture, the numbers to edit, and the sum of one cell."""
    st.markdown(prose("convolution_toy"))
    values = linked_matrix("cv_in", INPUT, MOST_ROWS["cv_in"])
    kernel = linked_matrix("cv_ker", KERNEL, MOST_ROWS["cv_ker"])
    stride, padding = _numbers()
    try:
        output = convolve(values, kernel, stride, padding)
        st.session_state[_SHOWN] = (values, kernel, stride, padding)
    except ValueError as error:
        st.warning(str(error))
        values, kernel, stride, padding = st.session_state.get(_SHOWN, (INPUT, KERNEL, 1, 0))
        output = convolve(values, kernel, stride, padding)
    row, column = cell_input("cv_t", (output.shape[0], output.shape[1]))
    show_svg(
        toy_svg(values, kernel, output, stride, padding, row, column),
        "cv_toy",
        on_pick=lambda part: pick_cell("cv_t", part),
        shrink=0.5,
        magnify=1.15,
    )
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
        _sum(products(values, kernel, stride, padding, row, column), float(output[row, column]))
    save_button(
        t("Download as SVG"),
        lambda: toy_svg(values, kernel, output, stride, padding, row, column, standalone=True),
        "convolution.svg",
        key="cv_toy_save",
    )


def _numbers() -> tuple[int, int]:
    """Sizes of input and kernel, which are those of their numbers; stride and padding."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    for key, label in (("cv_in", t("Rows of the input")), ("cv_ker", t("Rows of the kernel"))):
        side = f"{key}_side"
        st.session_state[side] = len(st.session_state[key])
        row.number_input(label, 1, MOST_ROWS[key], key=side, width=180, on_change=_resize, args=(key,))
    stride = linked("cv_tstride", 1, whole(1, 3))
    padding = linked("cv_tpad", 0, whole(0, 2))
    row.number_input(t("Stride"), 1, 3, key="cv_tstride", width=180, persist_state="session")
    row.number_input(t("Padding"), 0, 2, key="cv_tpad", width=180, persist_state="session")
    return stride, padding


def _resize(key: str) -> None:
    st.session_state[key] = resized(st.session_state[key], st.session_state[f"{key}_side"])


def _sum(lines: tuple[tuple[Product, ...], ...], result: float) -> None:
    texts = []
    for number, line in enumerate(lines):
        terms = " + ".join(f"<i>{each.text}</i>" if each.in_padding else each.text for each in line)
        subtotal = number_text(sum(each.value * each.weight for each in line))
        texts.append(f"<tr><td>{'+ ' if number else ''}{terms}</td><td>{subtotal}</td></tr>")
    st.html(
        "<style>.products td:last-child { text-align: right; padding-right: 0; } "
        ".products i { opacity: 0.55; } .products tr:last-child td { border-top: 2px solid currentColor; }"
        f"</style><table class='sums products'>{''.join(texts)}"
        f"<tr><td></td><td><b>= {number_text(result)}</b></td></tr></table>"
    )
