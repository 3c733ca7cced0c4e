"""Where networks disagree, checked by hand: distances, gaps, groups, and the sentence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.side_by_side.disagreement import (
    Distribution,
    agree,
    class_groups,
    distances,
    in_words,
    total_variation,
    widest_gaps,
)

PETS = ("cat", "dog", "frog")


def distribution(network: str, *probabilities: float, classes: tuple[str, ...] = PETS) -> Distribution:
    return Distribution(network, classes, np.array(probabilities))


SMALL = distribution("ResNet-20", 0.30, 0.54, 0.16)
LARGE = distribution("ResNet-56", 0.97, 0.02, 0.01)


def test_total_variation_by_hand() -> None:
    # ½ (|0.30 − 0.97| + |0.54 − 0.02| + |0.16 − 0.01|) = ½ (0.67 + 0.52 + 0.15)
    assert total_variation(SMALL.probabilities, LARGE.probabilities) == pytest.approx(0.67)
    assert total_variation(SMALL.probabilities, SMALL.probabilities) == 0.0
    assert total_variation(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1.0


distributions = (
    st.lists(st.integers(0, 100), min_size=4, max_size=4)
    .filter(any)
    .map(lambda counts: np.array(counts) / sum(counts))
)


@given(distributions, distributions, distributions)
def test_total_variation_is_a_distance(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> None:
    apart = total_variation(p, q)
    assert 0.0 <= apart <= 1.0 + 1e-12
    assert apart == total_variation(q, p)
    assert apart <= total_variation(p, r) + total_variation(r, q) + 1e-12
    # What is larger in p than in q sums up to it: the other way to define it.
    assert apart == pytest.approx(float((p - q).clip(min=0).sum()))


def test_distributions_over_other_classes_have_no_distance() -> None:
    with pytest.raises(ValueError, match=r"^One is over 3 classes, the other over 2\.$"):
        total_variation(SMALL.probabilities, np.array([0.5, 0.5]))


def test_the_widest_gap_comes_first() -> None:
    gaps = widest_gaps([SMALL, LARGE])
    assert [gap.name for gap in gaps] == ["cat", "dog", "frog"]  # 0.67, 0.52, 0.15
    assert [gap.width for gap in gaps] == pytest.approx([0.67, 0.52, 0.15])
    assert gaps[1].probabilities == (0.54, 0.02)
    assert [gap.name for gap in widest_gaps([SMALL, LARGE], most=1)] == ["cat"]


def test_three_networks_differ_by_the_two_farthest_apart() -> None:
    third = distribution("ResNet-110", 0.60, 0.05, 0.35)
    gaps = widest_gaps([SMALL, LARGE, third])
    assert [round(gap.width, 2) for gap in gaps] == [0.67, 0.52, 0.34]
    assert gaps[2].name == "frog"


def test_equal_networks_have_no_gap_and_no_distance() -> None:
    same = [SMALL, distribution("Again", *SMALL.probabilities)]
    assert widest_gaps(same) == []
    assert [each.total_variation for each in distances(same)] == [0.0]


def test_only_networks_of_one_class_list_are_compared() -> None:
    birds = ("crow", "kite", "wren")
    several = [
        SMALL,
        distribution("A", 1, 0, 0, classes=birds),
        LARGE,
        distribution("B", 0, 1, 0, classes=birds),
    ]
    assert class_groups([each.classes for each in several]) == [[0, 2], [1, 3]]
    assert [(each.one, each.other) for each in distances(several)] == [(0, 2), (1, 3)]
    assert [each.total_variation for each in distances(several)] == pytest.approx([0.67, 1.0])


def test_the_same_names_in_another_order_are_compared_by_name() -> None:
    turned = distribution("Turned", 0.01, 0.02, 0.97, classes=PETS[::-1])  # LARGE, from frog to cat
    assert [each.total_variation for each in distances([SMALL, turned])] == pytest.approx([0.67])
    assert widest_gaps([SMALL, turned]) == widest_gaps([SMALL, LARGE])
    assert widest_gaps([turned, LARGE]) == []
    assert class_groups([PETS, PETS[::-1], PETS[1:]]) == [[0, 1], [2]]


@given(st.lists(distributions, min_size=2, max_size=4))
def test_gaps_are_in_order_and_none_is_missing(several: list[np.ndarray]) -> None:
    distributions = [Distribution(str(n), ("a", "b", "c", "d"), each) for n, each in enumerate(several)]
    gaps = widest_gaps(distributions, most=4)
    assert all(one.width >= other.width for one, other in pairwise(gaps))
    missing = {"a", "b", "c", "d"} - {gap.name for gap in gaps}
    table = np.stack(several)
    for name in missing:
        assert np.ptp(table[:, "abcd".index(name)]) < 0.0005


def test_in_words() -> None:
    assert in_words([SMALL, LARGE]) == "ResNet-20 says dog (54.0%), ResNet-56 says cat (97.0%)."
    sure = distribution("ResNet-110", 0.9, 0.05, 0.05)
    assert in_words([LARGE, sure]) == "Both say cat: ResNet-56 97.0%, ResNet-110 90.0%."
    assert in_words([LARGE, sure, LARGE]).startswith("All 3 say cat: ")
    assert agree(["cat", "cat"])
    assert not agree(["cat", "dog"])
