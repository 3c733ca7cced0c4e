"""What theory predicts of signal and gradient in wide networks at the start, block by block. No torch.

Moments, and no networks: each layer's input is taken as Gaussian, channels and pixels as independent, the
batch as large, and the gradient as independent of the signal (the mean field). Then:

- a convolution of weights of variance s² turns a mean square q into f·q, f = fan-in · s², times the part of
  a window that lies on the map; on its way back it multiplies the gradient's squared norm by the same number;
- a ReLU halves both where its input is as often positive as negative (He et al. 2015b, section 2.2);
- batch norm divides both by the variance of a channel. Behind a ReLU that is the part 1 − 1/π of the mean
  square: the other 1/π is the square of the mean. So a convolution, a norm and a ReLU multiply the gradient's
  squared norm by f · ½ / (f · ½ · (1 − 1/π)) = π / (π − 1) = 1.47, whatever the weights (Yang et al. 2019, A
  Mean Field Theory of Batch Normalization, for ReLU and large batches);
- an addition of independent parts adds their mean squares, and their gradients' squared norms (De and Smith
  2020 with batch norm; Zhang et al. 2019, Fixup, without).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.passes import border_share

PER_LAYER: Final = math.pi / (math.pi - 1)
"""What batch norm and ReLU multiply the squared norm of the gradient by, in a layer of a plain network."""
_WITHIN: Final = 1 - 1 / math.pi
"""The part of a rectified Gaussian's mean square that is its variance."""
SIDE: Final = 32


@dataclass(frozen=True)
class _Part:
    """Channels that are alike.

    Attributes:
        share: of all channels.
        mean: of their numbers.
        square: their mean square.
        within: the variance of a channel, over images and pixels: what a norm divides by. Channels may have
            means of their own, so it is less than that of all numbers.
    """

    share: float
    mean: float
    square: float
    within: float

    @property
    def variance(self) -> float:
        return self.square - self.mean * self.mean


_Signal = tuple[_Part, ...]


@dataclass(frozen=True)
class Prediction:
    """What a network of a config would do if it were wide and its batch large.

    Attributes:
        variances: behind the stem and behind each block, relative to the first.
        gradients: the norm of the gradient by the input of each block, relative to that by the last output.
    """

    variances: tuple[float, ...]
    gradients: tuple[float, ...]

    @property
    def end_to_end(self) -> float:
        """Of the gradient: what arrives at the first block."""
        return self.gradients[0]


@dataclass(frozen=True)
class _Step:
    """A block.

    Attributes:
        before: what went in.
        after: what came out.
        passes: of each part that came out, how much passes the ReLU behind the addition.
        branch: what the branch multiplies the gradient's squared norm by.
        spread: how that is spread over the parts that went in: a norm gives more where less varies.
    """

    before: _Signal
    after: _Signal
    passes: tuple[float, ...]
    branch: float
    spread: tuple[float, ...]


def rectified(mean: float, variance: float) -> tuple[float, float, float]:
    """Of max(0, x), x Gaussian: how often x is positive; the mean; the mean square."""
    if variance <= 0:
        positive = float(mean > 0)
        return positive, max(mean, 0.0), max(mean, 0.0) * max(mean, 0.0)
    deviation = math.sqrt(variance)
    z = mean / deviation
    positive = 0.5 * math.erfc(-z / math.sqrt(2))
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    square = (mean * mean + variance) * positive + mean * deviation * density
    return positive, mean * positive + deviation * density, square


def predict(config: DepthConfig, residual: bool) -> Prediction | None:
    """The prediction for the residual network of a config, or the plain one.

    The network is walked forward once and back once, in moments. None where the branches begin at zero: there
    is nothing that multiplies.
    """
    if config.init == "zero":
        return None
    _, mean, square = rectified(0.0, 1.0)
    signal: _Signal = (_Part(1.0, mean, square, square - mean * mean),)
    steps: list[_Step] = []
    for number in range(config.blocks):
        step = _through(config, residual, number, signal)
        steps.append(step)
        signal = step.after
    first = _variance(steps[0].before)
    variances = [1.0, *(_variance(step.after) / first for step in steps)]
    return Prediction(tuple(variances), tuple(_back(steps, residual)))


