"""Random areas: does the hottest area, masked, cost more than others of its size and shape?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.progress import Step
from resnet_explorer.faithfulness.masked_forward import Mask, MaskedForward
from resnet_explorer.faithfulness.pixel_ranking import Map, ranked_by_map, top_k_pixels


@dataclass(frozen=True, eq=False)
class Areas:
    """The probability with masks of one size and shape.

    Attributes:
        mask: the hottest area, (H, W).
        whole: the probability with nothing masked.
        without: the probability without the hottest area.
        random: the probabilities without each of the random areas; more come as the work goes on.
    """

    mask: Mask
    whole: float
    without: float
    random: NDArray[np.float64]

    @property
    def drop(self) -> float:
        """By how much the probability falls without the hottest area."""
        return self.whole - self.without

    @property
    def random_drops(self) -> NDArray[np.float64]:
        """By how much it falls without each of the random ones."""
        return self.whole - self.random

    @property
    def beaten(self) -> int:
        """How many random areas cost less than the hottest."""
        return int((self.random > self.without).sum())


def shifts(size: tuple[int, int], count: int, seed: int) -> list[tuple[int, int]]:
    """Different ways down and right to move an area, none of them staying; as many as there are at most."""
    height, width = size
    drawn = np.random.default_rng(seed).permutation(height * width - 1)[:count] + 1
    return [divmod(place, width) for place in drawn.tolist()]


def random_areas(
    forward: MaskedForward, heat: Map, share: float = 0.2, count: int = 100, seed: int = 0
) -> Iterator[Step[Areas]]:
    """Mask the hottest area, then the same shape at random places; what leaves at an edge comes in opposite.

    Args:
        forward: the network and the photo.
        heat: the map.
        share: of the pixels that make the hottest area.
        count: random places.
        seed: of the places.

    Yields:
        Photos done; the answer so far, from the first pass on.

    Raises:
        ValueError: for a map that is level everywhere.
    """
    mask, whole = top_k_pixels(ranked_by_map(heat, forward.size, seed), share), forward.probability()
    moves = shifts(forward.size, count, seed)
    masks = (np.roll(mask, move, axis=(0, 1)) for move in [(0, 0), *moves])
    for step in forward.probabilities_without(masks, len(moves) + 1):
        if step.answer is not None:
            answer = Areas(mask, whole, float(step.answer[0]), step.answer[1:])
            yield Step(step.done, step.total, answer)
