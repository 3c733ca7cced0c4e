"""Two networks trained side by side: the same as each alone, on the photos that ship."""

from __future__ import annotations

from functools import lru_cache

import pytest
import torch

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.degradation.figures import paired_figure
from resnet_explorer.labs.degradation.findings import paired_rows
from resnet_explorer.labs.degradation.paired_config import (
    LEARNT,
    PHOTOS,
    PairedConfig,
    PairedLogs,
    PairedNetwork,
    PairedTraining,
)
from resnet_explorer.labs.degradation.paired_training import estimate, photos, train_pair
from resnet_explorer.photos.cifar_photos import fixed_photos
from tests.notebooks import run

SMALL = PairedConfig((PairedNetwork("plain", 8), PairedNetwork("residual", 14)), epochs=2, seed=5)


@lru_cache
def logs(config: PairedConfig) -> tuple[list[Step[PairedTraining]], PairedLogs]:
    steps = list(train_pair(config))
    answer = steps[-1].answer
    assert answer is not None
    return steps, answer.logs


def test_the_photos_are_those_that_ship_halved_and_no_photo_is_on_both_sides() -> None:
    found, (pixels, names) = photos(), fixed_photos()
    assert (len(found.train), len(found.test)) == (LEARNT, PHOTOS - LEARNT) == (800, 200)
    assert found.train.images.shape == (800, 3, 16, 16)
    assert found.train.labels.bincount().tolist() == [80] * 10
    assert found.test.labels.bincount().tolist() == [20] * 10
    last = torch.from_numpy(pixels[-1]).float().view(16, 2, 16, 2, 3).mean((1, 3)).round()
    assert torch.equal(found.test.images[-1].permute(1, 2, 0).float(), last)
    assert found.classes[int(found.test.labels[-1])] == names[-1]


@pytest.mark.slow
def test_each_of_two_is_trained_as_if_it_were_alone() -> None:
    steps, both = logs(SMALL)
    assert [(step.done, step.total) for step in steps] == [(n, 26) for n in range(1, 27)]
    assert [len(step.answer.logs[0]) for step in steps if step.answer] == [0] * 12 + [1] * 13 + [2]
    _, swapped = logs(PairedConfig(SMALL.networks[::-1], epochs=2, seed=5))
    assert swapped == both[::-1]
    _, twice = logs(PairedConfig((SMALL.networks[0],) * 2, epochs=2, seed=5))
    assert twice == (both[0], both[0])


def test_the_first_point_is_there_after_the_first_batch_and_the_last_is_the_epochs() -> None:
    steps, both = logs(SMALL)
    first = steps[0].answer
    assert first is not None
    assert [len(points) for points in first.running] == [1, 1]
    assert first.running[0][0][0] == pytest.approx(1 / 13)
    before = steps[11].answer
    assert before is not None
    drawn = paired_figure(SMALL, before, "both").data
    assert [len(trace.x) for trace in drawn if trace.marker.symbol == "circle-open"] == [12, 12]
    seen, wrong = 12 * 64, round(before.running[0][-1][1] * 12 * 64)
    assert before.running[0][-1][1] == pytest.approx(wrong / seen)
    assert wrong <= round(both[0][0].train_error * LEARNT) <= wrong + LEARNT - seen
    done = steps[12].answer
    assert done is not None
    assert done.running == ((), ())


@pytest.mark.slow
def test_another_seed_gives_another_curve() -> None:
    assert logs(SMALL)[1] != logs(PairedConfig(SMALL.networks, epochs=2, seed=6))[1]


@pytest.mark.slow
def test_the_estimate_grows_with_the_epochs() -> None:
    short, long = (estimate(PairedConfig(SMALL.networks, epochs)) for epochs in (2, 200))
    assert 0 < short < long


def test_a_depth_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="depth is 21; 6n \\+ 2 from 8 to 110"):
        PairedNetwork("plain", 21)
    with pytest.raises(ValueError, match="kind is 'wide'"):
        PairedNetwork("wide", 20)  # type: ignore[arg-type]


def test_the_figure_has_every_epoch_and_waits_for_the_last() -> None:
    _, found = logs(SMALL)
    figure = paired_figure(SMALL, PairedTraining(found), "both")
    drawn = {(trace.name, trace.line.dash): list(trace.y) for trace in figure.data}
    assert drawn["plain 8", "dot"] == [epoch.train_error for epoch in found[0]]
    assert drawn["residual 14", "solid"] == [epoch.test_error for epoch in found[1]]
    assert figure.layout.xaxis.range == (0, 2.5)
    assert len(paired_figure(SMALL, PairedTraining(), "test").data) == 2
    assert [row["network"] for row in paired_rows(SMALL, found)] == ["plain", "plain", "residual", "residual"]


@pytest.mark.slow
def test_the_notebook_trains_the_same_two() -> None:
    names = run("degradation/degradation_notebook.py", config=SMALL)
    assert names["pair"].logs == logs(SMALL)[1]
