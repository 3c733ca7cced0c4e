"""Deletion and insertion: how fast the answer goes, and how fast it comes, in the order of a map.

Petsiuk, Das, Saenko: RISE, BMVC 2018, section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.progress import Step
from resnet_explorer.proof.curves import Curve
from resnet_explorer.proof.probe import Probe
from resnet_explorer.proof.ranking import Chance, Map, Rank, by_chance, first, hottest_first

STEPS: Final = 50


@dataclass(frozen=True, eq=False)
class Deletion:
    """Curves over the share of the pixels, from 0 to 1.

    Attributes:
        shares: of the pixels that were removed, or put back.
        rank: the order of the map.
        removed: the probability while the hottest pixels go first.
        inserted: the same while they come first.
        chance_removed: a row for each random order; more rows come as the work goes on.
        chance_inserted: the same, inserted.
    """

    shares: Curve
    rank: Rank
    removed: Curve
    inserted: Curve
    chance_removed: NDArray[np.float64]
    chance_inserted: NDArray[np.float64]


def deletion(
    probe: Probe, heat: Map, orders: int = 5, chance: Chance = "cells", seed: int = 0, steps: int = STEPS
) -> Iterator[Step[Deletion]]:
    """Remove and insert pixels in the order of the map, then in random orders.

    A random order read backwards is a random order, and to insert in an order is to remove in the reverse
    one, read backwards: so the curves of insertion by chance are those of removal, mirrored.

    Args:
        probe: the network and the photo.
        heat: the map.
        orders: random orders.
        chance: what is shuffled for them.
        seed: of all that is random.
        steps: equal steps from the whole photo to none of it.

    Yields:
        Photos done; the answer from the two curves of the map on, with the random ones so far.

    Raises:
        ValueError: for a map that is level everywhere.
    """
    generator = np.random.default_rng(seed)
    shares = np.linspace(0, 1, steps + 1)
    rank = hottest_first(heat, probe.size, seed)
    total = (steps + 1) * (orders + 2)
    found: list[Curve] = []
    for turn in range(orders + 2):
        order = rank if turn < 2 else by_chance(heat, probe.size, chance, generator)
        kept = turn == 1  # what is inserted stays, all the rest is removed
        masks = (first(order, share) != kept for share in shares)
        for step in probe.without(masks, total):
            if step.done <= steps:
                yield Step(len(found) * (steps + 1) + step.done, total, _answer(shares, rank, found))
            elif step.answer is not None:
                found.append(step.answer)
                yield Step(len(found) * (steps + 1), total, _answer(shares, rank, found))


def _answer(shares: Curve, rank: Rank, found: list[Curve]) -> Deletion | None:
    if len(found) < 2:
        return None
    chance = np.array(found[2:]).reshape(-1, len(shares))
    return Deletion(shares, rank, found[0], found[1], chance, chance[:, ::-1])
