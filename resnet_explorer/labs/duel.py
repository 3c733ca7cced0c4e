"""Two networks trained side by side on the photos that ship, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import torch

from resnet_explorer.labs.cifar_photos import fixed_photos
from resnet_explorer.labs.duel_setting import LEARNT, RECIPE, Duel, Fighter, Fought
from resnet_explorer.progress import Step
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.paper import PaperRun, shrunk
from resnet_explorer.training.paper_recipe import PaperEpoch
from resnet_explorer.training.scratch import fastest_precision


@lru_cache(maxsize=1)
def photos() -> SmallImages:
    """The photos that ship, of the recipe's size: the first to learn from, the others to test on.

    Raises:
        ValueError: if their file is missing or damaged.
    """
    images, names = fixed_photos()
    classes = tuple(sorted(set(names)))
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    labels = torch.tensor([classes.index(name) for name in names])
    learnt, tested = slice(None, LEARNT), slice(LEARNT, None)
    whole = SmallImages(
        ImageSet(pixels[learnt], labels[learnt]), ImageSet(pixels[tested], labels[tested]), classes
    )
    return shrunk(whole, RECIPE.side)


def duel(setting: Duel) -> Iterator[Step[Fought]]:
    """Train both networks in turns, a batch each; both see the same batches.

    Args:
        setting: which networks, and for how long.

    Yields:
        A step for each pair of batches, with the epochs that are done.

    Raises:
        ValueError: if the photos are missing.
    """
    runs = [_run(fighter, setting) for fighter in setting.fighters]
    logs: tuple[list[PaperEpoch], list[PaperEpoch]] = ([], [])
    steps = runs[0].steps
    answer = Fought((), ())
    for number in range(setting.epochs):
        pairs = []
        for step, pair in enumerate(zip(*(run.epoch(number) for run in runs), strict=True), start=1):
            pairs.append(pair)
            if step == steps:
                for log, run, batches in zip(logs, runs, zip(*pairs, strict=True), strict=True):
                    log.append(run.summary(number, batches))
                answer = Fought(tuple(logs[0]), tuple(logs[1]))
            yield Step(number * steps + step, setting.epochs * steps, answer)


def estimate(setting: Duel) -> float:
    """Seconds that the whole takes here, from a few batches of each network: the quickest of them."""
    seconds = 0.0
    for fighter in set(setting.fighters):
        run = _run(fighter, setting)
        batches = run.epoch(0)
        took = []
        for _ in range(5):  # the first pay for what torch makes ready, others may be at work here too
            began = time.perf_counter()
            next(batches)
            took.append(time.perf_counter() - began)
        seconds += min(took) * run.steps * setting.epochs * setting.fighters.count(fighter)
    return seconds


def _run(fighter: Fighter, setting: Duel) -> PaperRun:
    recipe = replace(RECIPE, epochs=setting.epochs, seed=setting.seed, precision=fastest_precision())
    return PaperRun(fighter.spec, photos(), recipe)
