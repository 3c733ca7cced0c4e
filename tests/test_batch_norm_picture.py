"""The steps as a picture: one row each, with the very numbers of the pass."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.batch_norm import Affine, Running, evaluate, train, with_bias
from resnet_explorer.batch_norm_picture import (
    bias_rows,
    bracketed,
    cell_text,
    evaluation_rows,
    number_text,
    rows_svg,
    training_rows,
)

X = np.arange(1.0, 9.0).reshape(2, 1, 2, 2)
LAYER = Affine(np.array([2.0]), np.array([-1.0]))


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_training_has_five_rows_with_their_sums() -> None:
    rows = training_rows(X, 0, LAYER, train(X, LAYER))
    assert [row.label for row in rows] == ["x", "x − μ", "(x − μ)²", "x̂ = … / √(σ² + ε)", "y = γ · x̂ + β"]
    assert rows[0].results == ("sum 36", "μ = 36 / 8 = 4.5")
    assert rows[2].results == ("sum 42", "σ² = 42 / 8 = 5.25")
    assert rows[3].results == ("√(5.25 + 1e-05) = 2.291", "mean 0, variance 1")
    assert rows[4].results == ("2 · x̂ + (−1)", "mean −1, variance 4")
    shown = texts(rows_svg(rows, "#2b8cd6", "Channel 1"))
    assert shown[:2] == ["image 1", "image 2"]
    assert {"−3.5", "12.25", "6.25"} <= set(shown)


def test_evaluation_reckons_nothing_from_the_batch() -> None:
    running = Running(np.array([3.0]), np.array([4.0]))
    rows = evaluation_rows(X, 0, LAYER, evaluate(X, running, LAYER))
    assert rows[0].results[1] == "running μ = 3"
    assert rows[1].results == ("every number − 3", "running σ² = 4")
    assert rows[1].values[0, 0, 0] == -2
    assert len(texts(rows_svg(rows, "#2b8cd6", "Channel 1"))) == 2 + 4 + 4 * 8 + 8


def test_a_bias_is_gone_after_the_subtraction() -> None:
    before, after = train(X, LAYER), train(with_bias(X, 0, 2.5), LAYER)
    rows = bias_rows(X, 0, 2.5, LAYER, before, after)
    assert rows[0].results == ("μ = 4.5 + 2.5 = 7",)
    assert np.allclose(rows[1].values, before.centred[:, 0])
    assert rows[3].results == ("largest difference 0",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.5, "4.5"),
        (-0.0, "0"),
        (1 / 3, "0.3333"),
        (-12345.6, "−12,346"),
        (0.00088765, "0.000888"),
        (0.0005**2, "2.5e−07"),
        (1e-9, "0"),
        (123456.0, "123,456"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


def test_a_negative_number_is_bracketed_in_a_sum() -> None:
    assert bracketed(-3) == "(−3)" and bracketed(3) == "3"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.5**2, "12.25"),
        (123.4, "123.4"),
        (1000.0, "1000"),
        (-1018.6751, "−1019"),
        (0.001, "0.001"),
        (-0.00875, "−8.8e−3"),
        (0.00125, "0.00125"),
        (-1.5275252, "−1.53"),
        (0.0125**2, "1.6e−4"),
        (962938.6, "9.6e5"),
        (-3162277.66, "−3.2e6"),
        (0.1 + 0.2 - 0.3, "0"),
        (-0.0, "0"),
    ],
)
def test_a_cell_shows_a_number_as_it_was_typed_or_three_of_its_digits(value: float, text: str) -> None:
    assert cell_text(value) == text


@given(st.floats(-4e7, 4e7))
def test_a_cell_has_room_for_any_number_and_is_not_far_from_it(value: float) -> None:
    text = cell_text(value)
    assert len(text.replace(".", "")) <= 6
    assert float(text.replace("−", "-")) == pytest.approx(value, rel=0.05, abs=5e-9)


def test_three_images_keep_their_type_large_with_the_results_under_each_row() -> None:
    x = np.arange(1.0, 13.0).reshape(3, 1, 2, 2)
    svg = ElementTree.fromstring(
        rows_svg(training_rows(x, 0, LAYER, train(x, LAYER)), "#2b8cd6", "Channel 1")
    )
    lines = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert "sum 78\u00a0\u00a0\u00a0μ = 78 / 12 = 6.5" in lines
    assert "sum 143\u00a0\u00a0\u00a0σ² = 143 / 12 = 11.92" in lines
    two = ElementTree.fromstring(
        rows_svg(training_rows(X, 0, LAYER, train(X, LAYER)), "#2b8cd6", "Channel 1")
    )
    assert float(svg.attrib["width"]) <= 1.05 * float(two.attrib["width"])
