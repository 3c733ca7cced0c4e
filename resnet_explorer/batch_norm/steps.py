"""Batch normalization by hand, in NumPy, step by step.

A channel's numbers are those of all images and all pixels together: N · H · W of them. In training
they are normalized with their own mean and their own biased variance (Ioffe and Szegedy 2015,
algorithm 1); in evaluation with running statistics, in which the variance is the unbiased one
(algorithm 2, step 10). Equal to `torch.nn.BatchNorm2d`, which the tests hold it against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t

Array = NDArray[np.float64]
"""Feature maps (N, C, H, W), or one number per channel (C,)."""

OVER: Final = (0, 2, 3)
"""The axes over which a channel's numbers are pooled: images, rows, columns."""


@dataclass(frozen=True)
class Statistics:
    """What a batch says of each channel.

    Attributes:
        count: numbers in a channel, N · H · W.
        total: their sum, (C,).
        mean: (C,).
        squares: sum of their squared distances from the mean, (C,).
    """

    count: int
    total: Array
    mean: Array
    squares: Array

    @property
    def variance(self) -> Array:
        """Divided by the count: biased, and what normalizes the batch itself."""
        return self.squares / self.count

    @property
    def unbiased(self) -> Array:
        """Divided by the count less one: what goes into the running variance."""
        return self.squares / (self.count - 1)


@dataclass(frozen=True)
class Forward:
    """A pass through the layer: what was subtracted and divided by (C,), and every map on the way.

    Attributes:
        mean: of the batch in training, the running one in evaluation.
        variance: of the batch in training, biased; the running one in evaluation.
        centred: x − mean.
        normalized: centred / √(variance + ε).
        output: γ · normalized + β.
    """

    mean: Array
    variance: Array
    centred: Array
    normalized: Array
    output: Array


@dataclass(frozen=True)
class Affine:
    """What the layer has learned: a scale γ and a shift β per channel; and ε, which is set."""

    gamma: Array
    beta: Array
    eps: float = 1e-5


@dataclass(frozen=True)
class Running:
    """The running statistics: mean and variance per channel, moved a little by each batch."""

    mean: Array
    variance: Array

    @classmethod
    def fresh(cls, channels: int) -> Running:
        """Before the first batch: mean 0, variance 1."""
        return cls(np.zeros(channels), np.ones(channels))

    def after(self, batch: Statistics, momentum: float) -> Running:
        """running ← (1 − momentum) · running + momentum · batch, the variance unbiased."""
        return Running(
            (1 - momentum) * self.mean + momentum * batch.mean,
            (1 - momentum) * self.variance + momentum * batch.unbiased,
        )


def statistics(x: Array) -> Statistics:
    """Mean and spread of each channel.

    Args:
        x: feature maps (N, C, H, W).

    Raises:
        ValueError: if a channel has one number only, which has no spread.
    """
    images, _, height, width = x.shape
    count = images * height * width
    if count < 2:
        raise ValueError(
            t(
                "A channel has 1 number only (1 image of 1 × 1). It is its own mean, and the variance is "
                "0: every output would be β, whatever comes in. Training needs at least 2 numbers per "
                "channel."
            )
        )
    total = x.sum(axis=OVER)
    mean = total / count
    squares = ((x - _spread(mean)) ** 2).sum(axis=OVER)
    return Statistics(count, total, mean, squares)


def torch_sentence(shape: Sequence[int]) -> str:
    """What PyTorch says to a batch with one number per channel."""
    return f"Expected more than 1 value per channel when training, got input size torch.Size({list(shape)})"


def train(x: Array, layer: Affine) -> Forward:
    """Normalize with the batch's own mean and biased variance (algorithm 1).

    Raises:
        ValueError: if a channel has one number only.
    """
    batch = statistics(x)
    return _forward(x, batch.mean, batch.variance, layer)


def evaluate(x: Array, running: Running, layer: Affine) -> Forward:
    """Normalize with the running statistics, whatever else is in the batch (algorithm 2)."""
    return _forward(x, running.mean, running.variance, layer)


def running_after(batches: Iterable[Array], momentum: float, channels: int) -> Iterator[Running]:
    """The running statistics before the first batch, and after each.

    Raises:
        ValueError: if a channel has one number only.
    """
    running = Running.fresh(channels)
    yield running
    for batch in batches:
        running = running.after(statistics(batch), momentum)
        yield running


def draw_batches(x: Array, count: int, seed: int) -> list[Array]:
    """A batch and others like it: normal numbers of the same shape, mean and spread per channel.

    Args:
        x: the first batch (N, C, H, W).
        count: how many batches there are, the first among them.
        seed: of the others.

    Raises:
        ValueError: if a channel has one number only.
    """
    if count < 1:
        return []
    batch, draw = statistics(x), np.random.default_rng(seed)
    mean, spread = _spread(batch.mean), _spread(np.sqrt(batch.variance))
    return [x, *(mean + spread * draw.standard_normal(x.shape) for _ in range(count - 1))]


def running_rows(batches: Sequence[Array], momentum: float) -> list[dict[str, Any]]:
    """One row per batch and channel: the batch's statistics, and the running ones after it.

    Raises:
        ValueError: if a channel has one number only.
    """
    if not batches:
        return []
    channels = batches[0].shape[1]
    after = list(running_after(batches, momentum, channels))[1:]
    return [
        {
            "batch": number,
            "channel": channel + 1,
            "mean": float(batch.mean[channel]),
            "variance (÷ n − 1)": float(batch.unbiased[channel]),
            "running mean": float(running.mean[channel]),
            "running variance": float(running.variance[channel]),
        }
        for number, (batch, running) in enumerate(zip(map(statistics, batches), after, strict=True), 1)
        for channel in range(channels)
    ]


def start_left(batches: int, momentum: float) -> float:
    """Share of the start (mean 0, variance 1) that is left in the running statistics."""
    return float((1 - momentum) ** batches)


def with_bias(x: Array, channel: int, bias: float) -> Array:
    """The maps with a bias added to one channel, as the convolution before would add it."""
    moved = x.copy()
    moved[:, channel] += bias
    return moved


def _forward(x: Array, mean: Array, variance: Array, layer: Affine) -> Forward:
    centred = x - _spread(mean)
    normalized = centred / np.sqrt(_spread(variance) + layer.eps)
    output = _spread(layer.gamma) * normalized + _spread(layer.beta)
    return Forward(mean, variance, centred, normalized, output)


def _spread(per_channel: Array) -> Array:
    """(C,) → (1, C, 1, 1), to stand beside feature maps."""
    return per_channel[None, :, None, None]
