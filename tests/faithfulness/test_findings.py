"""The words say what the numbers say, and no more."""

import numpy as np
import pytest

from resnet_explorer.faithfulness.cascading_randomization import CascadeStep
from resnet_explorer.faithfulness.deletion import Deletion
from resnet_explorer.faithfulness.findings import (
    areas_finding,
    cascade_finding,
    deletion_finding,
    low_probability_warning,
    occlusion_finding,
)
from resnet_explorer.faithfulness.occlusion import Occlusion
from resnet_explorer.faithfulness.random_areas import Areas

SHARES = np.linspace(0, 1, 3)
NO_MAP = np.zeros((2, 2), np.float32)


def curves(removed: list[float], inserted: list[float], *random: list[float]) -> Deletion:
    """Random orders mirrored, as those of single pixels are."""
    rows = np.array(random).reshape(-1, 3)
    ranks = np.arange(4).reshape(2, 2)
    return Deletion(SHARES, ranks, np.array(removed), np.array(inserted), rows, rows[:, ::-1])


FALLING, RISING = [0.9, 0.5, 0.1], [0.1, 0.5, 0.9]  # areas of a half


def test_areas_are_told_with_the_random_ones() -> None:
    words = deletion_finding(curves([0.9, 0.1, 0.1], [0.1, 0.8, 0.9], FALLING, [0.9, 0.6, 0.1]))
    # (0.9 + 2 · 0.1 + 0.1) / 4 = 0.3 and (0.1 + 2 · 0.8 + 0.9) / 4 = 0.65, against 0.5 and 0.55.
    assert "an area of **0.300**, smaller than with 2 of 2 random orders (0.500 to 0.550);" in words
    assert "inserting gives **0.650**, larger than with 2 of 2 (0.500 to 0.550)." in words
    assert "**Better than every random order, both ways:**" in words


@pytest.mark.parametrize(
    ("removed", "inserted", "verdict"),
    [
        ([0.9, 0.1, 0.1], [0.1, 0.2, 0.9], "**Better than every random order at removing only:**"),
        ([0.9, 0.9, 0.1], [0.1, 0.8, 0.9], "**Better than every random order at inserting only:**"),
        ([0.9, 0.9, 0.1], [0.1, 0.2, 0.9], "**Worse than every random order:**"),
        (FALLING, [0.1, 0.55, 0.9], "**Not clearly better than a random order.**"),
    ],
)
def test_each_verdict(removed: list[float], inserted: list[float], verdict: str) -> None:
    words = deletion_finding(curves(removed, inserted, [0.9, 0.45, 0.1], [0.9, 0.6, 0.1]))
    assert verdict in words
    assert "everything removed" not in words


def test_insertion_is_held_against_orders_that_were_inserted() -> None:
    rows, others = np.array([FALLING, [0.9, 0.6, 0.1]]), np.array([[0.1, 0.7, 0.9], [0.1, 0.9, 0.9]])
    found = Deletion(
        SHARES, np.arange(4).reshape(2, 2), np.array([0.9, 0.1, 0.1]), np.array([0.1, 0.8, 0.9]), rows, others
    )
    words = deletion_finding(found)
    assert "inserting gives **0.650**, larger than with 1 of 2 (0.600 to 0.700)." in words
    assert "**Better than every random order at removing only:**" in words


@pytest.mark.parametrize("level", [[1.0, 1.0, 1.0], [0.5, 0.501, 0.5]])
def test_a_probability_that_does_not_move_tells_nothing(level: list[float]) -> None:
    words = deletion_finding(curves(level, level, [level[0]] * 3, [level[0]] * 3))
    assert "**It cannot be told:** the probability hardly depends on the order." in words
    assert "every random order, to 0.005" in words


def test_what_only_inserting_tells_is_told() -> None:
    words = deletion_finding(curves(FALLING, [0.1, 0.9, 0.9], FALLING, FALLING))
    assert "larger than with 2 of 2" in words
    assert "**Better than every random order at inserting only:**" in words


def test_a_baseline_that_leaves_the_class_is_told() -> None:
    words = deletion_finding(curves([0.9, 0.7, 0.68], [0.68, 0.8, 0.9], [0.9, 0.75, 0.68]))
    assert "But with everything removed the class still gets 68.0% of 90.0%" in words


def test_stopped_before_the_first_random_order_there_are_only_the_areas() -> None:
    words = deletion_finding(curves(FALLING, RISING))
    assert words == "Area while removing **0.500**, while inserting **0.500**."


