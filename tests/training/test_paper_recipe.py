"""The paper's recipe: its rates, its crops, its steps held against torch's own, and runs that resume."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from resnet_explorer.model.resnet import build
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import preset
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.degradation import snapshot, train
from resnet_explorer.training.paper import PaperRun, shrunk
from resnet_explorer.training.paper_recipe import PaperEpoch, PaperRecipe, network
from resnet_explorer.training.run_folder import CHECKPOINT, LOG, read_log, write_log
from resnet_explorer.weights.tensors import read_state

RECIPE = PaperRecipe(epochs=4, batch_size=16, side=8)


def images(count: int, side: int = 8, seed: int = 0) -> ImageSet:
    """Ten classes, each with a grey of its own and noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 10
    noise = torch.randint(0, 30, (count, 3, side, side), generator=generator)
    return ImageSet((noise + 22 * labels[:, None, None, None]).byte(), labels)


DATA = SmallImages(images(40), images(20, seed=1), tuple("abcdefghij"))


def test_the_recipe_unless_told_is_the_papers() -> None:
    paper = PaperRecipe()
    assert (paper.batch_size, paper.rate, paper.momentum, paper.weight_decay) == (128, 0.1, 0.9, 1e-4)
    assert paper.padding == 4
    assert abs(paper.epochs * 50_000 / 128 - 64_000) < 100
    assert [round(paper.rate_at(step / 64_000), 6) for step in (0, 31_999, 32_000, 47_999, 48_000)] == [
        0.1,
        0.1,
        0.01,
        0.01,
        0.001,
    ]


def test_plain_and_residual_are_the_same_layers() -> None:
    for depth, millions in ((20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)):
        counted = plan(network("residual", depth), (32, 32)).params
        assert plan(network("plain", depth), (32, 32)).params == counted
        assert round(counted / 1e6, 2) == pytest.approx(millions, abs=0.035)
    assert network("residual", 56) == preset("resnet56_cifar")


def test_images_shrink_to_the_mean_of_their_squares() -> None:
    small = shrunk(DATA, 4)
    by_hand = DATA.train.images.float().view(40, 3, 4, 2, 4, 2).mean((3, 5)).round()
    assert torch.equal(small.train.images.float(), by_hand)
    assert torch.equal(shrunk(DATA, 8).test.images, DATA.test.images)
    with pytest.raises(ValueError, match="Images of 8 pixels shrink by whole factors, and 3 is none"):
        shrunk(DATA, 3)


def test_a_crop_is_a_window_of_the_padded_image_or_of_its_mirror_image() -> None:
    run = PaperRun(network("plain", 20), DATA, RECIPE)
    mean, deviation = run.statistics
    pixels = DATA.train.images[:16]
    cropped = run._augmented(pixels, 0, torch.Generator().manual_seed(3))
    padded = F.pad((pixels / 255 - mean) / deviation, (1, 1, 1, 1))
    mirrored = 0
    for image, crop in zip(padded, cropped, strict=True):
        windows = [image[:, y : y + 8, x : x + 8] for y in range(3) for x in range(3)]
        straight = any(torch.equal(crop, window) for window in windows)
        turned = any(torch.equal(crop, window.flip(2)) for window in windows)
        assert straight != turned
        mirrored += turned
    assert 2 <= mirrored <= 14


def test_an_epoch_is_the_loop_that_torch_would_run() -> None:
    """A plain loop of torch's own SGD over the same crops reaches the same weights."""
    recipe = replace(RECIPE, epochs=1)
    run = PaperRun(network("residual", 20), DATA, recipe)
    told = list(run.epoch(0))

    torch.manual_seed(0)
    model = build(network("residual", 20)).train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    generator = torch.Generator().manual_seed(0)
    other = PaperRun(network("residual", 20), DATA, recipe)
    order = torch.randperm(40, generator=generator)
    losses = []
    for step in range(3):
        for group in optimizer.param_groups:
            group["lr"] = [0.1, 0.1, 0.01][step]  # 2/3 of the epoch is behind the first drop
        chosen = order[16 * step : 16 * step + 16]
        logits = model(other._augmented(DATA.train.images[chosen], 0, generator))
        loss = F.cross_entropy(logits, DATA.train.labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert [loss for loss, _, _ in told] == pytest.approx(losses, rel=1e-5)
    assert [count for _, _, count in told] == [16, 16, 8]
    for name, value in run.model.state_dict().items():
        assert torch.allclose(value, model.state_dict()[name], atol=1e-5), name


def test_both_kinds_begin_with_the_same_weights() -> None:
    plain, residual = (PaperRun(network(kind, 20), DATA, RECIPE).model for kind in ("plain", "residual"))
    for (name, a), (other, b) in zip(plain.named_parameters(), residual.named_parameters(), strict=True):
        assert name == other
        assert torch.equal(a, b)


@pytest.mark.slow
def test_a_resumed_run_gives_the_numbers_of_an_unbroken_one(tmp_path: Path) -> None:
    whole = list(train("residual", 20, DATA, RECIPE, tmp_path / "whole"))
    steps = train("residual", 20, DATA, RECIPE, tmp_path / "broken")
    first = [next(steps), next(steps)]
    steps.close()
    rest = list(train("residual", 20, DATA, RECIPE, tmp_path / "broken", resume=True))
    assert [*first, *rest] == whole
    assert (tmp_path / "broken" / LOG).read_text() == (tmp_path / "whole" / LOG).read_text()
    for epoch in range(5):
        one, other = (read_state(snapshot(tmp_path / name, epoch)) for name in ("whole", "broken"))
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    next(train("plain", 20, DATA, RECIPE, tmp_path))
    assert (tmp_path / CHECKPOINT).exists()
    with pytest.raises(ValueError, match="holds a run already; --resume goes on with it"):
        next(train("plain", 20, DATA, RECIPE, tmp_path))
    with pytest.raises(ValueError, match="was begun with epochs 4, and this is 9"):
        next(train("plain", 20, DATA, replace(RECIPE, epochs=9), tmp_path, resume=True))
    with pytest.raises(ValueError, match="was begun with shortcut none, and this is zero_pad"):
        next(train("residual", 20, DATA, RECIPE, tmp_path, resume=True))


def test_a_log_comes_back_as_it_was_written(tmp_path: Path) -> None:
    epochs = [PaperEpoch(1, 0.1, 2.3, 0.9, 2.25, 0.875), PaperEpoch(2, 0.01, 1.5, 0.5, 1.75, 0.625)]
    write_log(tmp_path / "log.csv", PaperEpoch, epochs)
    assert read_log(tmp_path / "log.csv", PaperEpoch) == epochs
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"other\.csv is no log of a run"):
        read_log(tmp_path / "other.csv", PaperEpoch)
