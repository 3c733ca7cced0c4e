"""A convolution by hand: the numbers of the guide, and those of torch."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from resnet_explorer.convolution.worked_example import (
    INPUT,
    KERNEL,
    Matrix,
    convolve,
    products,
    resized,
)
from resnet_explorer.convolution.worked_example_svg import worked_example_svg
from tests.contrast import pale_texts, strong_fills


def square(most: int) -> st.SearchStrategy[Matrix]:
    return st.integers(1, most).flatmap(
        lambda side: st.tuples(*[st.tuples(*[st.integers(-99, 99)] * side)] * side)
    )


def test_the_numbers_of_dumoulin_and_visin_fig_1_1() -> None:
    assert convolve(INPUT, KERNEL).tolist() == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]


def test_the_sum_of_a_cell_is_written_out() -> None:
    lines = products(INPUT, KERNEL, 1, 0, 0, 0)
    assert [[each.text for each in line] for line in lines] == [
        ["3 · 0", "3 · 1", "2 · 2"],
        ["0 · 2", "0 · 2", "1 · 0"],
        ["3 · 0", "1 · 1", "2 · 2"],
    ]
    corner = products(INPUT, KERNEL, 2, 1, 0, 0)
    assert [[each.in_padding for each in line] for line in corner] == [
        [True, True, True],
        [True, False, False],
        [True, False, False],
    ]


def test_a_kernel_that_does_not_fit_is_told() -> None:
    with pytest.raises(ValueError, match=r"A 3×3 kernel does not fit on the padded input of 2×2"):
        convolve(((1, 2), (3, 4)), KERNEL)


def test_negative_factors_stand_in_brackets() -> None:
    assert products(((-1.5,),), ((-2,),), 1, 0, 0, 0)[0][0].text == "(−1.5) · (−2)"


def test_a_matrix_is_cut_off_or_filled_with_zeros() -> None:
    assert resized(((1, 2), (3, 4)), 3) == ((1, 2, 0), (3, 4, 0), (0, 0, 0))
    assert resized(((1, 2), (3, 4)), 1) == ((1,),)


@given(square(7), square(5), st.integers(1, 3), st.integers(0, 2))
def test_the_output_is_torchs_and_every_cell_is_the_sum_of_its_products(
    values: Matrix, kernel: Matrix, stride: int, padding: int
) -> None:
    if len(values) + 2 * padding < len(kernel):
        with pytest.raises(ValueError, match="does not fit"):
            convolve(values, kernel, stride, padding)
        return
    ours = convolve(values, kernel, stride, padding)
    image, weights = (torch.tensor(m, dtype=torch.float64)[None, None] for m in (values, kernel))
    theirs = F.conv2d(image, weights, stride=stride, padding=padding)[0, 0].numpy()
    np.testing.assert_array_equal(ours, theirs)
    for row, column in np.ndindex(*ours.shape):
        lines = products(values, kernel, stride, padding, row, column)
        assert sum(each.value * each.weight for line in lines for each in line) == ours[row, column]


def test_the_picture_has_all_numbers_and_the_window_of_the_cell() -> None:
    output = convolve(INPUT, KERNEL, 2, 1)
    svg = ElementTree.fromstring(worked_example_svg(INPUT, KERNEL, output, 2, 1, 0, 1))
    texts = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Input 5 × 5, padded 7 × 7", "Kernel 3 × 3", "Output 3 × 3", "17", "13"} <= set(texts)
    bold = [
        text.text
        for text in svg.iter("{http://www.w3.org/2000/svg}text")
        if text.get("font-weight") == "700" and float(text.get("y") or 0) < 70
    ]
    assert not pale_texts(svg) and not strong_fills(svg), "all numbers are read in both themes"
    assert [text for text in bold if text and len(text) < 3] == ["2", "3", "4", "1"]  # columns read; column 1
