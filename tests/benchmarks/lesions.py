"""The sweep over every block of the bundled networks on 1,000 photos, against each from scratch."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from torch import Tensor

from resnet_explorer import weights
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.labs import wiring
from resnet_explorer.labs.cifar_photos import photos_for
from resnet_explorer.labs.lesions import AT_ONCE, answers, answers_from_scratch
from resnet_explorer.module import ResNet
from tests.benchmarks.timing import Row

PHOTOS = 1000


def rows() -> Iterator[Row]:
    for key in ("bundled/resnet20", "bundled"):
        chosen = weights.find(key)
        blocks = chosen.plan.blocks
        chains = [wiring.whole(len(blocks)), *wiring.each_skipped(blocks).values()]
        ours, theirs, same = _times(
            for_evaluation(weights.load(chosen)), photos_for(chosen, PHOTOS).images, chains
        )
        what = f"Sweep over {len(blocks)} blocks, {chosen.label}, {PHOTOS:,} photos ({same} the same)"
        yield Row(what, 1000 * ours, "each from scratch", 1000 * theirs, "≤ 0.5")


def _times(model: ResNet, images: Tensor, chains: Sequence[wiring.Wiring]) -> tuple[float, float, str]:
    """Seconds of both, piece by piece in turn, so that both meet the same load; and who agrees."""
    pieces = images.split(AT_ONCE // (32 * 32))
    seconds, same = [0.0, 0.0], 0
    for number, piece in enumerate([pieces[0], *pieces]):
        found = []
        for which, ask in enumerate((answers, answers_from_scratch)):
            start = time.perf_counter()
            found.append(ask(model, piece, chains))
            if number:  # the first round does not count
                seconds[which] += time.perf_counter() - start
        if number:
            same += int((found[0] == found[1]).sum())
    return seconds[0], seconds[1], f"{same:,} of {len(chains) * len(images):,} answers"
