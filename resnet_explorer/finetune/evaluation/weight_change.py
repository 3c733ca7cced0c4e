"""The weight change of each section of a network: how far fine-tuning took it from its initial weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor, nn

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import section_name


@dataclass(frozen=True)
class WeightChange:
    """How far the weights of one section are from their initial values.

    Attributes:
        section: "stem" or "stage n".
        distance: ‖w − w₀‖ / ‖w₀‖ over all weights of its convolutions: 0 for one that was frozen.
        weights: how many they are.
    """

    section: str
    distance: float
    weights: int


def weight_changes(start: ResNet, end: ResNet) -> tuple[WeightChange, ...]:
    """The weight change of the stem and each stage, in the order of the data.

    The distance from where fine-tuning began is what L²-SP penalises (Li, Grandvalet and Davoine 2018,
    section 3); here it is relative to the length of the initial weights, so that sections of different
    size can be compared. Initial weights differ in length, so runs compare less well.
    Norms and biases are left out. So is the head: fine-tuning gives the network a new one for its
    classes, which has nothing to be compared with.

    Args:
        start: the network with the initial weights of the run.
        end: the fine-tuned one, of the same spec but for the classes.

    Raises:
        ValueError: if they are of different specs.
    """
    classes = end.spec.num_classes
    if start.spec.with_(num_classes=classes, include_top=True) != end.spec.with_(include_top=True):
        raise ValueError(
            t("The two networks are of different architectures; their weights have no distance.")
        )
    pairs = zip(_weights(start), _weights(end), strict=True)
    return tuple(_change(section_name(number), *pair) for number, pair in enumerate(pairs))


def _weights(network: ResNet) -> list[list[Tensor]]:
    """Of each section, those of its convolutions."""
    return [
        [module.weight.detach() for module in section.modules() if isinstance(module, nn.Conv2d)]
        for section in (network.conv1, *network.stages)
    ]


def _change(section: str, before: list[Tensor], after: list[Tensor]) -> WeightChange:
    length = _length(before)
    away = _length([new - old for old, new in zip(before, after, strict=True)])
    distance = 0.0 if away == 0 else away / length if length else math.inf
    return WeightChange(section, distance, sum(weight.numel() for weight in before))


def _length(tensors: list[Tensor]) -> float:
    """The Euclidean length of all of them as one vector."""
    return math.sqrt(sum(float(tensor.double().square().sum()) for tensor in tensors))
