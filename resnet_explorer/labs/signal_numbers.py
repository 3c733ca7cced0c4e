"""Mean and variance of what flows through a network, block by block. No torch here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from resnet_explorer.labs.gradient_numbers import odd, ratio

Course = Literal["shrinks", "stays", "grows", "lost"]


@dataclass(frozen=True)
class Moments:
    """Mean and variance over all numbers of a feature map: images, channels and pixels.

    Either may be inf or nan.
    """

    mean: float
    variance: float


@dataclass(frozen=True)
class PlaceSignal:
    """What leaves the stem or a block.

    Attributes:
        name: "stem", or the block's.
        stage: "stem" or "stage n".
        number: 0 for the stem, n for block n.
        size: height and width of the feature map, in pixels.
        output: what leaves it.
        shortcut: what came along its shortcut, at the addition; None where there is none.
        branch: what the convolutions added; None where nothing is added.
        identity: whether the shortcut changes neither size nor channels; False where there is none.
    """

    name: str
    stage: str
    number: int
    size: int
    output: Moments
    shortcut: Moments | None = None
    branch: Moments | None = None
    identity: bool = False


@dataclass(frozen=True)
class Signal:
    """One way forward.

    Attributes:
        residual: whether the network has shortcuts.
        places: the stem and each block, in the order of the data.
    """

    residual: bool
    places: tuple[PlaceSignal, ...]

    @property
    def end_to_end(self) -> float:
        """The variance behind the last block over that behind the stem; nan where there is none."""
        return ratio(self.places[-1].output.variance, self.places[0].output.variance)

    @property
    def course(self) -> Course:
        """What becomes of the variance between the stem and the last block.

        "shrinks" below a tenth, "grows" above ten times or beyond float32; "lost" where there was none.
        """
        whole = self.end_to_end
        if math.isnan(whole):
            return "grows" if self.places[0].output.variance > 0 else "lost"
        return "shrinks" if whole < 0.1 else "grows" if whole > 10 else "stays"

    def growth(self, stage: str) -> float | None:
        """By how much the variance grows in an identity block of a stage, on the average, if there is one."""
        steps = [after - before for before, after in self._identities(stage)]
        return mean(steps) if steps else None

    def added(self, stage: str) -> float | None:
        """The variance that branches of a stage’s identity blocks add, on the average, if there are any."""
        known = [
            place.branch.variance
            for place in self.places
            if place.branch and place.identity and place.stage == stage
        ]
        return mean(known) if known else None

    def odd_places(self) -> list[tuple[str, list[PlaceSignal]]]:
        """Blocks behind which the variance is no positive number, by what it is instead."""
        return odd(self.places[1:], lambda place: place.output.variance)

    def _identities(self, stage: str) -> list[tuple[float, float]]:
        return [
            (before.output.variance, after.output.variance)
            for before, after in zip(self.places, self.places[1:], strict=False)
            if after.identity and after.stage == stage and _is_finite(before, after)
        ]


def _is_finite(*places: PlaceSignal) -> bool:
    return all(math.isfinite(place.output.variance) for place in places)


def border_share(size: int) -> float:
    """The share of a 3×3 window that lies on the map and not on its padding of zeros, on the average.

    Of a map of s × s pixels: ((3s − 2) / 3s)². With Kaiming's weights and an input whose square is 1/2 on
    the average, so large is the variance of a convolution's output.
    """
    return ((3 * size - 2) / (3 * size)) ** 2


def stages_of(places: Sequence[PlaceSignal]) -> list[str]:
    """The stages that have blocks, in order."""
    return list(dict.fromkeys(place.stage for place in places if place.number))
