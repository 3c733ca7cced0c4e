"""A surface at the page's defaults, against copies of the network moved by hand, no norm folded."""

from __future__ import annotations

import time
from collections.abc import Iterator

from resnet_explorer import weights
from resnet_explorer.labs.cifar_photos import photos_for
from resnet_explorer.labs.landscape import Movable, loss_and_error, moved, random_plane
from resnet_explorer.labs.landscape_numbers import places
from resnet_explorer.ui.lab_landscape_again import COUNTS, USUAL, USUAL_STEPS
from tests.benchmarks.timing import Row


def rows() -> Iterator[Row]:
    for key in (USUAL, "bundled/resnet20"):
        chosen = weights.find(key)
        ours, theirs, apart = _times(chosen)
        what = f"Landscape, {chosen.label}, {USUAL_STEPS} × {USUAL_STEPS} points, {COUNTS[0]} photos"
        yield Row(
            f"{what} (losses {apart:.0e} apart)", 1000 * ours, "moved by hand", 1000 * theirs, "≤ 10 s, ≤ 1"
        )


def _times(chosen: weights.Weights) -> tuple[float, float, float]:
    """Seconds of both, point by point in turn, so that both meet the same load; and how far they differ."""
    model, photos = weights.load(chosen), photos_for(chosen, COUNTS[0])
    assert photos.labels is not None
    loss_and_error(model, photos.images, photos.labels)
    start = time.perf_counter()
    plane = random_plane(model, 0)
    network = Movable(model, plane)
    seconds, apart = [time.perf_counter() - start, 0.0], 0.0
    where = places(1, USUAL_STEPS)
    for up in where:
        for across in where:
            start = time.perf_counter()
            found, _ = loss_and_error(network.to(across, up), photos.images, photos.labels)
            between = time.perf_counter()
            there = moved(moved(model, plane[0], across), plane[1], up)
            expected, _ = loss_and_error(there, photos.images, photos.labels)
            seconds[0] += between - start
            seconds[1] += time.perf_counter() - between
            apart = max(apart, abs(found - expected) / expected)
    return seconds[0], seconds[1], apart