def _through(config: DepthConfig, residual: bool, number: int, x: _Signal) -> _Step:
    """A block forward, and the factor of the gradient's squared norm through its branch."""
    per_stage = config.blocks // 3
    is_first = number > 0 and number % per_stage == 0
    stage = number // per_stage
    one, two = (
        _gain(config, stage, changes=halves) * border_share(SIDE >> stage, stride=1 + halves)
        for halves in (is_first, False)
    )
    is_pre, has_norm = config.activation == "pre", config.norm == "batch"
    reads_raw = not is_pre or number == 0  # the first block of a pre-activation network reads the stem's ReLU
    square = sum(part.share * part.square for part in x)
    # The mean square that the first convolution reads, and the gradient's factor of what stands before it.
    read, slopes = square, [part.share for part in x]
    if not reads_raw and has_norm:  # each channel by its own deviation; through one of zeros nothing passes
        read = 0.5 * sum(part.share for part in x if part.within > 0)
        slopes = [0.5 * part.share / part.within if part.within > 0 else 0.0 for part in x]
    elif not reads_raw:
        passed = [rectified(part.mean, part.variance) for part in x]
        read = sum(part.share * each[2] for part, each in zip(x, passed, strict=True))
        slopes = [part.share * each[0] for part, each in zip(x, passed, strict=True)]
    slope = sum(slopes)
    if has_norm:  # the norm in the middle divides by what the first convolution makes: its gain cancels
        within = _WITHIN * read if not reads_raw else sum(part.share * part.within for part in x)
        added = 0.5 * two if is_pre else 1.0
        branch = 0.5 / within * slope * (two if is_pre else 1 / (0.5 * _WITHIN))
    else:
        added = 0.5 * one * two * read
        branch = 0.5 * one * two * slope
    shortcut = _shortcut(x, doubles=is_first) if residual else (_Part(1.0, 0.0, 0.0, 0.0),)
    own = added * (_WITHIN if is_pre else 1.0)  # behind a norm a channel has no mean of its own
    summed = tuple(replace(part, square=part.square + added, within=part.within + own) for part in shortcut)
    spread = tuple(each / slope if slope else 0.0 for each in slopes)
    if is_pre:
        return _Step(x, summed, (1.0,) * len(summed), branch, spread)
    passed = [rectified(part.mean, part.variance) for part in summed]
    after = tuple(
        _Part(part.share, each[1], each[2], each[2] - each[1] * each[1])
        for part, each in zip(summed, passed, strict=True)
    )
    return _Step(x, after, tuple(each[0] for each in passed), branch, spread)


def _shortcut(x: _Signal, *, doubles: bool) -> _Signal:
    """What option A brings: x or, where a stage begins, as many channels of zeros behind it."""
    if not doubles:
        return x
    return (*(replace(part, share=part.share / 2) for part in x), _Part(0.5, 0.0, 0.0, 0.0))


def _gain(config: DepthConfig, stage: int, *, changes: bool) -> float:
    """Fan-in times the variance of the weights of a 3×3 convolution, whose channels double or do not."""
    out = 9.0 * config.width * (1 << stage)
    into = out / 2 if changes else out
    match config.init:
        case "fan_in":
            return 2.0
        case "xavier":
            return 2 * into / (into + out)
        case "normal":
            return into * 1e-4
    return 2 * into / out


def _variance(x: _Signal) -> float:
    """Of all numbers of a feature map, whatever their channel."""
    mean = sum(part.share * part.mean for part in x)
    return sum(part.share * part.square for part in x) - mean**2


def _back(steps: Sequence[_Step], residual: bool) -> list[float]:
    """The norms by each block's input, first to last: what each part of the channels holds is followed."""
    last = steps[-1].after
    held = [part.share for part in last]  # squared norms, all channels alike at the end
    norms: list[float] = []
    for step in reversed(steps):
        held = [each * passes for each, passes in zip(held, step.passes, strict=True)]
        through = step.branch * sum(held)
        passed = held[: len(step.before)] if residual else [0.0] * len(step.before)
        held = [each + through * part for each, part in zip(passed, step.spread, strict=True)]
        norms.append(math.sqrt(sum(held)))
    return norms[::-1]
