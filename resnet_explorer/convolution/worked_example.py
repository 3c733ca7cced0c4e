"""A convolution small enough to be worked out by hand: every product of one output cell, and all cells.

As in every deep-learning library the kernel is not flipped: strictly, this is a cross-correlation
(Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning", section 1.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bracketed, decimal_text

Matrix = tuple[tuple[float, ...], ...]
"""Numbers by rows, all rows equally long."""

INPUT: Final[Matrix] = (
    (3, 3, 2, 1, 0),
    (0, 0, 1, 3, 1),
    (3, 1, 2, 2, 3),
    (2, 0, 0, 2, 2),
    (2, 0, 0, 0, 1),
)
KERNEL: Final[Matrix] = ((0, 1, 2), (2, 2, 0), (0, 1, 2))
"""The numbers of Dumoulin and Visin 2016, fig. 1.1."""


@dataclass(frozen=True)
class Product:
    """One value under the window times the weight that stands over it."""

    value: float
    weight: float
    in_padding: bool

    @property
    def text(self) -> str:
        """As "2 · 3", a negative number in brackets."""
        return " · ".join(bracketed(decimal_text(factor)) for factor in (self.value, self.weight))


def convolve(values: Matrix, kernel: Matrix, stride: int = 1, padding: int = 0) -> NDArray[np.float64]:
    """All cells of the output: the kernel over the padded input, in steps of the stride.

    Raises:
        ValueError: if the kernel is larger than the padded input.
    """
    padded = np.pad(np.asarray(values, dtype=np.float64), padding)
    weights = np.asarray(kernel, dtype=np.float64)
    if min(padded.shape) < max(weights.shape):
        raise ValueError(
            t(
                "A {rows}×{columns} kernel does not fit on the padded input of {height}×{width}; a "
                "smaller kernel or more padding will do."
            ).format(
                rows=weights.shape[0],
                columns=weights.shape[1],
                height=padded.shape[0],
                width=padded.shape[1],
            )
        )
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape)[::stride, ::stride]
    return np.asarray(np.einsum("rcij,ij->rc", windows, weights))


def products(
    values: Matrix, kernel: Matrix, stride: int, padding: int, row: int, column: int
) -> tuple[tuple[Product, ...], ...]:
    """The products whose sum is one cell of the output, by rows of the kernel."""
    height, width = len(values), len(values[0])
    top, left = row * stride - padding, column * stride - padding

    def product(i: int, j: int) -> Product:
        y, x = top + i, left + j
        inside = 0 <= y < height and 0 <= x < width
        return Product(values[y][x] if inside else 0, kernel[i][j], not inside)

    return tuple(tuple(product(i, j) for j in range(len(kernel[0]))) for i in range(len(kernel)))


def resized(matrix: Matrix, side: int) -> Matrix:
    """The matrix with so many rows and columns: cut off, or with zeros appended."""
    rows = [(*row[:side], *[0] * (side - len(row))) for row in matrix[:side]]
    return tuple(rows + [(0,) * side] * (side - len(rows)))