def areas(without: float, *random: float) -> Areas:
    return Areas(np.array([[True, False], [False, False]]), 0.9, without, np.array(random))


@pytest.mark.parametrize(
    ("without", "beaten", "verdict"),
    [
        (0.1, 20, "**The hot area matters more than its size explains.**"),
        (0.45, 10, "**Not clearly more than chance:**"),
        (0.88, 1, "**Most other places cost more:**"),
    ],
)
def test_the_rank_of_the_hot_area(without: float, beaten: int, verdict: str) -> None:
    words = areas_finding(areas(without, *([0.2] * 10), *([0.6] * 9), 0.89))
    drop = f"{100 * (without - 0.9):.1f}".replace("-", "−")
    assert words.startswith("Without the hottest 25% ")
    assert f" the probability goes from 90.0% to {without:.1%}: by **{drop} points**." in words
    assert f"with **{beaten} of 20** areas of the same shape elsewhere (on average −48.6 points)." in words
    assert verdict in words


@pytest.mark.parametrize("random", [[0.9] * 20, [0.896] * 20])
def test_areas_that_cost_nothing_tell_nothing(random: list[float]) -> None:
    words = areas_finding(areas(0.9, *random))
    assert "by **+0.0 points**." in words, "and not −0.0"
    assert words.endswith("**It cannot be told:** no area of this size costs as much as half a point.")


def test_a_hot_area_may_cost_nothing() -> None:
    assert "by **+5.0 points**." in areas_finding(areas(0.95))


@pytest.mark.parametrize(
    ("without", "verdict"),
    [
        ([0.5, 0.6, 0.7, 0.8], "rank correlation **1.00**. **They agree:**"),
        ([0.6, 0.5, 0.8, 0.7], "rank correlation **0.60**. **They agree:**"),
        ([0.7, 0.5, 0.6, 0.8], "rank correlation **0.40**. **They agree in part.**"),
        ([0.6, 0.8, 0.7, 0.65], "rank correlation **0.20**. **They do not agree:**"),
        ([0.8, 0.7, 0.6, 0.5], "rank correlation **-1.00**. **They contradict each other:**"),
        ([0.8, 0.8, 0.8, 0.8], "there is no order to compare."),
    ],
)
def test_map_and_pieces(without: list[float], verdict: str) -> None:
    heat = np.array([4.0, 3.0, 2.0, 1.0])
    words = occlusion_finding(Occlusion(np.arange(4).reshape(2, 2), 0.9, np.array(without), heat))
    assert (
        f"Without the piece of 4 that costs most the probability goes from 90.0% to {min(without):.1%}."
        in words
    )
    assert verdict in words


@pytest.mark.parametrize(
    ("rho", "ssim", "verdict"),
    [
        (0.85, 0.9, "**The map stays alike:**"),
        (0.85, 0.3, "**It looks different, but its order of places stays:**"),
        (0.41, 0.9, "**Some of it stays:**"),
        (0.12, 0.2, "**The map is lost:**"),
        (-0.68, 0.2, "**The map turns over:**"),
    ],
)
def test_what_is_left_of_the_map(rho: float, ssim: float, verdict: str) -> None:
    steps = (CascadeStep("", NO_MAP, 0.9, 1.0, 1.0), CascadeStep("stem", NO_MAP, 0.1, rho, ssim))
    words = cascade_finding(steps)
    assert (
        f"rank correlation with the first map is **{rho:.2f}**, the SSIM **{ssim:.2f}**. {verdict}" in words
    )


def test_a_cascade_that_was_stopped_says_how_far_it_came() -> None:
    steps = (CascadeStep("", NO_MAP, 0.9, 1.0, 1.0), CascadeStep("head", NO_MAP, 0.1, 0.9, None))
    assert "With every weight" not in cascade_finding(steps)
    assert "rank correlation with the first map is **0.90**." in cascade_finding(steps)
    level = (*steps, CascadeStep("stem", NO_MAP, 0.1, None, 0.0))
    assert cascade_finding(level) == "A map is zero everywhere: there is no order to compare."


def test_little_to_take_away_is_said() -> None:
    assert low_probability_warning(0.2) is None
    assert "gives this class only 3.0%" in (low_probability_warning(0.03) or "")
    assert "The most probable class tells more." in (low_probability_warning(0.03) or "")
    assert "The most probable class tells more." not in (
        low_probability_warning(0.03, most_probable=True) or ""
    )
