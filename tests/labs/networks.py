"""A small network whose norms and head do something, photos for it, and what its ablations answer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from resnet_explorer import ResNetSpec, build
from resnet_explorer.labs.ablation.ablated_network import ablated_network
from resnet_explorer.labs.ablation.ablations import Chain
from resnet_explorer.model.resnet import ResNet


def network(spec: ResNetSpec, seed: int = 3) -> ResNet:
    torch.manual_seed(seed)
    model = build(spec).eval().requires_grad_(False)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return model


def images(count: int = 6, channels: int = 3, side: int = 16) -> Tensor:
    return torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(7))


def predictions_from_scratch(model: ResNet, images: Tensor, chains: Sequence[Chain]) -> Tensor:
    """Each ablated network run from its beginning to its end."""
    with torch.inference_mode():
        return torch.stack([ablated_network(model, chain)(images).argmax(dim=1) for chain in chains])
