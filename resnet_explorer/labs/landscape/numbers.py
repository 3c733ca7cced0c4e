"""A loss over a plane in the space of the weights: its numbers, and what they come to. No torch here.

Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets, NeurIPS 2018.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t

Floats = NDArray[np.float64]
Rougher = Literal["plain", "residual", "same", "unsettled"]

HIGHER: Final = 1.0
"""Of cross-entropy above the centre: what still counts as low."""
ABOUT_THE_SAME: Final[Mapping[str, float]] = {"falling": 0.02, "bent": 0.02, "hollows": 1}
"""The measures of how rough a surface is, and the difference of two that is called none."""
DIGITS: Final = 6
_GRID: Final = ("across", "up", "loss", "error")
_TRAJECTORY: Final = (*_GRID, "distance")


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
class Trajectory:
    """The trajectory of a training, seen in a plane.

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
    """A surface with the trajectory of a training in its plane.

    Attributes:
        plane: "random", of filter-normalised directions, or "training", of the training's principal ones.
        seed: of the random directions; None for the training's.
        surface: what was measured.
        trajectory: of training; None where no snapshots are known.
        shares: of the trajectory's variance that its two principal directions hold, or None.
    """

    plane: Literal["random", "training"]
    seed: int | None
    surface: Surface
    trajectory: Trajectory | None = None
    shares: tuple[float, float] | None = None


def places(span: float, steps: int) -> Floats:
    """As many places from -span to span, the middle one exactly 0.

    Raises:
        ValueError: for an even number, or fewer than three.
    """
    if steps < 3 or not steps % 2:
        raise ValueError(
            t("{steps} steps have no middle; an odd number from 3 on is allowed.").format(steps=steps)
        )
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
class Finding:
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


def finding(surface: Surface) -> Finding:
    """The numbers of a square grid around the trained weights.

    Raises:
        ValueError: if the trained weights are not in its middle.
    """
    loss = surface.loss
    steps = len(surface.across)
    middle = steps // 2
    if loss.shape != (steps, steps) or surface.centre != (middle, middle):
        raise ValueError(t("Only a square grid around the trained weights is read."))
    centre = float(loss[middle, middle])
    rim = np.concatenate([loss[0], loss[-1], loss[1:-1, 0], loss[1:-1, -1]])
    return Finding(
        centre=centre,
        rim=float(np.median(_finite(rim))) if len(_finite(rim)) else math.nan,
        low=float(np.mean(loss <= centre + HIGHER)),  # what is no number is not low
        falling=_falling(loss),
        hollows=_hollows(loss, middle),
        bent=_bent(loss),
    )


def rougher_by(plain: Sequence[Finding], residual: Sequence[Finding]) -> dict[str, Rougher]:
    """For each measure of roughness, around which network the loss is rougher by it.

    Args:
        plain: a finding for each plane through the plain network.
        residual: for each through the residual one, of the same seeds.
    """
    return {
        measure: _agreed(
            _compared(getattr(one, measure) - getattr(other, measure), none)
            for one, other in zip(plain, residual, strict=True)
        )
        for measure, none in ABOUT_THE_SAME.items()
    }


def rougher(plain: Sequence[Finding], residual: Sequence[Finding]) -> Rougher:
    """Around which network the loss is rougher by every measure in every plane, or "unsettled"."""
    return _agreed(rougher_by(plain, residual).values())


def _compared(difference: float, none: float) -> Rougher:
    return "plain" if difference > none else "residual" if difference < -none else "same"


def _agreed(verdicts: Iterable[Rougher]) -> Rougher:
    said = set(verdicts)
    return said.pop() if len(said) == 1 else "unsettled"


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


