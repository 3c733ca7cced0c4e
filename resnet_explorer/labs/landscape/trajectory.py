"""The trajectory of training in the space of weights, and planes to see it in (Li et al. 2018, section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from resnet_explorer.common.i18n import t
from resnet_explorer.labs.landscape.numbers import Floats, Trajectory
from resnet_explorer.labs.landscape.surface import Direction, Plane, kernels, loss_and_error
from resnet_explorer.labs.photos import Photos
from resnet_explorer.model.resnet import ResNet


@dataclass(frozen=True, eq=False)
class Principal:
    """The plane of the training itself.

    Attributes:
        plane: two directions of length 1, perpendicular to one another.
        shares: of the variance of the trajectory, the part along each.
    """

    plane: Plane
    shares: tuple[float, float]


def offsets_of(states: Iterable[Mapping[str, Tensor]], model: nn.Module) -> Floats:
    """From a trained network to its snapshots, kernels only, flat.

    Args:
        states: the snapshots' values by name.
        model: the trained network as stored.

    Returns:
        (K, values of all kernels).
    """
    last = kernels(model)
    return np.stack([_flat({name: state[name].float() - last[name] for name in last}) for state in states])


def principal_plane(offsets: Floats, model: nn.Module) -> Principal:
    """The two principal directions of the trajectory (section 7.2: PCA of the matrix of θᵢ − θₙ).

    Args:
        offsets: (K, values), from the trained network to each snapshot, the last of them 0.
        model: the network whose kernels these are.

    Raises:
        ValueError: for fewer than three snapshots.
    """
    if len(offsets) < 3:
        raise ValueError(t("A plane needs three snapshots or more."))
    centred = offsets - offsets.mean(axis=0)
    # The principal directions are the offsets' own rows, mixed: what is decomposed is K × K.
    variances, mixes = np.linalg.eigh(centred @ centred.T)
    largest = np.argsort(variances)[::-1][:2]
    directions = mixes[:, largest].T @ centred
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    # The sign of a principal direction is free: training begins at the right and, if it can, at the top.
    directions *= np.where(directions @ offsets[0] < 0, -1, 1)[:, None]
    shares = variances[largest] / variances.sum()
    first, second = (_direction(row, model) for row in directions)
    return Principal((first, second), (float(shares[0]), float(shares[1])))


def projected(offsets: Floats, plane: Plane) -> tuple[Floats, Floats, float]:
    """Where the trajectory lies in a plane, by least squares.

    Args:
        offsets: (K, values), from the trained network to each snapshot.
        plane: two directions, of any length and angle.

    Returns:
        (K,) along the first, (K,) along the second, and the part of the squared distances in the plane.
    """
    basis = np.stack([_flat(direction) for direction in plane])
    places = np.linalg.solve(basis @ basis.T, basis @ offsets.T)
    within = float(((places.T @ basis) ** 2).sum())
    whole = float((offsets**2).sum())
    return places[0], places[1], within / whole if whole else 1.0


def trajectory_of(
    snapshots: Sequence[ResNet], epochs: Sequence[int], offsets: Floats, plane: Plane, photos: Photos
) -> Trajectory:
    """The trajectory in a plane, and what each network on it predicts, with its own norms.

    Args:
        snapshots: in evaluation mode, the trained network last.
        epochs: of each.
        offsets: as `offsets_of` makes them.
        plane: two directions.
        photos: with labels.

    Raises:
        ValueError: for photos without labels.
    """
    if photos.labels is None:
        raise ValueError(t("The trajectory of a training needs photos with labels."))
    across, up, seen = projected(offsets, plane)
    found = np.array([loss_and_error(network, photos.images, photos.labels) for network in snapshots])
    return Trajectory(
        tuple(epochs), across, up, found[:, 0], found[:, 1], np.linalg.norm(offsets, axis=1), seen
    )


def _flat(values: Direction) -> Floats:
    return np.concatenate([value.double().flatten().numpy() for value in values.values()])


def _direction(flat: Floats, model: nn.Module) -> Direction:
    """A tensor for each kernel from all values in a row."""
    found, begin = {}, 0
    for name, kernel in kernels(model).items():
        part = flat[begin : begin + kernel.numel()]
        found[name] = torch.from_numpy(part).float().view(kernel.shape)
        begin += kernel.numel()
    return found
