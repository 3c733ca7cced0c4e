"""From the answer back: which channels made a class's logit, and which decide between two classes.

Behind the last stage stand the mean of each channel and one linear layer, so a logit *is* a sum over the
channels: Σ W[class, c] · mean_c + bias[class] (Zhou et al., Learning Deep Features for Discriminative
Localization, 2016, section 2). Nothing here is an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t
from resnet_explorer.features.statistics import Features
from resnet_explorer.network.table_rows import Row

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnet_explorer.model.resnet import ResNet

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each channel gives to a logit, or to the lead of one logit over another.

    Attributes:
        weights: (C,), of the class, or the class's less the other's.
        means: (C,), of the channels on the photo.
        bias: of the class, or the difference of the two.
    """

    weights: Numbers
    means: Numbers
    bias: float

    @cached_property
    def parts(self) -> Numbers:
        """(C,), weight · mean."""
        return self.weights * self.means

    @property
    def total(self) -> float:
        """The logit, or the lead: the sum of all parts and the bias."""
        return float(self.parts.sum()) + self.bias

    def strongest(self, most: int, least: int) -> list[int]:
        """The channels that give most, and those that take most: the largest parts first, the smallest last.

        Args:
            most: channels above 0 at most.
            least: channels below 0 at most.
        """
        order = np.argsort(-self.parts, kind="stable")
        above = [int(channel) for channel in order[:most] if self.parts[channel] > 0]
        below = [int(channel) for channel in order[::-1][:least] if self.parts[channel] < 0]
        return [*above, *reversed(below)]

    def rest(self, shown: Sequence[int]) -> tuple[tuple[int, float], tuple[int, float]]:
        """How many of the other channels give and take, and how much together."""
        others = np.delete(self.parts, list(shown))
        above, below = others[others > 0], others[others < 0]
        return (len(above), float(above.sum())), (len(below), float(below.sum()))


@dataclass(frozen=True, eq=False)
class AnswerChannels:
    """The end of a network on one photo.

    Attributes:
        features: (C, h, w), what the pooling reads.
        weight: (classes, C), of the fully connected layer.
        bias: (classes,).
    """

    features: Features
    weight: Features
    bias: Features

    @cached_property
    def means(self) -> Numbers:
        """(C,), of each channel over its cells."""
        return cast(Numbers, self.features.mean(axis=(1, 2), dtype=np.float64))

    def of(self, index: int) -> Contributions:
        """To the logit of a class.

        Raises:
            ValueError: for a class that the network does not know.
        """
        if not 0 <= index < len(self.weight):
            raise ValueError(
                t("class is {index}; the classes go from 0 to {count}.").format(
                    index=index, count=len(self.weight) - 1
                )
            )
        return Contributions(self.weight[index].astype(np.float64), self.means, float(self.bias[index]))

    def between(self, index: int, other: int) -> Contributions:
        """To the lead of a class over another one.

        Raises:
            ValueError: for a class that the network does not know.
        """
        one, two = self.of(index), self.of(other)
        return Contributions(one.weights - two.weights, one.means, one.bias - two.bias)


def answer_channels(model: ResNet, features: Tensor) -> AnswerChannels:
    """The channels behind a network's answer.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        features: (C, h, w), what its last stage put out.
    """
    import torch  # a room that shows numbers loads no torch at import

    with torch.inference_mode():
        read = model.relu_last(model.bn_last(features[None]))[0]
        last = cast("nn.Linear", model.fc)
        arrays = (each.detach().clone().numpy() for each in (read, last.weight, last.bias))
        return AnswerChannels(*(cast(Features, each) for each in arrays))


def channel_rows(found: AnswerChannels, index: int, other: int | None = None) -> list[Row]:
    """A row a channel, the largest contribution first: mean, weight and product; for a second class, too."""
    own, theirs = found.of(index), None if other is None else found.of(other)
    rows = []
    for channel in np.argsort(-own.parts, kind="stable").tolist():
        row = {
            "channel": channel,
            "mean": float(own.means[channel]),
            "weight": float(own.weights[channel]),
            "contribution": float(own.parts[channel]),
        }
        if theirs is not None:
            row |= {
                "other weight": float(theirs.weights[channel]),
                "other contribution": float(theirs.parts[channel]),
                "difference": float(own.parts[channel] - theirs.parts[channel]),
            }
        rows.append(row)
    return rows
