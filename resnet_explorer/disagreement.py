"""Where networks that know the same classes disagree about a photo, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

MOST_GAPS: Final = 6
NARROWEST: Final = 0.0005
"""A difference that percents of one digit do not show is no gap."""


@dataclass(frozen=True, eq=False)
class Opinion:
    """What a network says of a photo.

    Attributes:
        network: what it is called.
        classes: the names of its classes.
        probabilities: (classes,), their sum 1.
    """

    network: str
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]

    def of(self, classes: Sequence[str]) -> NDArray[np.float64]:
        """The probabilities in the order of these names, which are its own in whatever order."""
        places = {name: number for number, name in enumerate(self.classes)}
        return self.probabilities[[places[name] for name in classes]]

    @property
    def first(self) -> str:
        """The most probable class."""
        return self.classes[int(self.probabilities.argmax())]

    @property
    def certainty(self) -> float:
        """The probability of that class."""
        return float(self.probabilities.max())


@dataclass(frozen=True)
class Gap:
    """A class about which networks differ: the probability that each gives it, in their order."""

    name: str
    probabilities: tuple[float, ...]

    @property
    def width(self) -> float:
        """The largest probability less the smallest."""
        return max(self.probabilities) - min(self.probabilities)


@dataclass(frozen=True)
class Distance:
    """How far two networks, by their numbers in the order of the page, are apart: 0 to 1."""

    one: int
    other: int
    total_variation: float


def total_variation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """½ Σ |p − q| over the classes: the share of probability that one puts elsewhere than the other.

    0 for the same distribution, 1 for two that have no class in common (Levin, Peres and Wilmer 2009,
    proposition 4.2).

    Raises:
        ValueError: for two that are not over the same number of classes.
    """
    if one.shape != other.shape:
        raise ValueError(f"One is over {one.size} classes, the other over {other.size}.")
    return float(np.abs(one - other).sum() / 2)


def class_groups(classes: Sequence[tuple[str, ...]]) -> list[list[int]]:
    """The numbers of the networks that know the same classes, in whatever order they have them.

    Args:
        classes: the names of each network's classes, no two of a network the same.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, names in enumerate(classes):
        groups.setdefault(tuple(sorted(names)), []).append(number)
    return list(groups.values())


def distances(opinions: Sequence[Opinion]) -> list[Distance]:
    """Each pair that knows the same classes."""
    return [
        Distance(i, j, total_variation(opinions[i].probabilities, opinions[j].of(opinions[i].classes)))
        for group in class_groups([opinion.classes for opinion in opinions])
        for i, j in combinations(group, 2)
    ]


def widest_gaps(opinions: Sequence[Opinion], most: int = MOST_GAPS) -> list[Gap]:
    """The classes whose probability differs most, the widest gap first.

    Args:
        opinions: of networks that know the same classes.
        most: how many at most.
    """
    classes = opinions[0].classes
    table = np.stack([opinion.of(classes) for opinion in opinions])  # (networks, classes)
    width = table.max(axis=0) - table.min(axis=0)
    widest = [index for index in np.argsort(-width, kind="stable")[:most] if width[index] >= NARROWEST]
    return [Gap(classes[index], tuple(table[:, index].tolist())) for index in widest]


def agree(firsts: Iterable[str]) -> bool:
    """Whether all name the same class."""
    return len(set(firsts)) == 1


def in_words(opinions: Sequence[Opinion]) -> str:
    """A sentence about networks that know the same classes."""
    if agree(each.first for each in opinions):
        says = ", ".join(f"{each.network} {each.certainty:.1%}" for each in opinions)
        count = t("Both") if len(opinions) == 2 else t("All {count}").format(count=len(opinions))
        return t("{count} say {name}: {says}.").format(
            count=count, name=shortened(opinions[0].first), says=says
        )
    says = t("{network} says {name} ({certainty:.1%})")
    parts = (says.format(network=o.network, name=shortened(o.first), certainty=o.certainty) for o in opinions)
    return f"{', '.join(parts)}."
