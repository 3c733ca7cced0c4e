"""The loss around trained weights, over a plane of filter-normalised directions (Li et al. 2018, section 4).

A direction moves the kernels: the weights of convolutions and of linear layers. Biases, and what batch
norms learned, stay where they are, as with `--ignore biasbn` of the paper's code; the running statistics
of the norms stay those of the trained network.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.landscape.numbers import Floats, Surface, coarse_to_fine, places
from resnet_explorer.labs.photos import Photos, batch_size
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet

Direction = Mapping[str, Tensor]
"""A tensor for each kernel, by its name and of its shape."""
Plane = tuple[Direction, Direction]

TINY: Final = 1e-10
"""Keeps the norm of a filter of zeros from dividing by zero, as in the paper's code."""


def kernels(model: nn.Module) -> dict[str, Tensor]:
    """What a direction moves: parameters of more than one dimension, which are no biases and of no norm."""
    return {name: value.detach() for name, value in model.named_parameters() if value.ndim > 1}


def filter_norms(kernel: Tensor) -> Tensor:
    """The Frobenius norm of each filter, (output channels,): of a row, where the layer is linear."""
    norms: Tensor = kernel.flatten(1).norm(dim=1)
    return norms


def random_direction(model: nn.Module, generator: torch.Generator) -> Direction:
    """Gaussian, each filter then as long as that of the network: d ← d / ‖d‖ · ‖w‖ (section 4).

    Args:
        model: the network as stored, no norm folded into its convolutions.
        generator: of the draws.
    """
    found = {}
    for name, kernel in kernels(model).items():
        drawn = torch.randn(kernel.shape, generator=generator)
        factor = filter_norms(kernel) / (filter_norms(drawn) + TINY)
        found[name] = drawn * factor.view(-1, *(1,) * (kernel.ndim - 1))
    return found


def random_plane(model: nn.Module, seed: int) -> Plane:
    """Two such directions from one seed. In so many dimensions they are all but perpendicular."""
    generator = torch.Generator().manual_seed(seed)
    return random_direction(model, generator), random_direction(model, generator)


def perturbed(model: ResNet, direction: Direction, far: float = 1.0) -> ResNet:
    """A copy of a network, its kernels changed along a direction."""
    network = copy.deepcopy(model)
    with torch.no_grad():
        for name, kernel in kernels(network).items():
            kernel.add_(direction[name], alpha=far)
    return network


class NetworkInPlane:
    """A network at the places of a plane; the one that it is made from stays.

    A norm that has stopped learning is a factor and a shift for each channel, whatever the convolution
    before it: folded(W + a d + b e) = folded(W) + a folded(d) + b folded(e), where a direction is folded
    with the factors of the network's norms. So what is asked is the network made ready for evaluation.
    """

    def __init__(self, model: ResNet, plane: Plane) -> None:
        """Fold all three once.

        Args:
            model: the network as stored.
            plane: two directions in its kernels.
        """
        self._network = for_evaluation(model)
        self._here = kernels(self._network)
        self._origin = {name: kernel.clone() for name, kernel in self._here.items()}
        self._plane = tuple(self._folded(model, direction) for direction in plane)

    def at(self, across: float, up: float) -> ResNet:
        """The network at a place; it is the same object each time."""
        with torch.no_grad():
            for name, kernel in self._here.items():
                kernel.copy_(self._origin[name])
                kernel.add_(self._plane[0][name], alpha=across).add_(self._plane[1][name], alpha=up)
        return self._network

    @staticmethod
    def _folded(model: ResNet, direction: Direction) -> dict[str, Tensor]:
        stand_in = copy.deepcopy(model)
        with torch.no_grad():
            for name, kernel in kernels(stand_in).items():
                kernel.copy_(direction[name])
        return kernels(for_evaluation(stand_in))


def loss_and_error(network: nn.Module, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy, in nats, and the part of the predictions that is wrong.

    Args:
        network: in evaluation mode.
        images: (N, channels, H, W).
        labels: (N,).
    """
    size, loss, wrong = batch_size(images), 0.0, 0
    with torch.inference_mode():
        for some, right in zip(images.split(size), labels.split(size), strict=True):
            logits = network(some)
            loss += F.cross_entropy(logits.double(), right, reduction="sum").item()
            wrong += int((logits.argmax(dim=1) != right).sum())
    return loss / len(images), wrong / len(images)


def surface(
    model: ResNet,
    photos: Photos,
    plane: Plane,
    across: Sequence[float] | Floats,
    up: Sequence[float] | Floats,
) -> Iterator[Step[Surface]]:
    """Measure the network at every point of a grid, coarser grids first.

    Args:
        model: the trained network as stored, in evaluation mode; it is not changed.
        photos: what is shown. Without labels, the loss is of the trained network's own predictions.
        plane: the two directions.
        across: places along the first, as many as along the second.
        up: along the second.

    Yields:
        Points done; the finest whole grid so far, with rim and middle, once there is one.
    """
    network = NetworkInPlane(model, plane)
    labels = photos.labels
    if labels is None:
        labels = own_predictions(network.at(0, 0), photos.images)
    steps = len(across)
    columns, rows = np.array(across, dtype=np.float64), np.array(up, dtype=np.float64)
    loss, error = (np.full((steps, steps), np.nan) for _ in range(2))
    order = list(coarse_to_fine(steps))
    answer = None
    for done, (row, column, stride) in enumerate(order, start=1):
        found = loss_and_error(network.at(columns[column], rows[row]), photos.images, labels)
        loss[row, column], error[row, column] = found[0] if np.isfinite(found[0]) else np.nan, found[1]
        if done == len(order) or order[done][2] != stride:
            grids = (loss[::stride, ::stride].copy(), error[::stride, ::stride].copy())
            answer = Surface(columns[::stride], rows[::stride], *grids, photos=len(photos.images))
        yield Step(done, len(order), answer)


def random_surface(
    model: ResNet, photos: Photos, seed: int, span: float, steps: int
) -> Iterator[Step[Surface]]:
    """`surface` over the random plane of a seed, from -span to span both ways.

    A place is in lengths of the filters: at 1 along one direction each filter has been changed by as
    much as it is long.
    """
    where = places(span, steps)
    yield from surface(model, photos, random_plane(model, seed), where, where)


def own_predictions(network: nn.Module, images: Tensor) -> Tensor:
    """The class that a network predicts for each photo, (N,)."""
    with torch.inference_mode():
        return torch.cat([network(some).argmax(dim=1) for some in images.split(batch_size(images))])


def values_digest(model: nn.Module) -> str:
    """The SHA-256 of a network's values, as float32 in the order of their names: of the file's content."""
    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        if value.is_floating_point():  # counters of seen batches decide nothing
            digest.update(name.encode())
            digest.update(value.detach().float().contiguous().numpy().tobytes())
    return digest.hexdigest()
