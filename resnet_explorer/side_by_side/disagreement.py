"""Where networks that know the same classes disagree about a photo, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated, shortened

MOST_GAPS: Final = 6
NARROWEST: Final = 0.0005
"""A difference that percents of one digit do not show is no gap."""


@dataclass(frozen=True, eq=False)
class Distribution:
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
    def confidence(self) -> float:
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
        raise ValueError(
            t("One is over {classes} classes, the other over {others}.").format(
                classes=one.size, others=other.size
            )
        )
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


def distances(distributions: Sequence[Distribution]) -> list[Distance]:
    """Each pair that knows the same classes."""
    return [
        Distance(i, j, total_variation(one.probabilities, other.of(one.classes)))
        for group in class_groups([each.classes for each in distributions])
        for (i, one), (j, other) in combinations([(number, distributions[number]) for number in group], 2)
    ]


def widest_gaps(distributions: Sequence[Distribution], most: int = MOST_GAPS) -> list[Gap]:
    """The classes whose probability differs most, the widest gap first.

    Args:
        distributions: of networks that know the same classes.
        most: how many at most.
    """
    classes = distributions[0].classes
    table = np.stack([each.of(classes) for each in distributions])  # (networks, classes)
    width = table.max(axis=0) - table.min(axis=0)
    widest = [index for index in np.argsort(-width, kind="stable")[:most] if width[index] >= NARROWEST]
    return [Gap(classes[index], tuple(table[:, index].tolist())) for index in widest]


def agree(firsts: Iterable[str]) -> bool:
    """Whether all name the same class."""
    return len(set(firsts)) == 1


def in_words(distributions: Sequence[Distribution]) -> str:
    """A sentence about networks that know the same classes."""
    if agree(each.first for each in distributions):
        says = enumerated(f"{each.network} {each.confidence:.1%}" for each in distributions)
        count = t("Both") if len(distributions) == 2 else t("All {count}").format(count=len(distributions))
        return t("{count} say {name}: {says}.").format(
            count=count, name=shortened(distributions[0].first), says=says
        )
    words = t("{network} says {name} ({confidence:.1%})")
    parts = [
        words.format(network=each.network, name=shortened(each.first), confidence=each.confidence)
        for each in distributions
    ]
    return t(", ").join(parts) + t(".")
