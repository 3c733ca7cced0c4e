"""The filters of the first convolution as pictures: the only ones that look at the photo itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.feature_grid import Tile

Kernels = NDArray[np.float32]
"""(filters, channels of the photo, k, k)."""


def largest_weight(kernels: Kernels) -> float:
    """The largest absolute value of all filters: the end of their common scale."""
    return float(np.abs(kernels).max())


def filter_picture(kernel: NDArray[np.float32], largest: float) -> Image.Image:
    """A filter (channels, k, k) as a picture of k × k pixels: 0 is grey, and ±largest are the ends.

    The weights for red, green and blue are a pixel's colour, as Krizhevsky et al. 2012 drew them
    (figure 3); those of a network of one channel are a brightness.

    Raises:
        ValueError: for a filter of other than 1 or 3 channels.
    """
    if kernel.shape[0] not in (1, 3):
        raise ValueError(f"The filters read {kernel.shape[0]} channels; those of 1 or 3 can be drawn.")
    scaled = kernel.astype(np.float64) / (largest or 1.0)
    levels = np.round(127.5 + 127.5 * scaled).clip(0, 255).astype(np.uint8)
    return Image.fromarray(levels[0] if len(levels) == 1 else levels.transpose(1, 2, 0).copy())


def filter_tiles(kernels: Kernels, mean: NDArray[np.float32], channels: list[int]) -> tuple[Tile, ...]:
    """Some filters, each with its number and the mean of its channel on the photo."""
    largest = largest_weight(kernels)
    return tuple(
        Tile(filter_picture(kernels[channel], largest), channel, f"{mean[channel]:.3g}")
        for channel in channels
    )
