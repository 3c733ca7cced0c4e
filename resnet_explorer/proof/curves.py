"""Curves over the share of the pixels, from 0 to 1 in equal steps, and the areas under them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]
"""The probability of the class at each share of the pixels."""


def area(curve: Curve) -> float:
    """The area under a curve over the shares 0 to 1, by the trapezoid rule."""
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def areas(curves: NDArray[np.float64]) -> list[float]:
    """The area under each row."""
    return [area(curve) for curve in curves]
