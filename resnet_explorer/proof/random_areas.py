"""Is the hottest area worth more than others of its size and shape? Masked, each in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.progress import Step
from resnet_explorer.proof.probe import Mask, Probe
from resnet_explorer.proof.ranking import Map, first, hottest_first


@dataclass(frozen=True, eq=False)
class Areas:
    """What masks of one size cost.

    Attributes:
        mask: the hottest area, (H, W).
        whole: the probability with nothing masked.
        without: the probability without the hottest area.
        chance: the probabilities without each of the random areas; more come as the work goes on.
    """

    mask: Mask
    whole: float
    without: float
    chance: NDArray[np.float64]

    @property
    def drop(self) -> float:
        """What the hottest area is worth, in probability."""
        return self.whole - self.without

    @property
    def chance_drops(self) -> NDArray[np.float64]:
        """What the random ones are."""
        return self.whole - self.chance

    @property
    def beaten(self) -> int:
        """How many random areas are worth less than the hottest."""
        return int((self.chance > self.without).sum())


def shifts(size: tuple[int, int], count: int, seed: int) -> list[tuple[int, int]]:
    """Different ways down and right to move an area, none of them staying; as many as there are at most."""
    height, width = size
    drawn = np.random.default_rng(seed).permutation(height * width - 1)[:count] + 1
    return [divmod(place, width) for place in drawn.tolist()]


def random_areas(
    probe: Probe, heat: Map, share: float = 0.2, count: int = 100, seed: int = 0
) -> Iterator[Step[Areas]]:
    """Mask the hottest area, then the same shape at random places; what leaves at an edge comes in opposite.

    Args:
        probe: the network and the photo.
        heat: the map.
        share: of the pixels that make the hottest area.
        count: random places.
        seed: of the places.

    Yields:
        Photos done; the answer so far, from the first pass on.

    Raises:
        ValueError: for a map that is level everywhere.
    """
    mask, whole = first(hottest_first(heat, probe.size, seed), share), probe.probability()
    moves = shifts(probe.size, count, seed)
    masks = (np.roll(mask, move, axis=(0, 1)) for move in [(0, 0), *moves])
    for step in probe.without(masks, len(moves) + 1):
        if step.answer is not None:
            answer = Areas(mask, whole, float(step.answer[0]), step.answer[1:])
            yield Step(step.done, step.total, answer)
