"""The networks and the batch of a setting: the same seed, the same numbers."""

from __future__ import annotations

from typing import Final, cast

import torch
from torch import Tensor, nn
from torchvision.transforms.functional import pil_to_tensor

from resnet_explorer.labs.setting import CLASSES, Init, Setting
from resnet_explorer.module import BasicBlock, ResNet, build
from resnet_explorer.samples import SAMPLES, open_sample

SIDE: Final = 32
SMALLEST: Final = 0.25
"""The least part of a photo's shorter side that a crop may have."""


def network(setting: Setting, residual: bool) -> ResNet:
    """The residual network or the plain one in training mode, with the setting's first values.

    Torch's own generator is left as it was. With Kaiming's fan out, the values are those of
    `torch.manual_seed(seed)` and `build(spec)`.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(setting.seed)
        model = build(setting.spec(residual)).train()
        initialize(model, setting.init)
    return model


def initialize(model: ResNet, init: Init) -> None:
    """Give the convolutions, or the last batch norm of each block, their first values.

    Args:
        model: as `build` makes it, by fan out.
        init: a key of `setting.INITS`.
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


def batch(setting: Setting) -> tuple[Tensor, Tensor]:
    """The images, (N, 3, 32, 32), each channel with mean 0 and variance 1 over the batch; and labels (N,).

    The labels are drawn, whatever the images show.

    Raises:
        ValueError: where scikit-image, which has the photos, is not installed.
    """
    generator = torch.Generator().manual_seed(setting.seed)
    labels = torch.randint(CLASSES, (setting.count,), generator=generator)
    if setting.images == "noise":
        images = torch.randn(setting.count, 3, SIDE, SIDE, generator=generator)
    else:
        images = _crops(setting.count, generator)
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
