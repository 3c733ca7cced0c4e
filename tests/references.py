"""Networks of which it is known what they look at, for the tests of tests."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from resnet_explorer.faithfulness.masked_forward import MaskedForward

SIDE = 16
SQUARE = (slice(4, 8), slice(6, 12))
"""Rows and columns of the 24 of 256 pixels that the linear network reads."""


class Reader(nn.Module):
    """Logits: the sum of what is inside the square, and 0. Nothing else in the photo matters."""

    def forward(self, x: Tensor) -> Tensor:
        inside = x[:, :, SQUARE[0], SQUARE[1]].mean(dim=(1, 2, 3))
        return torch.stack([4 * inside, torch.zeros_like(inside)], dim=1)


def square() -> np.ndarray:
    """The true map of the reader: 1 inside its square."""
    heat = np.zeros((SIDE, SIDE), dtype=np.float32)
    heat[SQUARE] = 1.0
    return heat


def reader_forward(at_once: int = 7) -> MaskedForward:
    """A photo of ones, whose pixels become 0: the probability is σ(4 · what is left of the square)."""
    tensor = torch.ones(1, 3, SIDE, SIDE)
    return MaskedForward(Reader(), tensor, 0, torch.zeros_like(tensor), at_once)


def sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
