"""A surface at the page's defaults, against copies of the network perturbed, no norm folded."""

from __future__ import annotations

import time
from collections.abc import Iterator

from resnet_explorer.labs.landscape.config import DEFAULT
from resnet_explorer.labs.landscape.numbers import places
from resnet_explorer.labs.landscape.surface import NetworkInPlane, loss_and_error, perturbed, random_plane
from resnet_explorer.labs.photos import photos_for
from resnet_explorer.weights import catalogue
from resnet_explorer.weights.description import Weights
from tests.benchmarks.timing import Row


def rows() -> Iterator[Row]:
    for key in (DEFAULT.key, "study/residual-56"):
        chosen = catalogue.find(key)
        ours, theirs, apart = _times(chosen)
        what = f"Landscape, {chosen.label}, {DEFAULT.steps} × {DEFAULT.steps} points, {DEFAULT.count} photos"
        yield Row(
            f"{what} (losses {apart:.0e} apart)",
            1000 * ours,
            "perturbed copies",
            1000 * theirs,
            "≤ 10 s, ≤ 1",
        )


def _times(chosen: Weights) -> tuple[float, float, float]:
    """Seconds of both, point by point in turn, so that both meet the same load; and how far they differ."""
    model, photos = catalogue.load(chosen), photos_for(chosen, DEFAULT.count)
    assert photos.labels is not None
    loss_and_error(model, photos.images, photos.labels)
    start = time.perf_counter()
    plane = random_plane(model, 0)
    network = NetworkInPlane(model, plane)
    seconds, apart = [time.perf_counter() - start, 0.0], 0.0
    where = places(1, DEFAULT.steps)
    for up in where:
        for across in where:
            start = time.perf_counter()
            found, _ = loss_and_error(network.at(across, up), photos.images, photos.labels)
            between = time.perf_counter()
            there = perturbed(perturbed(model, plane[0], across), plane[1], up)
            expected, _ = loss_and_error(there, photos.images, photos.labels)
            seconds[0] += between - start
            seconds[1] += time.perf_counter() - between
            apart = max(apart, abs(found - expected) / expected)
    return seconds[0], seconds[1], apart
