"""The charts hold what the tests found."""

import numpy as np
import pytest

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.faithfulness.cascading_randomization import CascadeStep
from resnet_explorer.faithfulness.deletion import Deletion
from resnet_explorer.faithfulness.figures import (
    cascade_figure,
    deletion_figure,
    drops_figure,
    segments_figure,
)
from resnet_explorer.faithfulness.occlusion import Occlusion
from resnet_explorer.faithfulness.random_areas import Areas
from tests.contrast import pale_words

SHARES = np.linspace(0, 1, 5)


def curves(orders: int) -> Deletion:
    removed, inserted = np.random.default_rng(0).random((2, orders, 5))
    return Deletion(SHARES, np.arange(16).reshape(4, 4), SHARES[::-1] ** 2, SHARES**0.5, removed, inserted)


def test_both_curves_stand_in_the_colour_of_the_stage_with_their_areas_above() -> None:
    found = curves(3)
    figure = deletion_figure(found, 0.25, "stage 2")
    own = [trace for trace in figure.data if trace.name == "the map"]
    assert [trace.line.color for trace in own] == [STAGE_COLOURS["stage 2"]] * 2
    assert own[0].y == pytest.approx(found.removed)
    assert own[1].y == pytest.approx(found.inserted)
    means = [trace for trace in figure.data if trace.name == "3 random orders"]
    assert means[0].y == pytest.approx(found.random_removed.mean(axis=0))
    assert means[1].y == pytest.approx(found.random_inserted.mean(axis=0))
    # By the trapezoid rule (1 / 2 + 9 / 16 + 1 / 4 + 1 / 16) / 4 = 0.344.
    titles = [each.text for each in figure.layout.annotations]
    assert titles == ["removed: area 0.344", "inserted: area 0.643"]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.25, 0.25]


def test_without_random_orders_there_are_two_lines() -> None:
    assert len(deletion_figure(curves(0), 0.25, "stem").data) == 2


@pytest.mark.parametrize("without", [0.1, 0.5, 0.95])
def test_every_random_area_is_in_a_bar(without: float) -> None:
    chance = np.random.default_rng(0).random(200)
    figure = drops_figure(Areas(np.eye(4, dtype=bool), 0.9, without, chance), "stage 3")
    bars = figure.data[0]
    assert sum(bars.y) == 200
    assert len(bars.y) == 30
    assert figure.layout.shapes[0].x0 == pytest.approx(0.9 - without)


@pytest.mark.parametrize("stage", STAGE_COLOURS)
def test_words_are_read_in_both_themes(stage: str) -> None:
    chance, level = np.random.default_rng(0).random(200), np.zeros((2, 2), np.float32)
    steps = [CascadeStep(name, level, 0.9, 1.0, 1.0) for name in ("", "head")]
    assert not pale_words(drops_figure(Areas(np.eye(4, dtype=bool), 0.9, 0.5, chance), stage))
    assert not pale_words(cascade_figure(steps, ["As trained", "Head random"]))


def test_areas_that_all_cost_the_same_are_one_bar() -> None:
    figure = drops_figure(Areas(np.eye(4, dtype=bool), 0.9, 0.9, np.full(20, 0.9)), "stage 3")
    assert max(figure.data[0].y) == 20


def test_a_dot_for_each_piece_that_is_known() -> None:
    heat, segments = np.array([1.0, 2.0, 3.0]), np.arange(3)[None]
    figure = segments_figure(Occlusion(segments, 0.9, np.array([0.8, 0.95]), heat), "stage 1")
    assert figure.data[0].x.tolist() == [1.0, 2.0]
    assert figure.data[0].y == pytest.approx([0.1, -0.05])


def test_a_map_of_zeros_leaves_a_gap_in_the_line() -> None:
    level = np.zeros((2, 2), np.float32)
    steps = (CascadeStep("", level, 0.9, 1.0, 1.0), CascadeStep("head", level, 0.1, None, 0.3))
    figure = cascade_figure(steps, ["As trained", "Head random"])
    assert figure.data[0].y == (1.0, None)
    assert figure.data[1].y == (1.0, 0.3)
