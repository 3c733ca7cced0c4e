"""A loss over a plane in the space of the weights: its numbers, and what they come to. No torch here.

Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets, NeurIPS 2018.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.i18n import t

Floats = NDArray[np.float64]
Rougher = Literal["plain", "residual", "same"]

STEPS: Final = (9, 13, 17, 25, 33)
"""Points a side: odd, so that the trained weights are one of them."""
HIGHER: Final = 1.0
"""Of cross-entropy above the centre: what still counts as low."""
ABOUT_THE_SAME: Final = 0.02
"""Difference of two shares of outward steps that is called none."""
DIGITS: Final = 6


@dataclass(frozen=True, eq=False)
class Surface:
    """Cross-entropy and error over a grid in a plane through trained weights.

    Attributes:
        across: (N,), places along the first direction, rising; 0 is the trained network.
        up: (M,), along the second.
        loss: (M, N), cross-entropy, the mean over the photos, in nats; NaN where it is no number.
        error: (M, N), the part of the photos that is answered wrongly, from 0 to 1.
        photos: how many.
    """

    across: Floats
    up: Floats
    loss: Floats
    error: Floats
    photos: int

    @property
    def centre(self) -> tuple[int, int] | None:
        """Row and column of the trained weights; None where the grid misses them."""
        rows, columns = np.flatnonzero(self.up == 0), np.flatnonzero(self.across == 0)
        return (int(rows[0]), int(columns[0])) if len(rows) and len(columns) else None


@dataclass(frozen=True, eq=False)
class Way:
    """The way of training, seen in a plane.

    Attributes:
        epochs: after which the network stood where; 0 is before the first step.
        across: (K,), places along the first direction; the last is the trained network's, 0.
        up: (K,), along the second.
        loss: (K,), of each network itself, with its own norms; not of its place in the plane.
        error: (K,), likewise.
        distance: (K,), from each network's kernels to the trained ones, as a vector's length.
        seen: the part of the squared distances that lies in the plane.
    """

    epochs: tuple[int, ...]
    across: Floats
    up: Floats
    loss: Floats
    error: Floats
    distance: Floats
    seen: float


@dataclass(frozen=True, eq=False)
class View:
    """A surface with the way of training in its plane.

    Attributes:
        plane: "random", of filter-normalised directions, or "training", of the training's principal ones.
        seed: of the random directions; None for the training's.
        surface: what was measured.
        way: of training; None where no snapshots are known.
        shares: of the variance of the training's way that its two principal directions hold, or None.
    """

    plane: Literal["random", "training"]
    seed: int | None
    surface: Surface
    way: Way | None = None
    shares: tuple[float, float] | None = None


def places(span: float, steps: int) -> Floats:
    """As many places from -span to span, the middle one exactly 0.

    Raises:
        ValueError: for an even number, or fewer than three.
    """
    if steps < 3 or not steps % 2:
        raise ValueError(f"{steps} steps have no middle; an odd number from 3 on is allowed.")
    middle = steps // 2
    return np.asarray((np.arange(steps) - middle) * (span / middle), dtype=np.float64)


def strides(steps: int) -> list[int]:
    """From coarse to fine: every so many points of a side are a grid of their own, with rim and middle."""
    found = [1]
    while steps // 2 % (2 * found[0]) == 0:
        found.insert(0, 2 * found[0])
    return found


def coarse_to_fine(steps: int) -> Iterator[tuple[int, int, int]]:
    """Every point of a square grid once, coarser grids first.

    Yields:
        Row, column, and the stride of the grid that the point belongs to first.
    """
    before = 0
    for stride in strides(steps):
        for row in range(0, steps, stride):
            for column in range(0, steps, stride):
                if not before or row % before or column % before:
                    yield row, column, stride
        before = stride


@dataclass(frozen=True)
class Reading:
    """What a surface around trained weights comes to.

    Attributes:
        centre: the loss of the trained network.
        rim: the median loss on the rim of the grid.
        low: the part of the grid whose loss is at most `HIGHER` above the centre's.
        falling: of the steps straight out from the centre, the part on which the loss falls.
        hollows: points inside that lie lower than all eight around them, the centre not counted.
        bent: the part of the points inside at which the surface bends downwards in some direction.
    """

    centre: float
    rim: float
    low: float
    falling: float
    hollows: int
    bent: float


def reading(surface: Surface) -> Reading:
    """The numbers of a square grid around the trained weights.

    Raises:
        ValueError: if the trained weights are not in its middle.
    """
    loss = surface.loss
    steps = len(surface.across)
    middle = steps // 2
    if loss.shape != (steps, steps) or surface.centre != (middle, middle):
        raise ValueError("Only a square grid around the trained weights is read.")
    centre = float(loss[middle, middle])
    rim = np.concatenate([loss[0], loss[-1], loss[1:-1, 0], loss[1:-1, -1]])
    return Reading(
        centre=centre,
        rim=float(np.median(_finite(rim))) if len(_finite(rim)) else math.nan,
        low=float(np.mean(loss <= centre + HIGHER)),  # what is no number is not low
        falling=_falling(loss),
        hollows=_hollows(loss, middle),
        bent=_bent(loss),
    )


def rougher(plain: Reading, residual: Reading) -> Rougher:
    """Which surface goes down again more often on the way out."""
    difference = plain.falling - residual.falling
    if not abs(difference) > ABOUT_THE_SAME:
        return "same"
    return "plain" if difference > 0 else "residual"


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _falling(loss: Floats) -> float:
    """Straight from the centre to every point of the rim, as many steps as there are rings.

    Between the points of the grid the surface is bilinear. Over a bowl, whatever its shape, no step falls:
    what is convex rises all the way from its lowest point.
    """
    middle = len(loss) // 2
    rim = [
        (row, column)
        for row in range(-middle, middle + 1)
        for column in range(-middle, middle + 1)
        if max(abs(row), abs(column)) == middle
    ]
    parts = np.arange(middle + 1) / middle
    rows, columns = (middle + np.outer([place[axis] for place in rim], parts) for axis in (0, 1))
    steps = np.diff(_between(loss, rows, columns), axis=1)
    known = np.isfinite(steps)
    return float((steps[known] < 0).mean()) if known.any() else math.nan


def _between(values: Floats, rows: Floats, columns: Floats) -> Floats:
    """Bilinear, at places counted in points of the grid."""
    top = np.clip(np.floor(rows + 1e-9).astype(int), 0, len(values) - 2)
    left = np.clip(np.floor(columns + 1e-9).astype(int), 0, len(values) - 2)
    down, right = np.clip(rows - top, 0, 1), np.clip(columns - left, 0, 1)
    down, right = (np.where(np.abs(part - part.round()) < 1e-9, part.round(), part) for part in (down, right))
    found = np.zeros_like(rows)
    for row, part_down in ((top, 1 - down), (top + 1, down)):
        for column, part_right in ((left, 1 - right), (left + 1, right)):
            weight = part_down * part_right
            # A corner that does not count may be no number.
            found += np.where(weight > 0, weight * values[row, column], 0)
    return found


def _around(loss: Floats) -> Iterator[tuple[int, int, Floats]]:
    """Each point inside, and the square of nine that it is the middle of; those of finite numbers."""
    for row in range(1, loss.shape[0] - 1):
        for column in range(1, loss.shape[1] - 1):
            square = loss[row - 1 : row + 2, column - 1 : column + 2]
            if np.isfinite(square).all():
                yield row, column, square


def _hollows(loss: Floats, middle: int) -> int:
    # A point beside the trained weights may lie a little lower: photos that were not trained on decide.
    return sum(
        max(abs(row - middle), abs(column - middle)) > 1 and int((square <= square[1, 1]).sum()) == 1
        for row, column, square in _around(loss)
    )


def _bent(loss: Floats) -> float:
    """The smaller eigenvalue of the Hessian by central differences is negative."""
    signs = []
    for _, _, square in _around(loss):
        here = square[1, 1]
        second = square[1, 2] - 2 * here + square[1, 0], square[2, 1] - 2 * here + square[0, 1]
        mixed = (square[2, 2] - square[2, 0] - square[0, 2] + square[0, 0]) / 4
        signs.append(second[0] < 0 or second[1] < 0 or second[0] * second[1] < mixed**2)
    return float(np.mean(signs)) if signs else math.nan


def reading_rows(readings: Mapping[str, Reading]) -> list[dict[str, Any]]:
    """A row for each measure, a column for each network, in words."""
    lines: Sequence[tuple[str, str, str]] = (
        (t("Loss at the trained weights"), "centre", "{:.3g}"),
        (t("Loss on the rim, the median"), "rim", "{:.3g}"),
        (t("Part of the map at most {higher:g} higher").format(higher=HIGHER), "low", "{:.0%}"),
        (t("Steps outward on which the loss falls"), "falling", "{:.1%}"),
        (t("Points that bend downwards in some direction"), "bent", "{:.0%}"),
        (t("Hollows beside the one in the middle"), "hollows", "{:,}"),
    )
    return [
        {"": words} | {name: shape.format(getattr(found, attribute)) for name, found in readings.items()}
        for words, attribute, shape in lines
    ]


def grid_rows(surface: Surface) -> list[dict[str, Any]]:
    """A row for each point of the grid."""
    return [
        {
            "across": _rounded(across),
            "up": _rounded(up),
            "loss": _rounded(surface.loss[row, column]),
            "error": _rounded(surface.error[row, column]),
        }
        for row, up in enumerate(surface.up)
        for column, across in enumerate(surface.across)
    ]


def to_json(view: View) -> dict[str, Any]:
    """A view as JSON has it; what is no number is null."""
    surface, way = view.surface, view.way
    return {
        "plane": view.plane,
        "seed": view.seed,
        "shares of the variance": view.shares and [_rounded(share) for share in view.shares],
        "photos": surface.photos,
        "across": _listed(surface.across),
        "up": _listed(surface.up),
        "loss": _listed(surface.loss),
        "error": _listed(surface.error),
        "way": way
        and {
            "epochs": list(way.epochs),
            "across": _listed(way.across),
            "up": _listed(way.up),
            "loss": _listed(way.loss),
            "error": _listed(way.error),
            "distance": _listed(way.distance),
            "seen in the plane": _rounded(way.seen),
        },
    }


def from_json(values: Mapping[str, Any]) -> View:
    """The view that `to_json` wrote.

    Raises:
        ValueError: if something is missing, or of another shape.
    """
    try:
        names = ("across", "up", "loss", "error")
        across, up, loss, error = (np.array(values[name], dtype=np.float64) for name in names)
        if loss.shape != (len(up), len(across)) or error.shape != loss.shape:
            raise ValueError(f"a grid of {loss.shape} for {len(up)} rows and {len(across)} columns")
        surface = Surface(across, up, loss, error, int(values["photos"]))
        way = _way(values["way"]) if values["way"] else None
        shares = values["shares of the variance"]
        plane: Literal["random", "training"] = "random" if values["plane"] == "random" else "training"
        return View(plane, values["seed"], surface, way, shares and (float(shares[0]), float(shares[1])))
    except (KeyError, TypeError, ValueError) as failure:
        raise ValueError(f"The surface cannot be read: {failure}.") from None


def _way(values: Mapping[str, Any]) -> Way:
    names = ("across", "up", "loss", "error", "distance")
    across, up, loss, error, distance = (np.array(values[name], dtype=np.float64) for name in names)
    seen = float(values["seen in the plane"])
    return Way(tuple(map(int, values["epochs"])), across, up, loss, error, distance, seen)


def _listed(values: Floats) -> list[Any]:
    return [_listed(row) if row.ndim else _rounded(float(row)) for row in np.asarray(values)]


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
