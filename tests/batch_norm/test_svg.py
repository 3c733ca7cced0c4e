"""The steps as a picture: one row each, with the very numbers of the pass."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from resnet_explorer.batch_norm.steps import Affine, Running, evaluate, train, with_bias
from resnet_explorer.batch_norm.svg import (
    bias_rows,
    evaluation_rows,
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


def test_evaluation_computes_nothing_from_the_batch() -> None:
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
