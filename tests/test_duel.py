"""Two networks trained side by side: the same as each alone, on the photos that ship."""

from __future__ import annotations

from functools import lru_cache

import pytest
import torch

from resnet_explorer.labs.cifar_photos import fixed_photos
from resnet_explorer.labs.degradation_figures import duel_figure
from resnet_explorer.labs.degradation_notebook import degradation_notebook
from resnet_explorer.labs.degradation_reading import duel_rows
from resnet_explorer.labs.duel import duel, estimate, photos
from resnet_explorer.labs.duel_setting import LEARNT, PHOTOS, Duel, Fighter, Fought
from resnet_explorer.progress import Step
from tests.notebooks import run

SMALL = Duel(Fighter("plain", 8), Fighter("residual", 14), epochs=2, seed=5)


@lru_cache
def fought(setting: Duel) -> tuple[list[Step[Fought]], Fought]:
    steps = list(duel(setting))
    answer = steps[-1].answer
    assert answer is not None
    return steps, answer


def test_the_photos_are_those_that_ship_halved_and_no_photo_is_on_both_sides() -> None:
    found, (pixels, names) = photos(), fixed_photos()
    assert (len(found.train), len(found.test)) == (LEARNT, PHOTOS - LEARNT) == (800, 200)
    assert found.train.images.shape == (800, 3, 16, 16)
    assert found.train.labels.bincount().tolist() == [80] * 10
    assert found.test.labels.bincount().tolist() == [20] * 10
    last = torch.from_numpy(pixels[-1]).float().view(16, 2, 16, 2, 3).mean((1, 3)).round()
    assert torch.equal(found.test.images[-1].permute(1, 2, 0).float(), last)
    assert found.classes[int(found.test.labels[-1])] == names[-1]


def test_each_of_two_is_trained_as_if_it_were_alone() -> None:
    steps, both = fought(SMALL)
    assert [(step.done, step.total) for step in steps] == [(n, 26) for n in range(1, 27)]
    assert [len(step.answer.first) for step in steps if step.answer] == [0] * 12 + [1] * 13 + [2]
    _, swapped = fought(Duel(SMALL.second, SMALL.first, epochs=2, seed=5))
    assert (swapped.first, swapped.second) == (both.second, both.first)
    _, twice = fought(Duel(SMALL.first, SMALL.first, epochs=2, seed=5))
    assert twice.first == twice.second == both.first


def test_another_seed_gives_another_curve() -> None:
    assert fought(SMALL)[1] != fought(Duel(SMALL.first, SMALL.second, epochs=2, seed=6))[1]


def test_the_estimate_grows_with_the_epochs() -> None:
    short, long = (estimate(Duel(SMALL.first, SMALL.second, epochs)) for epochs in (2, 200))
    assert 0 < short < long


def test_a_depth_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="depth is 21; 6n \\+ 2 from 8 to 110"):
        Fighter("plain", 21)
    with pytest.raises(ValueError, match="kind is 'wide'"):
        Fighter("wide", 20)  # type: ignore[arg-type]


def test_the_figure_has_every_epoch_and_waits_for_the_last() -> None:
    _, found = fought(SMALL)
    figure = duel_figure(SMALL, found, "both")
    drawn = {(trace.name, trace.line.dash): list(trace.y) for trace in figure.data}
    assert drawn["plain 8", "dot"] == [epoch.train_error for epoch in found.first]
    assert drawn["residual 14", "solid"] == [epoch.test_error for epoch in found.second]
    assert figure.layout.xaxis.range == (0, 2.5)
    assert len(duel_figure(SMALL, Fought((), ()), "test").data) == 2
    assert [row["network"] for row in duel_rows(SMALL, found)] == ["plain", "plain", "residual", "residual"]


def test_the_notebook_trains_the_same_two() -> None:
    names = run(degradation_notebook(SMALL))
    assert names["fought"] == fought(SMALL)[1]
