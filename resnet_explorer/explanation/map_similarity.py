"""How alike two maps are, as a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def rank_correlation(one: ArrayLike, other: ArrayLike) -> float | None:
    """Spearman's rank correlation, from −1 to 1: whether both put the cells in the same order.

    Equal values share the mean of their ranks.

    Returns:
        The number, or None where a map is level, or not of numbers, and so puts nothing in any order.
    """
    from scipy.stats import spearmanr  # here, for it takes a while to load

    first, second = np.ravel(one).astype(np.float64), np.ravel(other).astype(np.float64)
    if not _has_order(first) or not _has_order(second):
        return None
    return float(spearmanr(first, second).statistic)


def structural_similarity(one: NDArray[np.float32], other: NDArray[np.float32]) -> float | None:
    """SSIM of two maps (H, W), each scaled so that its peak is 1: 1 for maps that look the same.

    Wang, Bovik, Sheikh, Simoncelli 2004, with windows of 7 × 7.

    Returns:
        The number, or None for maps that are smaller than a window.
    """
    from skimage.metrics import structural_similarity as ssim

    if min(one.shape) < 7:
        return None
    return float(ssim(_to_peak(one), _to_peak(other), data_range=1.0))  # type: ignore[no-untyped-call]


def _has_order(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all() and np.ptp(values) > 0)


def _to_peak(values: NDArray[np.float32]) -> NDArray[np.float64]:
    peak = float(np.abs(values).max())
    return np.asarray(values, dtype=np.float64) / (peak or 1.0)
