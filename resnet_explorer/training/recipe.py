"""All that decides a training run from scratch, but for the network and the images."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from resnet_explorer.training.augment import Augmentation
from resnet_explorer.training.evaluation import ChannelStatistics, channel_statistics
from resnet_explorer.training.optimization import Precision
from resnet_explorer.training.tile_augment import TileAugmentation


@dataclass(frozen=True)
class Recipe:
    """All that decides a run.

    Attributes:
        epochs: passes over the training images.
        batch_size: images a step.
        peak_rate: the largest learning rate, reached after `warmup`.
        warmup: the part of the steps in which the rate rises.
        momentum: Nesterov momentum.
        weight_decay: on weights of convolutions and of the linear layer.
        label_smoothing: as in `torch.nn.CrossEntropyLoss`.
        average: decay of the running average of the weights, each time that it is taken.
        average_every: steps from one taking to the next.
        zero_last_norms: each block's last norm starts at 0, so that the block starts as the identity (Goyal
            et al. 2017, section 5.1).
        sizes: (part of the epochs, pixels): up to that part, images of that size.
        calm: the last part of the epochs, in which the augmentation is half as strong.
        augmentation: its amounts.
        channels: mean and deviation of each channel by which images are normalised; measured on the training
            images unless given.
        test_every: after an epoch, one of so many test images is answered.
        precision: of convolutions and products, in training and in the tests after each epoch.
        seed: of the initial weights, the order and the augmentation.
        start: SHA-256 of the file whose values it begins with; none if they are random.
    """

    epochs: int = 40
    batch_size: int = 256
    peak_rate: float = 0.4
    warmup: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    average: float = 0.995
    average_every: int = 1
    zero_last_norms: bool = False
    sizes: tuple[tuple[float, int], ...] = ((0.1, 16), (0.5, 24), (1.0, 32))
    calm: float = 0.2
    augmentation: Augmentation | TileAugmentation = field(default_factory=Augmentation)
    channels: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    test_every: int = 1
    precision: Precision = "float32"
    seed: int = 0
    start: str | None = None

    def size(self, epoch: int) -> int:
        """Pixels of the training images in an epoch (0-based)."""
        return next(size for until, size in self.sizes if epoch < until * self.epochs or until >= 1)

    def rate(self, progress: float) -> float:
        """The learning rate at a part of the run, from 0 to 1: up in a line, down in a line."""
        if progress < self.warmup:
            return self.peak_rate * (0.1 + 0.9 * progress / self.warmup)
        return self.peak_rate * max(1e-3, (1 - progress) / (1 - self.warmup))

    def amount(self, epoch: int) -> float:
        """How strong the augmentation is in an epoch."""
        return 0.5 if epoch >= (1 - self.calm) * self.epochs else 1.0

    def statistics(self, images: Tensor) -> ChannelStatistics:
        """Mean and deviation by which images are normalised, as (3, 1, 1).

        Args:
            images: the training images, bytes (N, 3, H, W).
        """
        if self.channels is None:
            return channel_statistics(images)
        mean, deviation = (torch.tensor(values).view(-1, 1, 1) for values in self.channels)
        return mean, deviation

    def going_on(self, start: str) -> Recipe:
        """The recipe for a network that is trained already: a lower peak, larger images, more calm.

        A second cycle of the rate gains what a longer first one would have (Loshchilov & Hutter,
        SGDR: Stochastic Gradient Descent with Warm Restarts, 2017).

        Args:
            start: SHA-256 of its file.
        """
        sizes = ((0.25, 24), (1.0, 32))
        return replace(self, epochs=28, peak_rate=0.25, warmup=0.05, sizes=sizes, calm=0.4, start=start)
