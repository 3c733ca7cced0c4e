"""Two networks trained side by side on the photos that ship, batch by batch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import torch

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.degradation.paired_config import (
    LEARNT,
    RECIPE,
    PairedConfig,
    PairedNetwork,
    PairedTraining,
)
from resnet_explorer.photos.cifar_photos import fixed_photos
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.optimization import fastest_precision
from resnet_explorer.training.paper import PaperRun, shrunk
from resnet_explorer.training.paper_recipe import PaperEpoch


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


def train_pair(config: PairedConfig) -> Iterator[Step[PairedTraining]]:
    """Train both networks in turns, a batch each; both see the same batches.

    Args:
        config: which networks, and for how long.

    Yields:
        A step for each pair of batches, with the epochs that are done, and the one under way so far.

    Raises:
        ValueError: if the photos are missing.
    """
    runs = [_run(network, config) for network in config.networks]
    logs: tuple[list[PaperEpoch], list[PaperEpoch]] = ([], [])
    steps = runs[0].steps
    for number in range(config.epochs):
        pairs = []
        running: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
        for step, pair in enumerate(zip(*(run.epoch(number) for run in runs), strict=True), start=1):
            pairs.append(pair)
            for points, batches in zip(running, zip(*pairs, strict=True), strict=True):
                wrong, seen = (sum(batch[part] for batch in batches) for part in (1, 2))
                points.append((number + step / steps, wrong / seen))
            if step == steps:
                for log, run, batches in zip(logs, runs, zip(*pairs, strict=True), strict=True):
                    log.append(run.summary(number, batches))
                running = ([], [])
            answer = PairedTraining((tuple(logs[0]), tuple(logs[1])), (tuple(running[0]), tuple(running[1])))
            yield Step(number * steps + step, config.epochs * steps, answer)


def estimate(config: PairedConfig) -> float:
    """Seconds that the whole takes here, from a few batches of each network: the quickest of them."""
    seconds = 0.0
    for network in set(config.networks):
        run = _run(network, config)
        batches = run.epoch(0)
        took = []
        for _ in range(5):  # the first pay for what torch makes ready, others may be at work here too
            began = time.perf_counter()
            next(batches)
            took.append(time.perf_counter() - began)
        seconds += min(took) * run.steps * config.epochs * config.networks.count(network)
    return seconds


def _run(network: PairedNetwork, config: PairedConfig) -> PaperRun:
    recipe = replace(RECIPE, epochs=config.epochs, seed=config.seed, precision=fastest_precision())
    return PaperRun(network.spec, photos(), recipe)
