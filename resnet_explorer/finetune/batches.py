"""Photos as batches of tensors, cropped at random or as the weights look at them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_explorer.crop import CENTRE
from resnet_explorer.finetune.collection import Item
from resnet_explorer.photo import Photo, open_photo
from resnet_explorer.predictor import preprocess, to_tensor
from resnet_explorer.weights import Preprocessing

LEAST_AREA: Final = 0.3
"""The smallest part of a photo that a random crop shows; torchvision's 0.08 is for far more photos."""
RATIO: Final = 4 / 3
"""The largest ratio of the sides of a random crop, as in torchvision's RandomResizedCrop."""


def plain(item: Item, preprocessing: Preprocessing, channels: int) -> Tensor:
    """A photo as the network takes it, (channels, side, side), from its centre.

    Raises:
        ValueError: if it cannot be read.
    """
    return preprocess(open_photo(item.read(), item.name), preprocessing, CENTRE, channels)[0][0]


def augmented(
    item: Item, preprocessing: Preprocessing, channels: int, generator: np.random.Generator
) -> Tensor:
    """A random part of a photo, mirrored half of the times, (channels, side, side).

    Raises:
        ValueError: if it cannot be read.
    """
    photo = open_photo(item.read(), item.name)
    image = photo.image.resize(
        (preprocessing.crop, preprocessing.crop), Image.Resampling.BILINEAR, box=_random_box(photo, generator)
    )
    tensor = to_tensor(image, preprocessing, channels)[0]
    return tensor.flip(-1) if generator.random() < 0.5 else tensor


def _random_box(photo: Photo, generator: np.random.Generator) -> tuple[float, float, float, float]:
    """A box of a random area and shape (Szegedy et al. 2015, section 6), left, top, right, bottom."""
    width, height = photo.image.size
    area = width * height * generator.uniform(LEAST_AREA, 1)
    ratio = math.exp(generator.uniform(-math.log(RATIO), math.log(RATIO)))
    across, down = min(width, math.sqrt(area * ratio)), min(height, math.sqrt(area / ratio))
    left, top = generator.uniform(0, width - across), generator.uniform(0, height - down)
    return left, top, left + across, top + down


def stacked(tensors: Iterator[Tensor], size: int) -> Iterator[Tensor]:
    """Tensors in batches of a size; the last one may be smaller."""
    batch: list[Tensor] = []
    for tensor in tensors:
        batch.append(tensor)
        if len(batch) == size:
            yield torch.stack(batch)
            batch = []
    if batch:
        yield torch.stack(batch)
