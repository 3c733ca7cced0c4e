"""What the network was shown in a test, and what came out, as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.faithfulness.occlusion import Segments
    from resnet_explorer.photos.preprocessing import Preprocessing


def as_picture(tensor: Tensor, preprocessing: Preprocessing) -> Image.Image:
    """What the network gets, as a picture: the normalisation undone, RGB, or grey for one channel.

    Args:
        tensor: (1, 1 or 3, H, W).
        preprocessing: whose mean and deviation were used.
    """
    mean, std = np.array(preprocessing.mean), np.array(preprocessing.std)
    values = tensor[0].permute(1, 2, 0).cpu().numpy()  # H × W × channels
    if values.shape[2] == 1:
        mean, std = mean.mean(keepdims=True), std.mean(keepdims=True)
    levels = np.round((values * std + mean) * 255).clip(0, 255).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(levels, (*levels.shape[:2], 3)).copy())


def fitted(picture: Image.Image, side: int) -> Image.Image:
    """A square picture of the network's pixels at a side: every pixel a square where few make it up."""
    few = picture.width * 3 < side
    return picture.resize((side, side), Image.Resampling.NEAREST if few else Image.Resampling.BICUBIC)


def outlined(picture: Image.Image, segments: Segments) -> Image.Image:
    """A picture with the borders of the segments drawn on it, at the picture's own resolution."""
    shape = (picture.height, picture.width)
    places = [
        np.arange(length) * cells // length for length, cells in zip(shape, segments.shape, strict=True)
    ]
    labels = segments[np.ix_(*places)]
    border = np.zeros(labels.shape, dtype=bool)
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[1:] |= labels[1:] != labels[:-1]
    border[:, :-1] |= border[:, 1:]  # two pixels wide
    border[:-1] |= border[1:]
    pixels = np.array(picture.convert("RGB"))
    pixels[border] = (255, 255, 255)
    return Image.fromarray(pixels)
