"""How far fine-tuning moved the weights of each part of a network from where they began."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor, nn

from resnet_explorer.module import ResNet
from resnet_explorer.plan import section_name


@dataclass(frozen=True)
class Move:
    """How far one section of the network moved.

    Attributes:
        section: "stem" or "stage n".
        distance: ‖w − w₀‖ / ‖w₀‖ over all weights of its convolutions: 0 for one that stayed as it was.
        weights: how many they are.
    """

    section: str
    distance: float
    weights: int


def moves(start: ResNet, end: ResNet) -> tuple[Move, ...]:
    """How far the stem and each stage moved, in the order of the data.

    The distance from where fine-tuning began is what L²-SP penalises (Li, Grandvalet and Davoine 2018,
    section 3); here it is told relative to the length of the beginning, so that sections of different
    size can be compared. Two beginnings have weights of different length, so runs compare less well.
    Norms and biases are left out. So is the head: fine-tuning gives the network a new one for its
    classes, which has nothing to be compared with.

    Args:
        start: the network that the run began with.
        end: the one that came out, of the same spec but for the classes.

    Raises:
        ValueError: if they are of different specs.
    """
    classes = end.spec.num_classes
    if start.spec.with_(num_classes=classes, include_top=True) != end.spec.with_(include_top=True):
        raise ValueError("The two networks are of different architectures; their weights have no distance.")
    before, after = _sections(start), _sections(end)
    return tuple(
        _move(section_name(number), _weights(one), _weights(other))
        for number, (one, other) in enumerate(zip(before, after, strict=True))
    )


def _sections(network: ResNet) -> list[nn.Module]:
    return [network.conv1, *network.stages]


def _weights(section: nn.Module) -> list[Tensor]:
    return [module.weight.detach() for module in section.modules() if isinstance(module, nn.Conv2d)]


def _move(section: str, before: list[Tensor], after: list[Tensor]) -> Move:
    length = _length(before)
    away = _length([new - old for old, new in zip(before, after, strict=True)])
    distance = 0.0 if away == 0 else away / length if length else math.inf
    return Move(section, distance, sum(weight.numel() for weight in before))


def _length(tensors: list[Tensor]) -> float:
    """The Euclidean length of all of them as one vector."""
    return math.sqrt(sum(float(tensor.double().square().sum()) for tensor in tensors))
