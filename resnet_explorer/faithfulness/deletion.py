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

    Attributes:
        shares: of the pixels that were removed, or inserted.
        ranks: the order of the map.
        removed: the probability while the hottest pixels are removed first.
        inserted: the probability while they are inserted first.
        random_removed: a row for each random order; more rows come as the work goes on.
        random_inserted: a row for each of the same, inserted.
    """

    shares: Curve
    ranks: Ranks
    removed: Curve
    inserted: Curve
    random_removed: NDArray[np.float64]
    random_inserted: NDArray[np.float64]

    @property
    def area_removed(self) -> float:
        """Under the curve of removal: a good map leaves little."""
        return area(self.removed)

    @property
    def area_inserted(self) -> float:
        """Under the curve of insertion: a good map leaves much."""
        return area(self.inserted)

    @property
    def random_areas_removed(self) -> list[float]:
        """Under the curve of each random order while it is removed."""
        return [area(curve) for curve in self.random_removed]

    @property
    def random_areas_inserted(self) -> list[float]:
        """Under the curve of each random order while it is inserted."""
        return [area(curve) for curve in self.random_inserted]


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
    """Remove and insert pixels in the order of the map, then in random orders.

    To insert in an order is to remove in the reverse one, read backwards. Single pixels at random, read
    backwards, are single pixels at random: their curves of insertion are those of removal, mirrored. Shuffled
    cells are not: of a map with few hot cells, patches go first, and backwards they go last. So these are
    inserted, too.

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
    both_ways = shuffle == "cells"
    total = (2 + orders * (1 + both_ways)) * (steps + 1)
    removed: list[Curve] = []
    inserted: list[Curve] = []

    def passes() -> Iterator[tuple[Ranks, bool]]:
        """Orders, and whether what comes first is kept, and all the rest removed."""
        yield from ((ranks, False), (ranks, True))
        for _ in range(orders):
            order = ranked_at_random(heat, forward.size, shuffle, rng)
            yield order, False
            if both_ways:
                yield order, True

    def answer() -> Deletion | None:
        if not inserted:
            return None
        rows = [np.array(found[1 : len(inserted)]).reshape(-1, len(shares)) for found in (removed, inserted)]
        return Deletion(shares, ranks, removed[0], inserted[0], *rows)

    for number, (order, kept) in enumerate(passes()):
        masks = (top_k_pixels(order, share) != kept for share in shares)
        before = number * (steps + 1)
        for step in forward.probabilities_without(masks, total):
            if step.done > steps and step.answer is not None:
                (inserted if kept else removed).append(step.answer)
                if number > 1 and not both_ways:
                    inserted.append(step.answer[::-1])
            yield Step(before + step.done, total, answer())