def _squares(loss: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """For each point inside: whether it and its eight neighbours are numbers; the square of these nine."""
    squares = sliding_window_view(loss, (3, 3))
    return np.asarray(np.isfinite(squares).all(axis=(2, 3))), squares


def _hollows(loss: Floats, middle: int) -> int:
    known, squares = _squares(loss)
    lowest = (squares <= squares[:, :, 1:2, 1:2]).sum(axis=(2, 3)) == 1
    # A point beside the trained weights may lie a little lower: photos that were not trained on decide.
    lowest[middle - 2 : middle + 1, middle - 2 : middle + 1] = False
    return int((known & lowest).sum())


def _bent(loss: Floats) -> float:
    """The smaller eigenvalue of the Hessian by central differences is negative."""
    known, squares = _squares(loss)
    s = np.moveaxis(squares[known], 0, -1)  # 3 × 3 × points
    across, up = s[1, 2] - 2 * s[1, 1] + s[1, 0], s[2, 1] - 2 * s[1, 1] + s[0, 1]
    mixed = (s[2, 2] - s[2, 0] - s[0, 2] + s[0, 0]) / 4
    signs = (across < 0) | (up < 0) | (across * up < mixed**2)
    return float(np.mean(signs)) if known.any() else math.nan


def finding_rows(
    findings: Mapping[str, Sequence[Finding]], verdicts: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """A row for each measure, a column for each network, in words.

    Args:
        findings: by the network's name, one for each plane.
        verdicts: what a measure says of two networks, by its name; a last column, if there are any.
    """
    lines: Sequence[tuple[str, str, str]] = (
        (t("Loss at the trained weights"), "centre", "{:.3g}"),
        (t("Loss on the rim, the median"), "rim", "{:.3g}"),
        (t("Part of the map at most {higher:g} higher").format(higher=HIGHER), "low", "{:.0%}"),
        (t("Steps outward on which the loss falls"), "falling", "{:.1%}"),
        (t("Points that bend downwards in some direction"), "bent", "{:.0%}"),
        (t("Hollows beside the one in the middle"), "hollows", "{:,}"),
    )
    return [
        {"": words}
        | {
            name: " · ".join(shape.format(getattr(each, attribute)) for each in found)
            for name, found in findings.items()
        }
        | ({t("rougher by it"): verdicts.get(attribute, "–")} if verdicts else {})
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
    surface, trajectory = view.surface, view.trajectory
    return {
        "plane": view.plane,
        "seed": view.seed,
        "shares of the variance": view.shares and [_rounded(share) for share in view.shares],
        "photos": surface.photos,
        **{name: _listed(getattr(surface, name)) for name in _GRID},
        "way": trajectory
        and {
            "epochs": list(trajectory.epochs),
            **{name: _listed(getattr(trajectory, name)) for name in _TRAJECTORY},
            "seen in the plane": _rounded(trajectory.seen),
        },
    }


def from_json(values: Mapping[str, Any]) -> View:
    """The view that `to_json` wrote.

    Raises:
        ValueError: if something is missing, or of another shape.
    """
    try:
        across, up, loss, error = (np.array(values[name], dtype=np.float64) for name in _GRID)
        if loss.shape != (len(up), len(across)) or error.shape != loss.shape:
            raise ValueError(
                t("a grid of {shape} for {rows} rows and {columns} columns").format(
                    shape=loss.shape, rows=len(up), columns=len(across)
                )
            )
        surface = Surface(across, up, loss, error, int(values["photos"]))
        trajectory = _trajectory(values["way"]) if values["way"] else None
        shares = values["shares of the variance"]
        plane: Literal["random", "training"] = "random" if values["plane"] == "random" else "training"
        return View(
            plane, values["seed"], surface, trajectory, shares and (float(shares[0]), float(shares[1]))
        )
    except (KeyError, TypeError, ValueError) as failure:
        raise ValueError(t("The surface cannot be read: {failure}.").format(failure=failure)) from None


def _trajectory(values: Mapping[str, Any]) -> Trajectory:
    arrays = {name: np.array(values[name], dtype=np.float64) for name in _TRAJECTORY}
    return Trajectory(tuple(map(int, values["epochs"])), seen=float(values["seen in the plane"]), **arrays)


def _listed(values: Floats) -> list[Any]:
    return [_listed(row) if row.ndim else _rounded(float(row)) for row in np.asarray(values)]


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
