"""Photos as batches of tensors, cropped at random or from the centre, as the weights are fed."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_explorer.explanation.predict import preprocess, to_tensor
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.decode import Photo, open_photo
from resnet_explorer.photos.preprocessing import Preprocessing

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
    item: Item, preprocessing: Preprocessing, channels: int, rng: np.random.Generator, crops: str = "gentle"
) -> Tensor:
    """A random part of a photo, mirrored half of the time, (channels, side, side).

    Args:
        item: the photo.
        preprocessing: gives the side, the mean and the deviation.
        channels: of the network's input.
        rng: which part, and whether mirrored.
        crops: "gentle", or as "torchvision" makes them.

    Raises:
        ValueError: if it cannot be read.
    """
    photo = open_photo(item.read(), item.name)
    side = preprocessing.crop
    if crops == "torchvision":
        generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
        part, mirrored = random_resized_crop(photo.image, side, generator)
        drawn = to_tensor(part, preprocessing, channels)[0]
        return drawn.flip(-1) if mirrored else drawn
    image = photo.image.resize((side, side), Image.Resampling.BILINEAR, box=_random_box(photo, rng))
    tensor = to_tensor(image, preprocessing, channels)[0]
    return tensor.flip(-1) if rng.random() < 0.5 else tensor


def random_resized_crop(
    image: Image.Image, side: int, generator: torch.Generator
) -> tuple[Image.Image, bool]:
    """torchvision's RandomResizedCrop and RandomHorizontalFlip, draw by draw, and of its own generator.

    (torchvision draws from torch's only one, which photos that are decoded side by side would share.)

    Returns:
        The part at its new size, and whether it is to be mirrored.
    """

    def uniform(low: float, high: float) -> Tensor:
        return torch.empty(1).uniform_(low, high, generator=generator)

    def below(count: int) -> int:
        return int(torch.randint(0, count, (1,), generator=generator))

    width, height = image.size
    low, high = torch.log(torch.tensor((1 / RATIO, RATIO))).tolist()
    for _ in range(10):
        area = width * height * uniform(0.08, 1.0).item()
        ratio = torch.exp(uniform(low, high)).item()
        across, down = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < across <= width and 0 < down <= height:
            top = below(height - down + 1)
            left = below(width - across + 1)
            break
    else:  # too long a strip for all ten: its middle
        across = min(width, round(height * RATIO)) if width > height else width
        down = min(height, round(width * RATIO)) if height >= width else height
        top, left = (height - down) // 2, (width - across) // 2
    part = image.crop((left, top, left + across, top + down))
    mirrored = torch.rand(1, generator=generator).item() < 0.5
    return part.resize((side, side), Image.Resampling.BILINEAR), mirrored


def _random_box(photo: Photo, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """A box of a random area and shape (Szegedy et al. 2015, section 6), left, top, right, bottom."""
    width, height = photo.image.size
    area = width * height * rng.uniform(LEAST_AREA, 1)
    ratio = math.exp(rng.uniform(-math.log(RATIO), math.log(RATIO)))
    across, down = min(width, math.sqrt(area * ratio)), min(height, math.sqrt(area / ratio))
    left, top = rng.uniform(0, width - across), rng.uniform(0, height - down)
    return left, top, left + across, top + down
