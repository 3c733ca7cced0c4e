"""How a signal goes forward through a plain and a residual network: its mean and variance, measured.

No hooks: the pass calls the stem and the blocks itself, and keeps one feature map at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.measure import measure
from resnet_explorer.labs.depth.passes import ForwardPass, Moments, Pair, PlaceSignal
from resnet_explorer.model.block_parts import all_blocks, branch, bypass, is_preactivated
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import STEM
from resnet_explorer.network.plan import plan


def measure_signal(config: DepthConfig) -> Iterator[Step[Pair[ForwardPass]]]:
    """The signal through the plain and the residual network of a config.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    return measure(config, forward_pass, passes=1)


def forward_pass(model: ResNet, images: Tensor, labels: Tensor) -> Iterator[ForwardPass | None]:
    """One pass forward: None after each block, then what left the stem and the blocks.

    Args:
        model: a network in training mode, so that batch norm uses the batch.
        images: (N, channels, H, W).
        labels: they play no part.
    """
    with torch.no_grad():
        x = model.stem(images)
    places = [PlaceSignal(STEM, STEM, 0, x.shape[-1], moments(x))]
    records = plan(model.spec, (images.shape[2], images.shape[3])).blocks
    for number, (block, record) in enumerate(zip(all_blocks(model), records, strict=True), start=1):
        with torch.no_grad():
            before, x = x, cast(Tensor, block(x))
            parts = _parts(block, before, x)
        identity = record.shortcut == "identity"
        size = x.shape[-1]
        places.append(PlaceSignal(record.name, record.stage, number, size, moments(x), *parts, identity))
        yield None
    yield ForwardPass(model.spec.shortcut != "none", tuple(places))


def moments(tensor: Tensor) -> Moments:
    """Over all numbers of a tensor, in float64."""
    wide = tensor.detach().double()
    return Moments(float(wide.mean()), float(wide.var(correction=0)))


def _parts(block: nn.Module, x: Tensor, y: Tensor) -> tuple[Moments | None, Moments | None]:
    """What met at the addition: the shortcut's and the branch's.

    Nothing stands after the addition of a pre-activation block, so that the branch is what was added to
    the shortcut (He et al. 2016, eq. 3). After that of the first kind stands a ReLU: the branch is run
    by itself.
    """
    if block.plain:
        return None, None
    shortcut = bypass(block, x)
    return moments(shortcut), moments(y - shortcut if is_preactivated(block) else branch(block, x))
