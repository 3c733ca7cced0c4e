"""How alike two maps are: against themselves, their negatives, and the formulas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.explanation.map_similarity import rank_correlation, structural_similarity


def noise(seed: int, shape: tuple[int, int] = (12, 9)) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


@given(st.integers(0, 1000))
def test_a_map_is_itself_and_its_negative_is_the_opposite(seed: int) -> None:
    heat = noise(seed)
    assert rank_correlation(heat, heat) == pytest.approx(1)
    assert rank_correlation(heat, -heat) == pytest.approx(-1)
    assert structural_similarity(heat, heat) == pytest.approx(1)
    assert structural_similarity(heat, 1 - heat) < 0  # hot where it was cold


@given(st.integers(0, 1000))
def test_only_the_order_counts_for_the_ranks_and_only_the_shape_for_ssim(seed: int) -> None:
    one, other = noise(seed), noise(seed + 5000)
    assert rank_correlation(one, np.exp(7 * other)) == pytest.approx(rank_correlation(one, other))
    assert structural_similarity(one, 40 * other) == pytest.approx(
        structural_similarity(one, other), abs=1e-6
    )


def test_by_hand() -> None:
    # Spearman without ties: 1 − 6 Σ d² / n (n² − 1), here with d = 0, 1, 1, 0, 0.
    assert rank_correlation([1, 2, 3, 4, 5], [10, 30, 20, 40, 50]) == pytest.approx(1 - 6 * 2 / (5 * 24))
    # Equal values share the mean of their ranks: 1.5, 1.5, 3 against 1, 2, 3.
    assert rank_correlation([0, 0, 1], [1, 2, 3]) == pytest.approx(np.sqrt(3) / 2)


def test_a_level_map_is_in_no_order() -> None:
    assert rank_correlation(np.zeros((4, 4)), noise(0, (4, 4))) is None
    assert rank_correlation(noise(0, (4, 4)), np.ones((4, 4))) is None
    assert rank_correlation(noise(0, (4, 4)), np.full((4, 4), np.inf)) is None
    assert rank_correlation([0, np.nan, 1], [0, 1, 2]) is None


def test_a_map_of_zeros_is_not_like_another_and_a_tiny_one_is_not_compared() -> None:
    assert structural_similarity(np.zeros((32, 32), np.float32), noise(0, (32, 32))) < 0.05
    assert structural_similarity(noise(0, (6, 40)), noise(1, (6, 40))) is None
