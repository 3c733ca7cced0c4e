"""A tile: a small square picture of one softness, whatever it was made from.

The bundled ResNet-18 learned from photos of 64 × 64 pixels from several collections, each shrunk in its own
way. A network that can see how a picture was shrunk guesses its class from that. So the traces are taken
away, in training and in use alike: the colours are made soft, and the fine detail is scaled to a part of the
picture's contrast. In training the amounts are random; in use they are fixed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

SIDE: Final = 64
"""Pixels of a tile's side: the size of the photos that were learned from."""
COLOUR_SIGMA: Final = 1.1
"""Pixels of a tile: deviation of the Gaussian over the colours, in use."""
SHARPNESS: Final = 0.27
"""Deviation of the fine detail, as a part of the picture's, in use: that of clean photos shrunk to a tile."""
DETAIL_SIGMA: Final = 1.0
"""Pixels of a tile: what a Gaussian of this deviation takes away is the fine detail."""

# ITU-R BT.601, as JPEG (JFIF 1.02) uses it: luma, then the two differences of colour around 0.
_YCC: Final = torch.tensor(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], dtype=torch.float64
)
RGB_TO_YCC: Final = _YCC.float()
YCC_TO_RGB: Final = torch.linalg.inv(_YCC).float()


def mixed(images: Tensor, matrix: Tensor) -> Tensor:
    """Each pixel's three values times a 3 × 3 matrix: (N, 3, H, W) → (N, 3, H, W)."""
    return torch.einsum("ij,njhw->nihw", matrix, images)


def blurred(images: Tensor, sigma: Tensor) -> Tensor:
    """A Gaussian blur, each picture by its own deviation; at the edge, the weights inside sum to 1.

    Args:
        images: (N, C, H, W), square.
        sigma: (N,) pixels.
    """
    pixels = torch.arange(images.shape[-1], dtype=images.dtype)
    apart = (pixels[:, None] - pixels) / sigma.view(-1, 1, 1)
    # Cut off at four deviations: what lies beyond would be denormal numbers, which are slow.
    matrix = torch.where(apart.abs() < 4, torch.exp(-apart.square() / 2), 0.0)
    matrix = (matrix / matrix.sum(-1, keepdim=True))[:, None]
    return matrix @ images @ matrix.mT


def soft_colours(images: Tensor, sigma: Tensor) -> Tensor:
    """Blur the colours and leave the luma.

    Args:
        images: (N, 3, H, W) of values from 0 to 1.
        sigma: (N,) pixels, deviation of the blur.
    """
    luma, colour = mixed(images, RGB_TO_YCC).split((1, 2), 1)
    return mixed(torch.cat([luma, blurred(colour, sigma)], 1), YCC_TO_RGB)


def with_sharpness(images: Tensor, sharpness: Tensor) -> Tensor:
    """Scale the fine detail so that its deviation is a given part of the picture's.

    Args:
        images: (N, 3, H, W); a picture of one colour has no detail, and stays.
        sharpness: (N,) parts.
    """
    coarse = blurred(images, torch.full((len(images),), DETAIL_SIGMA))
    detail = images - coarse
    whole, fine = _deviation(images), _deviation(detail)
    # Colours differ from each other in a plain picture, too: a fortieth of a level is no detail to scale.
    factor = torch.where(whole > 1e-4, sharpness * whole / fine.clamp_min(1e-4), 1.0)
    return coarse + detail * factor.view(-1, 1, 1, 1)


def _deviation(images: Tensor) -> Tensor:
    """(N, C, H, W) → (N,): the standard deviation over all values of each."""
    values = images.flatten(1)
    length = torch.linalg.vector_norm(values - values.mean(1, keepdim=True), dim=1)
    deviation: Tensor = length / values.shape[1] ** 0.5
    return deviation


def as_seen(images: Tensor) -> Tensor:
    """Tiles as the network is shown them in use: (N, 3, 64, 64) of values from 0 to 1, the same out."""
    count = len(images)
    soft = soft_colours(images, torch.full((count,), COLOUR_SIGMA))
    return with_sharpness(soft, torch.full((count,), SHARPNESS)).clamp(0, 1)


def enlarged(tiles: Tensor, size: int) -> Tensor:
    """Tiles at the size of the network's input: (N, 3, 64, 64) → (N, 3, size, size), bilinear."""
    return F.interpolate(tiles, (size, size), mode="bilinear", align_corners=False)


def seen_small(small: Image.Image, size: int) -> Image.Image:
    """A small square photo as the network is shown it.

    Args:
        small: the photo, shrunk to a tile, RGB.
        size: pixels of the side of the network's input.
    """
    pixels = torch.from_numpy(np.array(small.convert("RGB"))).permute(2, 0, 1)[None]
    seen = enlarged(as_seen(pixels.float().div(255)), size)[0].mul(255).round().byte()
    return Image.fromarray(seen.permute(1, 2, 0).numpy())
