"""Calibration: against a table by hand, against scikit-learn, and not believed when it cannot be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax
from sklearn.calibration import calibration_curve

from resnet_explorer.weights.calibration import (
    Bin,
    Calibration,
    calibrate_temperature,
    from_json,
    measure_calibration,
    to_json,
)

Array = NDArray[np.float64]


def drawn(photos: int = 4000, temperature: float = 1.0) -> tuple[Array, Array]:
    """Logits, and labels drawn from their softmax: believed rightly at a temperature of 1."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2.5, (photos, 6))
    cumulative = softmax(logits, axis=1).cumsum(axis=1)
    labels = (rng.random((photos, 1)) > cumulative).sum(axis=1)
    return logits * temperature, np.minimum(labels, 5)


def test_a_table_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.45, 0.55], [0.0, 1.0]])
    table = measure_calibration(probabilities, [0, 1, 1, 0, 1], bins=4)
    assert [(each.low, each.high, each.count, each.right) for each in table.bins] == [
        (0, 0.25, 0, 0),
        (0.25, 0.5, 0, 0),
        (0.5, 0.75, 2, 1),
        (0.75, 1.0, 3, 2),
    ]
    assert [each.confidence for each in table.bins] == pytest.approx([0, 0, 0.575, 0.9])
    assert table.expected_error == pytest.approx(2 / 5 * abs(0.5 - 0.575) + 3 / 5 * abs(2 / 3 - 0.9))


def test_the_table_is_that_of_scikit_learn() -> None:
    logits, labels = drawn()
    probabilities = softmax(logits, axis=1)
    is_right = probabilities.argmax(axis=1) == labels
    shares, means = calibration_curve(is_right, probabilities.max(axis=1), n_bins=15)
    found = [each for each in measure_calibration(probabilities, labels, 15).bins if each.count]
    assert [each.right / each.count for each in found] == pytest.approx(list(shares))
    assert [each.confidence for each in found] == pytest.approx(list(means))


def test_tensors_are_taken_too() -> None:
    logits, labels = drawn(200)
    probabilities = softmax(logits, axis=1)
    tensors = measure_calibration(torch.tensor(probabilities), torch.tensor(labels))
    assert tensors == measure_calibration(probabilities, labels)


def table(*bins: tuple[int, int]) -> Calibration:
    """Bins of one width with so many answers, so many of them right."""
    width = 1 / len(bins)
    return Calibration(
        tuple(
            Bin(place * width, (place + 1) * width, count, right, (place + 0.5) * width)
            for place, (count, right) in enumerate(bins)
        )
    )


@pytest.mark.parametrize(
    ("bins", "threshold"),
    [
        (
            [(100, 10), (100, 30), (100, 60), (100, 99)],
            0.5,
        ),  # 100 of 300 below 0.75, but 60 of 100 just below
        ([(100, 10), (20, 5), (100, 40), (100, 99)], 0.75),
        ([(100, 10), (20, 5), (20, 5), (100, 99)], 0.25),  # of twenty nobody can say
        ([(100, 60), (100, 70), (100, 80), (100, 90)], 0.0),
        ([(100, 60), (100, 30), (300, 200), (100, 95)], 0.5),  # 90 of 200
        ([(100, 80), (100, 30), (100, 90), (100, 95)], 0.0),  # 110 of 200
        ([(0, 0), (0, 0), (100, 50), (100, 95)], 0.0),  # half are not fewer than half
        ([(0, 0), (0, 0), (100, 49), (100, 20)], 1.0),
    ],
)
def test_below_the_threshold_fewer_than_half_are_right(bins: list[tuple[int, int]], threshold: float) -> None:
    assert table(*bins).unsure_below == threshold


def test_a_share_needs_enough_answers() -> None:
    found = table((29, 10), (30, 12), (100, 60), (200, 180))
    assert found.share_right(0.1) is None
    assert found.share_right(0.25) == found.share_right(0.49) == 0.4
    assert found.share_right(1.0) == 0.9
    assert Calibration(()).share_right(0.4) is None


@pytest.mark.parametrize("wrong", [0.5, 2.0])
def test_the_temperature_undoes_what_was_done(wrong: float) -> None:
    logits, labels = drawn(temperature=wrong)
    assert calibrate_temperature(torch.tensor(logits), torch.tensor(labels)) == pytest.approx(wrong, rel=0.08)


def test_no_temperature_nearby_fits_better() -> None:
    logits, labels = drawn(temperature=3.0)

    def loss(temperature: float) -> float:
        return float(-log_softmax(logits / temperature, axis=1)[np.arange(len(labels)), labels].mean())

    best = calibrate_temperature(logits, labels)
    assert loss(best) <= min(loss(best * 0.99), loss(best * 1.01), loss(1.0))
    assert measure_calibration(softmax(logits / best, axis=1), labels).expected_error < 0.03
    assert measure_calibration(softmax(logits, axis=1), labels).expected_error > 0.1


def test_a_table_comes_back_from_json() -> None:
    logits, labels = drawn(500)
    found = measure_calibration(softmax(logits, axis=1), labels)
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


GOOD = {"low": 0.0, "high": 0.5, "count": 10, "right": 4, "confidence": 0.3}


@pytest.mark.parametrize(
    "changed",
    [
        {"low": float("nan")},
        {"high": float("inf")},
        {"high": 1.5},
        {"low": -0.1},
        {"low": 0.6},
        {"low": None},
        {"low": "0"},
        {"low": False},
        {"high": 10**400},
        {"count": -1, "right": -1},
        {"count": 3},
        {"count": 10.0},
        {"count": True, "right": 0},
        {"count": 10**400},
        {"right": None},
        {"confidence": 2},
    ],
    ids=str,
)
def test_a_bin_that_cannot_be_is_refused(changed: dict[str, Any]) -> None:
    assert from_json({"bins": [GOOD]}).bins == (Bin(0, 0.5, 10, 4, 0.3),)
    with pytest.raises(ValueError, match="calibration"):
        from_json({"bins": [GOOD | changed]})


@pytest.mark.parametrize("value", [None, [], {}, {"bins": []}, {"bins": [1]}, {"bins": [GOOD] * 101}, 3, "x"])
def test_a_table_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="calibration"):
        from_json(value)


def test_bins_must_be_in_order() -> None:
    after = GOOD | {"low": 0.5, "high": 1.0}
    assert len(from_json({"bins": [GOOD, after]}).bins) == 2
    with pytest.raises(ValueError, match="not in order"):
        from_json({"bins": [after, GOOD]})
