"""Small networks and photos of noise, for tests in which the size does not matter."""

from __future__ import annotations

import torch
from torch import Tensor

from resnet_explorer import ResNetSpec, build
from resnet_explorer.model.resnet import ResNet

SPEC = ResNetSpec("basic", (2, 1, 1), width=8, stem="cifar", num_classes=10)


def small_network(confidence: float = 1, **changes: object) -> ResNet:
    """A network of random weights, ready to predict.

    Args:
        confidence: a factor of the last layer's weights, so that the classes differ.
        changes: of the spec's fields.
    """
    torch.manual_seed(5)
    model = build(SPEC.with_(**changes)).eval()
    with torch.no_grad():
        model.fc.weight *= confidence
    return model


def noise_photo(seed: int = 0, side: int = 32, channels: int = 3) -> Tensor:
    """(1, channels, side, side), normally distributed."""
    return torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(seed))
