"""Ordinary photos as squares of any size: what a network may have seen, to hold its norms against."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.photos.cifar_photos import fixed_photos
from resnet_explorer.photos.samples import SAMPLES, open_sample

LARGEST_SMALL: Final = 64
"""The side up to which CIFAR-10's test photos, 32 × 32, are enlarged; beyond it they would be mush."""
SEED: Final = 0
_SMALLEST_PART: Final = 0.6
"""Of a sample's shorter side, the side of the smallest square that is cut from it."""


@lru_cache(maxsize=8)
def ordinary_photos(side: int, count: int) -> NDArray[np.uint8]:
    """Squares of ordinary photos, (count, side, side, 3): the same at every call.

    Small ones are CIFAR-10's test photos, the classes in rotation; large ones are cut from the samples,
    which take turns, mirrored in every second round.

    Raises:
        ValueError: if the photos are not there.
    """
    if side <= LARGEST_SMALL:
        images = fixed_photos()[0][:count]
        if side == images.shape[1]:
            return images
        size = (side, side)
        return np.stack(
            [np.asarray(Image.fromarray(i).resize(size, Image.Resampling.BICUBIC)) for i in images]
        )
    rng = np.random.default_rng(SEED)
    samples = [open_sample(each.name).image for each in SAMPLES if not each.halves]
    return np.stack([_square(samples[number % len(samples)], side, number, rng) for number in range(count)])


def _square(image: Image.Image, side: int, number: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    part = min(image.size) * rng.uniform(_SMALLEST_PART, 1)
    left, top = (rng.uniform(0, length - part) for length in image.size)
    box = (left, top, left + part, top + part)
    square = image.resize((side, side), Image.Resampling.BILINEAR, box=box)
    mirrored = number // (len(SAMPLES) - 1) % 2
    return np.asarray(square.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else square)
