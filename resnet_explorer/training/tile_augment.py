"""Augmentation of a whole batch of tiles: nothing is left that tells which collection a tile is from.

Colours are softened, JPEG is passed through at a random quality on a random grid, and the fine detail is set
to a random part of the contrast, all before the picture is cropped (as `photos.tile` does in use, by fixed
amounts). Then come the usual random crop, mirror image, light, contrast and saturation. Everything is a
product of matrices or one `grid_sample`: on a CPU this costs little beside the network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from resnet_explorer.photos.tile import (
    RGB_TO_YCC,
    YCC_TO_RGB,
    as_seen,
    enlarged,
    mixed,
    soft_colours,
    with_sharpness,
)

# ITU-T T.81, annex K.1: tables of luma and of colour, for quality 50.
_LUMA: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
_COLOUR: Final = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)
_TABLES: Final = torch.tensor([_LUMA, _COLOUR, _COLOUR], dtype=torch.float32)


@dataclass(frozen=True)
class TileAugmentation:
    """How far a batch of tiles is changed.

    Attributes:
        area: the part of the tile that a crop keeps, at least; at most all of it.
        aspect: natural logarithm of a crop's width against its height, at most.
        colour_sigma: pixels by which colours are blurred, from and to.
        quality: of JPEG, from and to.
        jpeg: probability of passing through JPEG.
        sharpness: deviation of the fine detail as a part of the picture's, from and to.
        light: brightness, contrast and saturation, as a factor around 1.
    """

    area: float = 0.3
    aspect: float = 0.29
    colour_sigma: tuple[float, float] = (0.8, 1.4)
    quality: tuple[float, float] = (25, 95)
    jpeg: float = 0.85
    sharpness: tuple[float, float] = (0.18, 0.42)
    light: float = 0.35

    def scaled(self, amount: float) -> TileAugmentation:
        """The same softness and JPEG; crops, stretch and light `amount` times as strong."""
        return replace(
            self,
            area=1 - amount * (1 - self.area),
            aspect=amount * self.aspect,
            light=amount * self.light,
        )

    def __call__(self, images: Tensor, size: int, generator: Generator) -> Tensor:
        """(N, 3, H, W) in [0, 1] → (N, 3, size, size) in [0, 1]."""
        count = len(images)
        images = soft_colours(images, _uniform(count, self.colour_sigma, generator))
        images = self._through_jpeg(images, generator)
        images = with_sharpness(images, _uniform(count, self.sharpness, generator))
        return self._recolour(self._crop(images, size, generator), generator)

    def in_use(self, images: Tensor, size: int) -> Tensor:
        """(N, 3, H, W) as they are seen once the network has learnt: (N, 3, size, size)."""
        return enlarged(as_seen(images), size)

    def _through_jpeg(self, images: Tensor, generator: Generator) -> Tensor:
        quality = _uniform(len(images), self.quality, generator)
        kept = torch.rand(len(images), generator=generator) >= self.jpeg
        row, column = (int(v) for v in torch.randint(8, (2,), generator=generator))
        return torch.where(kept.view(-1, 1, 1, 1), images, jpeg(images, quality, (row, column)))

    def _crop(self, images: Tensor, size: int, generator: Generator) -> Tensor:
        count = len(images)
        side = _uniform(count, (self.area, 1), generator).sqrt()
        stretch = torch.exp(_uniform(count, (-self.aspect, self.aspect), generator) / 2)
        width, height = (side * stretch).clamp_max(1), (side / stretch).clamp_max(1)
        mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
        theta = torch.zeros(count, 2, 3)  # output coordinates → input coordinates, from -1 to 1
        theta[:, 0, 0], theta[:, 1, 1] = width * mirror, height
        theta[:, 0, 2] = (1 - width) * _uniform(count, (-1, 1), generator)
        theta[:, 1, 2] = (1 - height) * _uniform(count, (-1, 1), generator)
        grid = F.affine_grid(theta, [count, 3, size, size], align_corners=False)
        return F.grid_sample(images, grid, padding_mode="border", align_corners=False)

    def _recolour(self, images: Tensor, generator: Generator) -> Tensor:
        factors = 1 + self.light * _uniform(3 * len(images), (-1, 1), generator).view(3, -1, 1, 1, 1)
        light, contrast, saturation = factors.unbind()
        mean = images.mean((1, 2, 3), keepdim=True)
        grey = images.mean(1, keepdim=True)
        # Saturation, contrast around the mean, light: three factors, joined so that the pixels are read once.
        return (
            (images * (saturation * contrast * light))
            .add_(grey * ((1 - saturation) * contrast * light))
            .add_(mean * ((1 - contrast) * light))
            .clamp_(0, 1)
        )


def jpeg(images: Tensor, quality: Tensor, offset: tuple[int, int] = (0, 0)) -> Tensor:
    """What is left of pictures after JPEG: the cosine transform of 8 × 8 blocks, rounded (ITU-T T.81, A.3).

    The colours are not subsampled; tiles have soft colours already. Tables are scaled by the quality as the
    Independent JPEG Group's library does.

    Args:
        images: (N, 3, H, W) of values from 0 to 1, square, the side a multiple of 8.
        quality: (N,) from 1 to 100.
        offset: rows and columns by which the grid of blocks is shifted, from 0 to 7.
    """
    side = images.shape[-1]
    top, left = offset
    values = mixed(images, RGB_TO_YCC).mul_(255)
    values[:, 0] -= 128  # luma around 0, as the colours are (A.3.1)
    values = F.pad(values, (left, 8 - left, top, 8 - top), mode="replicate")
    transform = torch.block_diag(*[_cosines()] * (side // 8 + 1))
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50).view(-1, 1, 1, 1)
    table = (_TABLES * scale).round().clamp(1, 255).repeat(1, 1, side // 8 + 1, side // 8 + 1)
    coefficients = transform @ values @ transform.T
    coefficients = (coefficients / table).round_().mul_(table)
    values = transform.T @ coefficients @ transform
    values[:, 0] += 128
    return mixed(values.div_(255)[:, :, top : top + side, left : left + side], YCC_TO_RGB)


def _cosines() -> Tensor:
    """The orthonormal cosine transform of eight values (T.81, A.3.3)."""
    k = torch.arange(8, dtype=torch.float64)
    matrix = torch.cos((2 * k + 1) * k[:, None] * math.pi / 16) / 2
    matrix[0] /= math.sqrt(2)
    return matrix.float()


def _uniform(count: int, ends: tuple[float, float], generator: Generator) -> Tensor:
    low, high = ends
    return torch.rand(count, generator=generator) * (high - low) + low
