"""A measurement of the two networks of a config on its batch: the same seed, the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

import torch
from torch import Tensor, nn
from torchvision.transforms.functional import pil_to_tensor

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import CLASSES, DepthConfig, InitialWeights
from resnet_explorer.labs.depth.passes import Pair
from resnet_explorer.model.resnet import BasicBlock, ResNet, build
from resnet_explorer.model.seeded import seeded
from resnet_explorer.photos.samples import SAMPLES, open_sample

P = TypeVar("P")
Measurement = Callable[[ResNet, Tensor, Tensor], Iterator[P | None]]
"""(network, images (N, 3, H, W), labels (N,)) → None after each block of a pass, then what was measured."""

PIECES: Final = 12
"""About so many pieces of work each pass through a network."""
SIDE: Final = 32
SMALLEST: Final = 0.25
"""The least part of a photo's shorter side that a crop may have."""


def measure(config: DepthConfig, measurement: Measurement[P], passes: int) -> Iterator[Step[Pair[P]]]:
    """Measure the plain and then the residual network of a config, some blocks at a time.

    Args:
        config: what decides the networks and the batch.
        measurement: of one network.
        passes: how often it goes through all blocks.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    images, labels = batch(config)
    size = max(1, config.blocks // PIECES)
    total, done = 2 * passes * -(-config.blocks // size) + 1, 0
    found: list[P] = []
    for residual in (False, True):
        passed = 0
        for answer in measurement(network(config, residual), images, labels):
            if answer is not None:
                found.append(answer)
                continue
            passed = passed % config.blocks + 1
            if passed % size == 0 or passed == config.blocks:
                done += 1
                yield Step(done, total)
    yield Step(total, total, Pair(*found))


def network(config: DepthConfig, residual: bool) -> ResNet:
    """The residual network or the plain one in training mode, with the config's initial weights.

    Torch's own generator is left as it was. With Kaiming's fan out, the values are those of
    `torch.manual_seed(seed)` and `build(spec)`.
    """
    with seeded(config.seed):
        model = build(config.spec(residual)).train()
        initialize(model, config.init)
    return model


def initialize(model: ResNet, init: InitialWeights) -> None:
    """Give the convolutions, or the last batch norm of each block, their initial weights.

    Args:
        model: as `build` makes it, by fan out.
        init: a key of `config.INITIAL_WEIGHTS`.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            match init:
                case "fan_in":
                    nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
                case "xavier":
                    nn.init.xavier_normal_(module.weight)
                case "normal":
                    nn.init.normal_(module.weight, std=0.01)
        if init == "zero" and isinstance(module, BasicBlock):
            nn.init.zeros_(cast(nn.BatchNorm2d, module.bn2).weight)


def batch(config: DepthConfig) -> tuple[Tensor, Tensor]:
    """The images, (N, 3, 32, 32), each channel with mean 0 and variance 1 over the batch; and labels (N,).

    The labels are drawn, whatever the images show.

    Raises:
        ValueError: where scikit-image, which has the photos, is not installed.
    """
    generator = torch.Generator().manual_seed(config.seed)
    labels = torch.randint(CLASSES, (config.count,), generator=generator)
    if config.images == "noise":
        images = torch.randn(config.count, 3, SIDE, SIDE, generator=generator)
    else:
        images = _crops(config.count, generator)
    mean = images.mean(dim=(0, 2, 3), keepdim=True)
    deviation = images.std(dim=(0, 2, 3), keepdim=True, correction=0)
    return (images - mean) / deviation, labels


def _crops(count: int, generator: torch.Generator) -> Tensor:
    """Squares of drawn size and place from the sample photos in turn, (N, 3, 32, 32) from 0 to 1."""
    photos = [open_sample(sample.name).image.convert("RGB") for sample in SAMPLES[:count]]
    crops = []
    for number in range(count):
        photo = photos[number % len(photos)]
        part, across, down = torch.rand(3, generator=generator).tolist()
        side = (SMALLEST + (1 - SMALLEST) * part) * min(photo.size)
        left, top = across * (photo.width - side), down * (photo.height - side)
        crop = photo.resize((SIDE, SIDE), box=(left, top, left + side, top + side))
        crops.append(pil_to_tensor(crop))
    return torch.stack(crops).float() / 255
