"""How a signal goes forward through a plain and a residual network: its mean and variance, measured.

No hooks: the walk calls the stem and the blocks itself, and keeps one feature map at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn

from resnet_explorer.labs.blocks import all_blocks, branch, bypass, is_preactivated
from resnet_explorer.labs.networks import batch, network
from resnet_explorer.labs.setting import Setting
from resnet_explorer.labs.signal_numbers import Moments, PlaceSignal, Signal
from resnet_explorer.module import ResNet
from resnet_explorer.plan import STEM, plan
from resnet_explorer.progress import Step

PIECES: Final = 16
"""About so many pieces of work for each network."""


@dataclass(frozen=True)
class Signals:
    """Both networks under one setting."""

    plain: Signal
    residual: Signal


def signals(setting: Setting) -> Iterator[Step[Signals]]:
    """The signal's way through the plain and the residual network of a setting, piece by piece.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    images, _ = batch(setting)
    size = max(1, setting.blocks // PIECES)
    total, done = 2 * -(-setting.blocks // size) + 1, 0
    found: list[Signal] = []
    for residual in (False, True):
        places: list[PlaceSignal] = []
        for place in signal_through(network(setting, residual), images):
            places.append(place)
            if place.number and (place.number % size == 0 or place.number == setting.blocks):
                done += 1
                yield Step(done, total)
        found.append(Signal(residual, tuple(places)))
    yield Step(total, total, Signals(*found))


def signal_through(model: ResNet, images: Tensor) -> Iterator[PlaceSignal]:
    """What leaves the stem and each block, one after the other.

    Args:
        model: a network of basic blocks in training mode, so that batch norm uses the batch.
        images: (N, channels, H, W).
    """
    x = _stem(model, images)
    yield PlaceSignal(STEM, STEM, 0, x.shape[-1], moments(x))
    records = plan(model.spec, (images.shape[2], images.shape[3])).blocks
    for number, (block, record) in enumerate(zip(all_blocks(model), records, strict=True), start=1):
        before, x = x, _block(block, x)
        parts = _parts(block, before, x)
        identity = record.shortcut == "identity"
        yield PlaceSignal(record.name, record.stage, number, x.shape[-1], moments(x), *parts, identity)


def moments(tensor: Tensor) -> Moments:
    """Over all numbers of a tensor, in float64."""
    wide = tensor.detach().double()
    return Moments(float(wide.mean()), float(wide.var(correction=0)))


@torch.no_grad()
def _stem(model: ResNet, images: Tensor) -> Tensor:
    return model.stem(images)


@torch.no_grad()
def _block(block: nn.Module, x: Tensor) -> Tensor:
    return cast(Tensor, block(x))


@torch.no_grad()
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
