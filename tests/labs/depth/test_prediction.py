"""The mean field's numbers by hand, and against networks that are wide for their depth."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.gradient import measure_gradient
from resnet_explorer.labs.depth.prediction import PER_LAYER, Prediction, predict, rectified
from resnet_explorer.labs.depth.signal import measure_signal


def predicted(residual: bool, **changes: object) -> Prediction:
    found = predict(DepthConfig(**changes), residual)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_rectified_gaussian() -> None:
    positive, mean, square = rectified(0, 1)
    assert (positive, square) == (0.5, 0.5)
    assert mean == pytest.approx(1 / math.sqrt(2 * math.pi))
    assert rectified(5, 0) == (1, 5, 25)
    assert rectified(50, 1)[1] == pytest.approx(50)
    assert rectified(-50, 1)[2] == pytest.approx(0)


@pytest.mark.parametrize("init", ["fan_out", "fan_in", "xavier", "normal"])
def test_a_plain_network_with_batch_norm_grows_by_yangs_rate_whatever_its_weights(init: str) -> None:
    """π / (π − 1) a layer for the squared norm: 54 layers between the ends of 56."""
    assert predicted(False, init=init).end_to_end == pytest.approx(PER_LAYER**27)
    assert predicted(False, init=init).end_to_end == pytest.approx(31_130, rel=1e-3)


def test_without_a_norm_xavier_halves_with_each_layer_and_the_padding_takes_a_little() -> None:
    gradients = predicted(False, norm="none", init="xavier").gradients
    (step,) = {round(one / other, 6) for one, other in pairwise(gradients[1:9])}
    assert step == pytest.approx(
        0.5 * (94 / 96) ** 2, abs=1e-6
    )  # two layers, of the norm; a map of 32 pixels


def test_where_a_stage_begins_the_padding_takes_less_for_the_window_moves_by_two() -> None:
    """Fan in: each layer keeps the mean square, but for the padding; the border of one side is never read."""
    found = predicted(False, depth=20, norm="none", init="fan_in")
    changes = [after / before for before, after in pairwise(found.variances)]
    assert changes[2:5] == pytest.approx([(94 / 96) ** 4, (47 / 48 * 46 / 48) ** 2, (46 / 48) ** 4])
    gradients = [before / after for before, after in pairwise(found.gradients)]
    assert [each**2 for each in gradients[2:5]] == pytest.approx(changes[2:5])


def test_a_residual_network_grows_like_a_power_and_not_exponentially() -> None:
    few, many, most = (predicted(True, depth=depth, activation="pre") for depth in (56, 110, 218))
    assert most.end_to_end / many.end_to_end == pytest.approx(many.end_to_end / few.end_to_end, rel=0.1)
    plain = [predicted(False, depth=depth).end_to_end for depth in (56, 110, 218)]
    assert plain[2] / plain[1] > 1e4 * plain[1] / plain[0]


def test_the_variance_grows_by_one_with_each_pre_activation_block_but_for_the_padding() -> None:
    variances = predicted(True, activation="pre", norm="batch").variances
    first = 0.5 - 0.5 / math.pi
    steps = [(after - before) * first for before, after in pairwise(variances[1:9])]
    assert steps == pytest.approx([(94 / 96) ** 2] * 7)


def test_branches_of_zeros_are_not_foretold() -> None:
    assert predict(DepthConfig(init="zero"), True) is None


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("activation", ["post", "pre"])
def test_wide_networks_of_few_layers_do_as_foretold(norm: str, activation: str) -> None:
    """Within a factor of three from end to end, where the product has ten factors and more."""
    changes = {"depth": 14, "width": 16, "count": 16, "norm": norm, "activation": activation}
    config = DepthConfig(images="noise", **changes)  # type: ignore[arg-type]
    gradient, signal = final_answer(measure_gradient(config)), final_answer(measure_signal(config))
    for residual, back, forward in zip((False, True), gradient.both, signal.both, strict=True):
        theory = predict(config, residual)
        assert theory is not None
        assert 1 / 3 < back.end_to_end / theory.end_to_end < 3
        assert 1 / 3 < forward.end_to_end / theory.variances[-1] < 3
