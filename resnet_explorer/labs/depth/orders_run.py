"""The two orders of a thousand layers, measured at the start and trained for some steps, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.gradient import backward_pass
from resnet_explorer.labs.depth.measure import batch
from resnet_explorer.labs.depth.orders import BATCH, ORDERS, RATE, Losses, Orders, OrdersConfig
from resnet_explorer.labs.depth.passes import BackwardPass, ForwardPass, Moments, Pair, PlaceSignal
from resnet_explorer.labs.depth.signal import moments
from resnet_explorer.model.resnet import ResNet, build_seeded
from resnet_explorer.network.layers import STEM
from resnet_explorer.network.spec import Activation
from resnet_explorer.photos.cifar_photos import fixed_photos

_EVERY: Final = 9
"""Blocks between two steps of progress."""


def network(config: OrdersConfig, order: Activation) -> ResNet:
    """A network of a config in training mode; both orders draw the same weights."""
    return build_seeded(config.spec(order), config.seed).train()


def measure_orders(config: OrdersConfig) -> Iterator[Step[Orders]]:
    """Signal and gradient of both networks, before any step.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    images, labels = batch(DepthConfig(depth=8, width=1, count=config.count, seed=config.seed))
    total, done = 4 * -(-config.blocks // _EVERY) + 1, 0
    signals: list[ForwardPass] = []
    gradients: list[BackwardPass] = []
    for order in ORDERS:
        model, passed = network(config, order), 0
        left: list[tuple[int, Moments]] = []

        def see(x: Tensor, left: list[tuple[int, Moments]] = left) -> None:
            left.append((x.shape[-1], moments(x)))

        for answer in backward_pass(model, images, labels, see):
            if answer is None:
                passed = passed % config.blocks + 1
                if passed % _EVERY == 0 or passed == config.blocks:
                    done += 1
                    yield Step(done, total)
                continue
            gradients.append(answer)
            known = [("stem", STEM, 0), *((each.name, each.stage, each.number) for each in answer.blocks)]
            places = (PlaceSignal(*where, *found) for where, found in zip(known, left, strict=True))
            signals.append(ForwardPass(residual=True, places=tuple(places)))
    yield Step(total, total, Orders(Pair(*signals), Pair(*gradients)))


def train_orders(config: OrdersConfig) -> Iterator[Step[Losses]]:
    """Train both networks in turns, a batch each, by the paper's optimizer; both see the same batches.

    The photos are those that ship, of 16 × 16 pixels.

    Yields:
        A step for each batch of each network; the losses so far.

    Raises:
        ValueError: if the photos are missing.
    """
    images, labels = _photos()
    # Twice as fast; but of one channel, oneDNN's kernels for AVX2 (torch 2.14) write beyond its memory.
    layout = torch.channels_last if config.width > 1 else torch.contiguous_format
    images = images.to(memory_format=layout)
    models = [network(config, order).to(memory_format=layout) for order in ORDERS]
    optimizers = [
        torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9, weight_decay=1e-4) for model in models
    ]
    drawn = torch.Generator().manual_seed(config.seed)
    losses: tuple[list[float], list[float]] = ([], [])
    for number in range(config.steps):
        chosen = torch.randperm(len(images), generator=drawn)[:BATCH]
        for place, (model, optimizer) in enumerate(zip(models, optimizers, strict=True)):
            with torch.enable_grad():
                loss = F.cross_entropy(model(images[chosen]), labels[chosen])
                optimizer.zero_grad()
                loss.backward()
            optimizer.step()
            losses[place].append(loss.item())
            yield Step(2 * number + place + 1, 2 * config.steps, (tuple(losses[0]), tuple(losses[1])))


def _photos() -> tuple[Tensor, Tensor]:
    """The photos that ship, halved, (1000, 3, 16, 16), each channel with mean 0 and variance 1; labels."""
    pixels, names = fixed_photos()
    images = F.avg_pool2d(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255, 2)
    mean, deviation = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
    classes = sorted(set(names))
    return (images - mean) / deviation, torch.tensor([classes.index(name) for name in names])
