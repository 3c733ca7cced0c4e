"""What the answers of a run come to: against scikit-learn's figures, and by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from resnet_explorer.finetune.evaluation.predictions import (
    Confusion,
    Predictions,
    calibration,
    class_figures,
    confusions,
    read_predictions,
)

CLASSES = ("daisy", "rose", "tulip")
ROWS = """photo,class,daisy,rose,tulip
a.jpg,daisy,0.9,0.05,0.05
b.jpg,daisy,0.2,0.7,0.1
c.jpg,rose,0.1,0.6,0.3
d.jpg,rose,0.05,0.15,0.8
e.jpg,rose,0.02,0.95,0.03
f.jpg,rose,0.0,0.1,0.9
"""


@pytest.fixture
def predictions(tmp_path: Path) -> Predictions:
    (tmp_path / "predictions.csv").write_text(ROWS)
    return read_predictions(tmp_path / "predictions.csv", CLASSES)


def random_predictions(seed: int, count: int, classes: int) -> Predictions:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(classes, 0.4), count)
    labels = rng.integers(0, classes, count)
    names = tuple(f"{number}.jpg" for number in range(count))
    return Predictions(tuple(map(str, range(classes))), names, labels, probabilities)


def test_the_file_is_read(predictions: Predictions) -> None:
    assert predictions.names == ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg")
    assert predictions.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert predictions.predicted.tolist() == [0, 1, 1, 2, 1, 2]
    assert predictions.confidences.tolist() == [0.9, 0.7, 0.6, 0.8, 0.95, 0.9]
    assert (predictions.correct, predictions.accuracy) == (3, 0.5)


def test_the_matrix_has_true_classes_in_rows(predictions: Predictions) -> None:
    assert predictions.confusion.tolist() == [[1, 1, 0], [0, 2, 2], [0, 0, 0]]
    assert confusions(predictions) == (Confusion(1, 2, 2), Confusion(0, 1, 1))


def test_the_most_confident_come_first(predictions: Predictions) -> None:
    assert predictions.mistakes() == (5, 3, 1)
    assert predictions.cell(1, 2) == (5, 3)
    assert predictions.cell(1, 1) == (4, 2)
    assert predictions.cell(2, 0) == ()


def test_the_figures_of_a_class_by_hand(predictions: Predictions) -> None:
    daisy, rose, tulip = class_figures(predictions)
    assert (daisy.precision, daisy.recall, daisy.f1, daisy.support) == (1, 0.5, pytest.approx(2 / 3), 2)
    assert (rose.precision, rose.recall, rose.support) == (pytest.approx(2 / 3), 0.5, 4)
    assert (tulip.precision, tulip.f1, tulip.support) == (0, 0, 0) and np.isnan(tulip.recall)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(2, 6))
def test_the_figures_are_scikit_learns(seed: int, count: int, classes: int) -> None:
    predictions = random_predictions(seed, count, classes)
    reference, predicted = predictions.labels, predictions.predicted
    assert predictions.accuracy == pytest.approx(accuracy_score(reference, predicted))
    for number, found in enumerate(class_figures(predictions)):
        is_it, is_called = reference == number, predicted == number
        assert found.precision == pytest.approx(
            precision_score(is_it, is_called, zero_division=np.nan), nan_ok=True
        )
        assert found.recall == pytest.approx(
            recall_score(is_it, is_called, zero_division=np.nan), nan_ok=True
        )
        assert found.f1 == pytest.approx(f1_score(is_it, is_called, zero_division=np.nan), nan_ok=True)
        assert found.support == is_it.sum() == predictions.confusion[number].sum()
    assert predictions.confusion.trace() == predictions.correct


def test_the_calibration_error_by_hand() -> None:
    # Two photos at 0.9, both right; two at 0.8, one right; one at 0.55, wrong.
    sure = np.array([0.9, 0.9, 0.8, 0.8, 0.55])
    labels = np.array([0, 0, 0, 1, 1])
    predictions = Predictions(("a", "b"), tuple("vwxyz"), labels, np.stack([sure, 1 - sure], axis=1))
    found = calibration(predictions)
    # 2/5·|1 − 0.9| + 2/5·|0.5 − 0.8| + 1/5·|0 − 0.55|
    assert found.error == pytest.approx(0.04 + 0.12 + 0.11)
    assert [(each.low, each.count) for each in found.bins if each.count] == [(0.5, 1), (0.7, 2), (0.8, 2)]
    assert math.isnan(found.bins[0].accuracy)
    assert found.worst_bin.low == 0.7
    assert (found.confidence, found.accuracy) == (pytest.approx(0.79), 0.6)
    assert found.chance == pytest.approx(math.sqrt(2 * 0.09 + 2 * 0.16 + 0.2475) / 5)
    assert found.verdict == "fair"  # 0.19 is 1.1 standard errors of so few photos


def test_a_tenth_belongs_to_the_bin_below_it() -> None:
    sure = np.arange(1, 11) / 10
    predictions = Predictions(("a",), tuple(map(str, sure)), np.zeros(10, dtype=np.int64), sure[:, None])
    assert [each.count for each in calibration(predictions).bins] == [1] * 10


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(2, 5))
def test_the_curve_is_scikit_learns(seed: int, count: int, classes: int) -> None:
    predictions = random_predictions(seed, count, classes)
    right, sure = calibration_curve(predictions.is_correct, predictions.confidences, n_bins=10)
    filled = [each for each in calibration(predictions).bins if each.count]
    assert [each.accuracy for each in filled] == pytest.approx(right.tolist())
    assert [each.confidence for each in filled] == pytest.approx(sure.tolist())
    assert sum(each.count for each in filled) == count


@pytest.mark.parametrize(
    ("sure", "verdict"), [(0.99, "overconfident"), (0.5, "fair"), (0.2, "underconfident")]
)
def test_overconfident_and_underconfident(sure: float, verdict: str) -> None:
    labels = np.arange(400) % 2 * 9  # every second one is right
    rest = np.full((400, 9), (1 - sure) / 9)
    predictions = Predictions(
        tuple("abcdefghij"), tuple(map(str, range(400))), labels, np.hstack([np.full((400, 1), sure), rest])
    )
    assert calibration(predictions).verdict == verdict


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("photo,class,daisy,rose\n", "is not of this run: its columns are others than the run's classes."),
        ("", "is not of this run: its columns are others than the run's classes."),
        (ROWS.splitlines()[0], "holds no photo."),
        (ROWS + "g.jpg,lily,1,0,0\n", "is damaged: a row of it is not as the others."),
        (ROWS + "g.jpg,rose,1,0\n", "is damaged: a row of it is not as the others."),
        (ROWS + "g.jpg\n", "is damaged: a row of it is not as the others."),
        (ROWS + "g.jpg,rose,1,0,nan\n", "is damaged: a probability of it is no number."),
    ],
)
def test_a_file_that_will_not_do_gets_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "predictions.csv").write_text(text)
    with pytest.raises(ValueError) as refusal:
        read_predictions(tmp_path / "predictions.csv", CLASSES)
    assert str(refusal.value) == f"predictions.csv {sentence}"


def test_a_missing_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^predictions\.csv cannot be read: No such file or directory\.$"):
        read_predictions(tmp_path / "predictions.csv", CLASSES)
