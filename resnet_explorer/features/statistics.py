"""Features in numbers: what each channel does on one photo, and which are the most active."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.features.places import Place
from resnet_explorer.network.table_rows import Row

Values = NDArray[np.float32]
Features = NDArray[np.float32]
"""(C, H, W)."""


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """The channels of a place on one photo.

    Attributes:
        mean, low, high: (C,), of the values of each channel.
        zeros: (C,), the share of zeros, 0 to 1, behind the ReLU: of the features themselves or, in a
            pre-activated network, of what the next block's norm and ReLU make of them.
    """

    mean: Values
    low: Values
    high: Values
    zeros: Values

    @property
    def has_negative(self) -> bool:
        """Whether any value is below 0: the place ends in no ReLU."""
        return bool((self.low < 0).any())

    @property
    def largest(self) -> float:
        """The largest absolute value of all channels: the end of their common scale."""
        return float(max(self.high.max(), -self.low.min()))

    @property
    def sparsity(self) -> float:
        """The share of zeros over all channels, 0 to 1."""
        return float(self.zeros.mean())

    @property
    def dead(self) -> int:
        """Channels that are zero everywhere on this photo."""
        return int((self.zeros == 1).sum())

    def most_active(self) -> NDArray[np.intp]:
        """The channels by their mean, the largest first; equal ones in their order."""
        return np.argsort(-self.mean, kind="stable")


def peak_cell(channel: Values) -> tuple[int, int]:
    """Row and column of the largest value of a map (H, W), the first of equal ones as one reads."""
    row, column = np.unravel_index(int(channel.argmax()), channel.shape)
    return int(row), int(column)


def channel_rows(features: Features, channels: ChannelStatistics) -> list[Row]:
    """A row a channel: mean, least and largest value, where it is, and the share of zeros."""
    return [
        {
            "channel": channel,
            "mean": float(channels.mean[channel]),
            "min": float(channels.low[channel]),
            "max": float(channels.high[channel]),
            "max row": cell[0],
            "max column": cell[1],
            "zeros": float(channels.zeros[channel]),
        }
        for channel, cell in enumerate(map(peak_cell, features))
    ]


def sparsity_rows(places: Sequence[Place], channels: Sequence[ChannelStatistics]) -> list[Row]:
    """A row a place: the share of zeros behind the ReLU, and the channels that are zero everywhere."""
    return [
        {
            "stage": place.section,
            "block": place.block,
            "name": place.name,
            "channels": place.shape[0],
            "zeros": each.sparsity,
            "dead channels": each.dead,
        }
        for place, each in zip(places, channels, strict=True)
    ]
