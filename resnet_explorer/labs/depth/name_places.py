"""Where the names of curves stand: beside their own curve, across none, and across no other name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

WIDTH, HEIGHT = 1120, 225
"""Pixels between the axes on the first screen of a projector; with more of them, names have more room."""
_COLUMN: Final = 4
"""Pixels between two places at which a curve is looked at."""
_GAP: Final = 5
_LETTER: Final = 0.53
"""Width of a letter on the mean, of its size."""
_CLEAR: Final = 26
"""Pixels that other curves should keep from a name: it is of the one that is next to it."""

Curve = Sequence[tuple[float, float]]
"""Places and heights along a curve, the places ascending."""


@dataclass(frozen=True)
class Name:
    """A name to be placed.

    Attributes:
        text: what stands there.
        curve: number of the curve that it names.
        size: of its letters, in pixels.
    """

    text: str
    curve: int
    size: float

    @property
    def half(self) -> tuple[float, float]:
        """Half of its width and of its height, in pixels."""
        return len(self.text) * self.size * _LETTER / 2, self.size * 0.62


def name_places(
    names: Sequence[Name], curves: Sequence[Curve], x: tuple[float, float], y: tuple[float, float]
) -> list[tuple[float, float]]:
    """The middle of each name, in the units of the axes.

    Every place over and under its curve is looked at; the one that crosses least is taken, of equals the one
    that is farthest from the other curves, and of these the one nearest to an end.

    Args:
        names: the first ones have the first choice. A curve without a point has none.
        curves: all that is drawn.
        x: the ends of the axis of places.
        y: the ends of the axis of heights.
    """
    columns = np.arange(0, WIDTH + 1, _COLUMN)
    across, up = WIDTH / (x[1] - x[0]), HEIGHT / (y[1] - y[0])
    drawn = [_heights(curve, columns, (x[0], across), (y[0], up)) for curve in curves]
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for name in names:
        half_wide, half_high = name.half
        best = (np.inf, 0.0, 0.0)
        for middle in np.arange(half_wide, WIDTH - half_wide, _COLUMN):
            seen = np.abs(columns - middle) <= half_wide
            under = [line[seen] for line in drawn]
            own = under[name.curve][~np.isnan(under[name.curve])]
            if not len(own):
                continue
            for centre in (own.max() + _GAP + half_high, own.min() - _GAP - half_high):
                if half_high <= centre <= HEIGHT - half_high:
                    cost = _cost((middle, centre), name, under, taken) + 0.02 * min(middle, WIDTH - middle)
                    best = min(best, (cost, float(middle), float(centre)))
        _, middle, centre = best
        taken.append((middle, centre, half_wide, half_high))
        found.append((x[0] + middle / across, y[0] + centre / up))
    return found


def _heights(curve: Curve, columns: np.ndarray, x: tuple[float, float], y: tuple[float, float]) -> np.ndarray:
    """A curve's height at each column, in pixels; not a number where it is not."""
    if not curve:
        return np.full(len(columns), np.nan)
    places, heights = (np.array(column, float) for column in zip(*curve, strict=True))
    at = (places - x[0]) * x[1]
    found: np.ndarray = np.interp(columns, at, (heights - y[0]) * y[1], left=np.nan, right=np.nan)
    return found


def _cost(
    at: tuple[float, float],
    name: Name,
    under: Sequence[np.ndarray],
    taken: Sequence[tuple[float, float, float, float]],
) -> float:
    """What a name costs at a place: most where it is crossed, something where another curve is near."""
    _, half_high = name.half
    cost = 0.0
    for number, line in enumerate(under):
        if np.isnan(line).all():
            continue
        between = max(0.0, float(np.nanmin(np.abs(line - at[1]))) - half_high)
        if between == 0:
            cost += 1000
        elif number != name.curve:
            cost += max(0.0, _CLEAR - between)
    half_wide = name.half[0]
    for middle, centre, wide, high in taken:
        if abs(at[0] - middle) < half_wide + wide + 12 and abs(at[1] - centre) < half_high + high:
            cost += 1000
    return cost
