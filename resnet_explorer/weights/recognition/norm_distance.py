"""How far the batch norms of a network are from what they saw in training, when it looks at photos.

A batch norm keeps the running mean m and variance v of each channel, of the batches that it was trained
on. Photos through the network as it was trained have about the same; through one that is put together
otherwise, with the same values, they have not. As in training, every norm works with what it finds in the
batch: so a norm is not blamed for what came before it, and the first alone sees how photos were made into
numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.resnet import ResNet

MOST: Final = 4.0
"""What each of the two parts of a channel's distance counts at most: one odd channel must not decide."""
_DUST: Final = 1e-3
"""Of a norm's mean variance: what a channel that hardly moves is taken to vary."""


class MeasuredNorm(nn.Module):
    """A norm that writes down how far the batch is from its running statistics."""

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        self.norm = norm
        self.distance = 0.0

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W), normalised as in training."""
        norm = self.norm
        mean, variance = x.new_zeros(x.shape[1]), x.new_ones(x.shape[1])
        # With a momentum of 1, torch keeps the batch's own mean and unbiased variance.
        y = F.batch_norm(x, mean, variance, norm.weight, norm.bias, True, 1.0, norm.eps)
        self.distance = channel_distances(norm, mean, variance, is_relative=True).mean().item()
        return y


def channel_distances(
    norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor, *, is_relative: bool = False
) -> Tensor:
    """(C,): (μ − m)² over the average of both variances, plus (½ ln σ²/v)², each at most `MOST`.

    Other photos are smoother than ours or rougher, which makes the variances of all channels of a norm
    smaller or larger alike; that says nothing of the network, and can be left out.

    Args:
        norm: with running mean m and variance v.
        mean: μ of each channel, (C,).
        variance: σ² of each channel, (C,).
        is_relative: whether the ratio of variances counts against that of the other channels.
    """
    running_mean, running_variance = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    dust = norm.eps + _DUST * running_variance.mean()
    shift = (mean - running_mean) ** 2 / ((variance + running_variance) / 2 + dust)
    spread = 0.5 * torch.log((variance + dust) / (running_variance + dust))
    if is_relative:
        spread = spread - spread.mean()
    return shift.clamp(max=MOST) + (spread**2).clamp(max=MOST)


def measured(way: nn.Module) -> list[MeasuredNorm]:
    """Exchange the norms of a module for measured ones, and give them in its order."""
    found = []
    for name, module in list(way.named_modules()):
        if isinstance(module, nn.BatchNorm2d):
            found.append(MeasuredNorm(module))
            way.set_submodule(name, found[-1])
    return found


def norm_distances(network: ResNet, batches: Iterable[Tensor]) -> Tensor:
    """How far each norm is from its running statistics, for each batch: (batches, norms).

    Args:
        network: its norms are exchanged, so it serves nothing else afterwards.
        batches: (N, channels, H, W) each.
    """
    stem = (network.conv1, network.bn1, network.relu, network.maxpool)
    way = nn.Sequential(*stem, *all_blocks(network))
    norms = measured(way)
    found = []
    with torch.inference_mode():
        for batch in batches:
            way(batch)
            found.append([norm.distance for norm in norms])
    return torch.tensor(found)
