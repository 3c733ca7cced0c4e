"""Batch normalization by hand: the figures of a small batch, and torch's own on any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from resnet_explorer.batch_norm.steps import (
    Affine,
    Array,
    Running,
    draw_batches,
    evaluate,
    running_after,
    running_rows,
    start_left,
    statistics,
    torch_sentence,
    train,
    with_bias,
)

ONE_TO_EIGHT = np.arange(1.0, 9.0).reshape(2, 1, 2, 2)
PLAIN = Affine(np.ones(1), np.zeros(1))

numbers = st.floats(-100, 100)
shapes = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
trainable = shapes.filter(lambda shape: shape[0] * shape[2] * shape[3] > 1)


@st.composite
def batches(draw: st.DrawFn) -> list[Array]:
    """Up to five batches of one shape that can be trained on."""
    shape = draw(trainable)
    return draw(st.lists(arrays(np.float64, shape, elements=numbers), min_size=1, max_size=5))


@st.composite
def layers(draw: st.DrawFn, channels: int) -> Affine:
    gamma, beta = (draw(arrays(np.float64, channels, elements=st.floats(-3, 3))) for _ in range(2))
    return Affine(gamma, beta, draw(st.sampled_from([1e-5, 1e-3, 0.1])))


def torch_layer(layer: Affine, momentum: float = 0.1) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(len(layer.gamma), eps=layer.eps, momentum=momentum, dtype=torch.float64)
    with torch.no_grad():
        norm.weight.copy_(torch.from_numpy(layer.gamma))
        norm.bias.copy_(torch.from_numpy(layer.beta))
    return norm


def close(ours: Array, torchs: torch.Tensor | None) -> bool:
    assert torchs is not None
    return np.allclose(ours, torchs.detach().numpy(), rtol=1e-6, atol=1e-6)


def test_one_to_eight_by_hand() -> None:
    batch = statistics(ONE_TO_EIGHT)
    assert (batch.count, batch.total[0], batch.mean[0]) == (8, 36, 4.5)
    assert batch.squares[0] == 42
    assert batch.variance[0] == 42 / 8 == 5.25
    assert batch.unbiased[0] == 42 / 7 == 6
    step = train(ONE_TO_EIGHT, PLAIN)
    assert step.centred[0, 0, 0, 0] == -3.5
    assert step.normalized[0, 0, 0, 0] == pytest.approx(-3.5 / (5.25 + 1e-5) ** 0.5)
    assert step.output.mean() == pytest.approx(0)
    assert step.output.var() == pytest.approx(1, abs=1e-5)


def test_one_step_of_the_running_statistics_takes_the_unbiased_variance() -> None:
    running = Running.fresh(1).after(statistics(ONE_TO_EIGHT), 0.1)
    assert running.mean[0] == pytest.approx(0.45)
    assert running.variance[0] == pytest.approx(0.9 * 1 + 0.1 * 6)


@pytest.mark.slow
@given(st.data(), batches(), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_any_batches_give_what_torch_gives(data: st.DataObject, drawn: list[Array], momentum: float) -> None:
    layer = data.draw(layers(drawn[0].shape[1]))
    norm = torch_layer(layer, momentum)
    for batch in drawn:
        assert close(train(batch, layer).output, norm(torch.from_numpy(batch)))
    running = list(running_after(drawn, momentum, len(layer.gamma)))[-1]
    assert close(running.mean, norm.running_mean)
    assert close(running.variance, norm.running_var)
    norm.eval()
    assert close(evaluate(drawn[0], running, layer).output, norm(torch.from_numpy(drawn[0])))


@given(shapes)
def test_training_fails_where_torch_fails(shape: tuple[int, int, int, int]) -> None:
    x, channels = np.zeros(shape), shape[1]
    try:
        nn.BatchNorm2d(channels)(torch.zeros(shape))
    except ValueError as error:
        assert torch_sentence(shape) == str(error)
        with pytest.raises(ValueError, match="at least 2 numbers per channel"):
            statistics(x)
    else:
        assert statistics(x).count > 1


def test_a_single_number_passes_in_evaluation() -> None:
    x = np.full((1, 1, 1, 1), 7.0)
    assert evaluate(x, Running.fresh(1), PLAIN).output.item() == pytest.approx(7, abs=1e-4)


def test_a_single_image_of_larger_maps_can_be_trained_on() -> None:
    x = np.array([1.0, 2, 3, 4]).reshape(1, 1, 2, 2)
    assert statistics(x).variance[0] == 1.25


@given(st.data(), batches(), st.floats(-50, 50))
def test_a_bias_before_moves_the_mean_and_nothing_else(
    data: st.DataObject, drawn: list[Array], bias: float
) -> None:
    x = drawn[0]
    layer = data.draw(layers(x.shape[1]))
    before, after = train(x, layer), train(with_bias(x, 0, bias), layer)
    assert after.mean[0] == pytest.approx(before.mean[0] + bias, abs=1e-9)
    assert np.allclose(after.output, before.output, atol=1e-6)


def test_drawn_batches_begin_with_the_readers_own_and_follow_the_seed() -> None:
    one, same, other = (draw_batches(ONE_TO_EIGHT, 300, seed) for seed in (0, 0, 1))
    assert one[0] is ONE_TO_EIGHT
    assert np.array_equal(one[5], same[5]) and not np.array_equal(one[5], other[5])
    pooled = np.stack(one[1:])
    assert pooled.mean() == pytest.approx(4.5, abs=0.2)
    assert pooled.var() == pytest.approx(5.25, abs=0.4)
    assert draw_batches(ONE_TO_EIGHT, 0, 0) == []


def test_rows_tell_each_batch_and_what_is_running_after_it() -> None:
    rows: list[dict[str, Any]] = running_rows(draw_batches(ONE_TO_EIGHT, 3, 0), 0.1)
    assert [row["batch"] for row in rows] == [1, 2, 3]
    assert rows[0]["variance (÷ n − 1)"] == 6
    assert rows[0]["running variance"] == pytest.approx(1.5)
    assert rows[1]["running mean"] == pytest.approx(0.9 * 0.45 + 0.1 * rows[1]["mean"])
    assert running_rows([], 0.1) == []


def test_after_ten_batches_a_third_of_the_start_is_left() -> None:
    assert start_left(10, 0.1) == pytest.approx(0.3487, abs=1e-4)
    assert start_left(0, 0.1) == 1
