"""Augmentation of a whole batch at once, for photos as people take them.

Objects in uploaded photos are large or small, off-centre, stretched, dim, tinted and soft. So a
batch is zoomed, shifted, stretched, turned, mirrored, recoloured and sometimes blurred, with one
`grid_sample` and a few tensor operations: on a CPU this costs little beside the network. Each image
is changed by a strength of its own, from not at all to fully: tidy pictures stay among those that
are learnt from, as they are among those that are asked about.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


@dataclass(frozen=True)
class Augmentation:
    """How far a batch is changed; every field is a largest amount, 0 for none.

    Attributes:
        zoom: natural logarithm of the scale, towards larger and towards smaller objects.
        aspect: natural logarithm of the stretch of width against height.
        shift: in parts of the image's side.
        turn: in degrees.
        light: brightness and contrast, as a factor around 1.
        colour: saturation, as a factor around 1.
        blur: probability of a 3×3 binomial blur.
    """

    zoom: float = 0.3
    aspect: float = 0.15
    shift: float = 0.14
    turn: float = 10.0
    light: float = 0.25
    colour: float = 0.35
    blur: float = 0.15

    def scaled(self, amount: float) -> Augmentation:
        """The same kinds of change, `amount` times as strong."""
        return Augmentation(**{name: value * amount for name, value in vars(self).items()})

    def __call__(self, images: Tensor, size: int, generator: Generator) -> Tensor:
        """(N, 3, H, W) in [0, 1] → (N, 3, size, size) in [0, 1]."""
        strength = torch.rand(len(images), generator=generator)
        images = self._warp(images, size, strength, generator)
        images = self._recolour(images, strength, generator)
        return self._soften(images, strength, generator)

    def in_use(self, images: Tensor, size: int) -> Tensor:
        """(N, 3, H, W) as they are seen once the network has learnt: as they are, whatever the size."""
        return images

    def _warp(self, images: Tensor, size: int, strength: Tensor, generator: Generator) -> Tensor:
        n = len(images)
        scale = torch.exp(strength * _uniform(n, -self.zoom, self.zoom * 0.7, generator))
        stretch = torch.exp(strength * _uniform(n, -self.aspect, self.aspect, generator) / 2)
        angle = strength * _uniform(n, -1, 1, generator) * math.radians(self.turn)
        mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
        cos, sin = torch.cos(angle), torch.sin(angle)
        theta = torch.zeros(n, 2, 3)  # output coordinates → input coordinates
        theta[:, 0, 0], theta[:, 0, 1] = cos * scale * stretch * mirror, -sin * scale * stretch
        theta[:, 1, 0], theta[:, 1, 1] = sin * scale / stretch * mirror, cos * scale / stretch
        shift = self.shift * strength[:, None]
        theta[:, :, 2] = _uniform(2 * n, -1, 1, generator).view(n, 2) * 2 * shift
        grid = F.affine_grid(theta, [n, 3, size, size], align_corners=False)
        return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)

    def _recolour(self, images: Tensor, strength: Tensor, generator: Generator) -> Tensor:
        light = _factor(self.light * strength, generator)
        contrast = _factor(self.light * strength, generator)
        saturation = _factor(self.colour * strength, generator)
        grey = images.mean(1, keepdim=True)
        images = grey + (images - grey) * saturation
        mean = images.mean((1, 2, 3), keepdim=True)
        return ((mean + (images - mean) * contrast) * light).clamp_(0, 1)

    def _soften(self, images: Tensor, strength: Tensor, generator: Generator) -> Tensor:
        chosen = torch.rand(len(images), generator=generator) < self.blur * strength
        if not chosen.any():
            return images
        row = torch.tensor([0.25, 0.5, 0.25])
        kernel = torch.outer(row, row).expand(3, 1, 3, 3)
        padded = F.pad(images[chosen], (1, 1, 1, 1), mode="replicate")
        images[chosen] = F.conv2d(padded, kernel, groups=3)
        return images


def _uniform(n: int, low: float, high: float, generator: Generator) -> Tensor:
    return torch.rand(n, generator=generator) * (high - low) + low


def _factor(amounts: Tensor, generator: Generator) -> Tensor:
    """A factor for each image, at most its amount away from 1."""
    return (1 + amounts * _uniform(len(amounts), -1, 1, generator)).view(-1, 1, 1, 1)
