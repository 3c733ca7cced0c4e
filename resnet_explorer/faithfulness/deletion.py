"""Deletion and insertion: how fast the probability falls, and how fast it rises, in the order of a map.

Petsiuk, Das, Saenko: RISE, BMVC 2018, section 4.3. What removed pixels become is in `baseline.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.progress import Step
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.faithfulness.pixel_ranking import (
    Map,
    Ranks,
    Shuffle,
    ranked_at_random,
    ranked_by_map,
    top_k_pixels,
)

STEPS: Final = 50

Curve = NDArray[np.float64]
"""The probability of the class at each share of the pixels, from 0 to 1 in equal steps."""


@dataclass(frozen=True, eq=False)
class Deletion:
    """Curves over the share of the pixels, and the areas under them.

    A random order read backwards is a random order, and to insert in an order is to remove in the reverse
    one, read backwards: so the curves of insertion at random are those of removal, mirrored, and their
    areas are the same.

    Attributes:
        shares: of the pixels that were removed, or inserted.
        ranks: the order of the map.
        removed: the probability while the hottest pixels are removed first.
        inserted: the probability while they are inserted first.
        random_removed: a row for each random order; more rows come as the work goes on.
    """

    shares: Curve
    ranks: Ranks
    removed: Curve
    inserted: Curve
    random_removed: NDArray[np.float64]

    @property
    def random_inserted(self) -> NDArray[np.float64]:
        """A row for each random order, inserted."""
        return self.random_removed[:, ::-1]

    @property
    def area_removed(self) -> float:
        """Under the curve of removal: a good map leaves little."""
        return area(self.removed)

    @property
    def area_inserted(self) -> float:
        """Under the curve of insertion: a good map leaves much."""
        return area(self.inserted)

    @property
    def random_areas(self) -> list[float]:
        """Under the curve of each random order."""
        return [area(curve) for curve in self.random_removed]


def area(curve: Curve) -> float:
    """The area under a curve over the shares 0 to 1, by the trapezoid rule."""
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def deletion(
    forward: MaskedForward,
    heat: Map,
    orders: int = 5,
    shuffle: Shuffle = "cells",
    seed: int = 0,
    steps: int = STEPS,
) -> Iterator[Step[Deletion]]:
    """Remove and insert pixels in the order of the map, then remove them in random orders.

    Args:
        forward: the network and the photo.
        heat: the map.
        orders: random orders.
        shuffle: what is shuffled for them.
        seed: of all that is random.
        steps: equal steps from the whole photo to none of it.

    Yields:
        Photos done; the answer from the two curves of the map on, with the random ones so far.

    Raises:
        ValueError: for a map that is level everywhere.
    """
    rng = np.random.default_rng(seed)
    shares = np.linspace(0, 1, steps + 1)
    ranks = ranked_by_map(heat, forward.size, seed)
    total = (steps + 1) * (orders + 2)
    found: list[Curve] = []

    def answer() -> Deletion | None:
        if len(found) < 2:
            return None
        return Deletion(shares, ranks, found[0], found[1], np.array(found[2:]).reshape(-1, len(shares)))

    for number in range(orders + 2):
        order = ranks if number < 2 else ranked_at_random(heat, forward.size, shuffle, rng)
        kept = number == 1  # what is inserted stays, all the rest is removed
        masks = (top_k_pixels(order, share) != kept for share in shares)
        before = number * (steps + 1)
        for step in forward.probabilities_without(masks, total):
            if step.done > steps and step.answer is not None:
                found.append(step.answer)
            yield Step(before + step.done, total, answer())
