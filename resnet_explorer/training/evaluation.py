"""A network on images as they are: normalised, answered, its batch norms measured on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Generator, Tensor, nn

from resnet_explorer.training.optimization import Precision, in_precision

ChannelStatistics = tuple[Tensor, Tensor]
"""Mean and deviation of each channel by which images are normalised, in units of 1, as (3, 1, 1)."""


def channel_statistics(images: Tensor) -> ChannelStatistics:
    """Those of bytes (N, 3, H, W); a channel that is the same everywhere has a step of its bytes."""
    values = images.float().div(255)
    deviation = values.std((0, 2, 3)).clamp(min=1 / 255)  # images are divided by it
    return values.mean((0, 2, 3)).view(3, 1, 1), deviation.view(3, 1, 1)


def normalized(images: Tensor, statistics: ChannelStatistics) -> Tensor:
    """Images (N, 3, H, W) from 0 to 1 as a network takes them."""
    mean, deviation = statistics
    return images.sub(mean).div(deviation).contiguous(memory_format=torch.channels_last)


def normalized_batches(images: Tensor, statistics: ChannelStatistics) -> Iterator[Tensor]:
    """Images (N, 3, H, W) in bytes as a network takes them, 500 at a time."""
    for batch in images.split(500):
        yield normalized(batch.float().div(255), statistics)


@torch.inference_mode()
def logits_of(model: nn.Module, batches: Iterable[Tensor]) -> Tensor:
    """Logits (N, classes), in float32, of batches (B, 3, H, W) that are made as they are needed."""
    model.eval()
    return torch.cat([model(batch).float() for batch in batches])


def share(flags: Tensor) -> float:
    """Of (N,) flags those that are true: a count ÷ N, not float32's mean; NaN of none."""
    return int(flags.sum()) / len(flags) if len(flags) else math.nan


def accuracy(logits: Tensor, labels: Tensor) -> float:
    """The share of (N, classes) logits whose largest is the label's."""
    return share(logits.argmax(1) == labels)


def shuffled(images: Tensor, most: int | None = None) -> Tensor:
    """Images (N, …) in a random order, always the same, or so many of them."""
    return images[torch.randperm(len(images), generator=Generator().manual_seed(0))[:most]]


@torch.no_grad()
def measure_norms(model: nn.Module, batches: Iterable[Tensor], precision: Precision = "float32") -> None:
    """Take the statistics of the batch norms anew: their plain mean over the batches.

    Averaged weights were never trained with, so theirs have to be measured (Izmailov et al. 2018,
    Averaging Weights Leads to Wider Optima, section 3.2), and images in use are not augmented.

    Args:
        model: a network; it is left in evaluation mode.
        batches: of images that are `shuffled`: a batch of one class has too small a variance.
        precision: of convolutions and products.
    """
    momenta = {norm: norm.momentum for norm in model.modules() if isinstance(norm, nn.BatchNorm2d)}
    for norm in momenta:
        norm.reset_running_stats()
        norm.momentum = None
    model.train()
    for batch in batches:
        with in_precision(precision):
            model(batch)
    for norm, momentum in momenta.items():
        norm.momentum = momentum
    model.eval()
