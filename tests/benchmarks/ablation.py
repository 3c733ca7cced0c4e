"""The sweep over every block of two networks for CIFAR-10 on 1,000 photos, against each from scratch.

Reusing the prefix has a floor. Behind the block that is taken out, all has to be run again: with n blocks of
equal cost that is 1 + (n - 1) / 2 networks, the whole one among them, where from scratch it is n of them. So
the ratio is (n + 1) / (2 n): 0.56 for 9 blocks, 0.52 for 27, never below a half. The table has each network's
floor in multiply-accumulates, and the reuse alone beside it: one thread, and the same network in both.

What somebody waits for is the second row: from scratch is then the network as it was loaded, cut and run on
both cores, where the app has its norms folded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

import torch
from torch import Tensor

from resnet_explorer.labs.ablation import ablations
from resnet_explorer.labs.ablation.ablated_network import predictions
from resnet_explorer.labs.photos import batch_size, photos_for
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import Block, Layer, Plan
from resnet_explorer.weights import catalogue
from tests.benchmarks.timing import Row
from tests.labs.networks import predictions_from_scratch

PHOTOS = 1000
Clock = Callable[[], float]


def rows() -> Iterator[Row]:
    for key in ("bundled/resnet20", "study/residual-56"):
        chosen = catalogue.find(key)
        blocks = chosen.plan.blocks
        chains = [ablations.WHOLE.chain(len(blocks)), *ablations.each_skipped(blocks).values()]
        loaded, images = catalogue.load(chosen), photos_for(chosen, PHOTOS).images
        folded = for_evaluation(loaded)
        what = f"Sweep over {len(blocks)} blocks, {chosen.label}, {PHOTOS:,} photos"
        with _threads(1):
            ours, theirs, same = _times(folded, folded, images, chains, time.process_time)
        yield Row(
            f"{what} ({same} the same), the reuse alone: CPU time of one thread",
            1000 * ours,
            "each from scratch, norms folded too",
            1000 * theirs,
            f"floor {_floor(chosen.plan):.2f} by MACs",
        )
        ours, theirs, same = _times(folded, loaded, images, chains, time.perf_counter)
        yield Row(
            f"{what} ({same} the same), as the app runs it",
            1000 * ours,
            "each from scratch, the network as loaded",
            1000 * theirs,
            "≤ 0.5",
        )


def _times(
    ours: ResNet, theirs: ResNet, images: Tensor, chains: Sequence[ablations.Chain], clock: Clock
) -> tuple[float, float, str]:
    """Seconds of both, and who agrees.

    Piece by piece in turn, so that both meet the same load; the median piece stands for all of them.
    """
    pieces = images.split(batch_size(images))
    seconds: tuple[list[float], list[float]] = ([], [])
    same = 0
    for number, piece in enumerate([pieces[0], *pieces]):
        found = []
        for which, (ask, model) in enumerate([(predictions, ours), (predictions_from_scratch, theirs)]):
            start = clock()
            found.append(ask(model, piece, chains))
            if number:  # the first round does not count
                seconds[which].append(clock() - start)
        if number:
            same += int((found[0] == found[1]).sum())
    mine, other = (len(pieces) * median(times) for times in seconds)
    return mine, other, f"{same:,} of {len(chains) * len(images):,} answers"


def _floor(network: Plan) -> float:
    """What prefix reuse alone comes to at best, in multiply-accumulates: of the whole and of every tail."""
    whole = [block.macs for block in network.blocks]
    skipped = [sum(layer.macs for layer in _bypass(block)) for block in network.blocks]
    places = range(len(whole))
    tails = sum(skipped[place] + sum(whole[place + 1 :]) + network.head.macs for place in places)
    scratch = sum(network.macs - whole[place] + skipped[place] for place in places)
    return (network.macs + tails) / (network.macs + scratch)


def _bypass(block: Block) -> list[Layer]:
    return [layer for layer in block.layers if "downsample" in layer.name]


@contextmanager
def _threads(count: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
