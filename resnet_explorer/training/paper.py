"""A network on its way through the paper's recipe for CIFAR-10.

Everything random in an epoch comes from (seed, epoch): two networks of one seed see the same batches, and a
run that was resumed gives the numbers of one that was not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.module import ResNet, build
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.paper_recipe import PaperEpoch, PaperRecipe
from resnet_explorer.training.scratch import channel_statistics, evaluate


def shrunk(images: SmallImages, side: int) -> SmallImages:
    """Images of a smaller side, by the mean over squares of pixels.

    Raises:
        ValueError: if the side is not a whole part of the images'.
    """
    here = images.train.images.shape[-1]
    if here % side:
        raise ValueError(f"Images of {here} pixels shrink by whole factors, and {side} is none of them.")
    return SmallImages(_shrunk(images.train, side), _shrunk(images.test, side), images.classes)


def _shrunk(images: ImageSet, side: int) -> ImageSet:
    factor = images.images.shape[-1] // side
    if factor == 1:
        return images
    # In pieces, because 50,000 images as floats are 600 MB.
    pieces = [F.avg_pool2d(piece.float(), factor).round().byte() for piece in images.images.split(1000)]
    return ImageSet(torch.cat(pieces), images.labels)


class PaperRun:
    """A network on its way through the recipe."""

    def __init__(self, spec: ResNetSpec, data: SmallImages, recipe: PaperRecipe) -> None:
        """Begin with the initial weights.

        Args:
            spec: the network.
            data: images of the recipe's side.
            recipe: how.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(recipe.seed)
            self.model: ResNet = build(spec).to(memory_format=torch.channels_last)
        self.data, self.recipe = data, recipe
        self.statistics = channel_statistics(data.train.images)
        self.optimizer = torch.optim.SGD(
            self.model.parameters(),
            lr=recipe.rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
        self.steps = -(-len(data.train) // recipe.batch_size)

    def epoch(self, number: int) -> Iterator[tuple[float, int, int]]:
        """Train one epoch, step by step.

        Args:
            number: of the epoch, from 0.

        Yields:
            Of each batch: the loss, how many of its images were answered wrongly, and how many it has.
        """
        self.model.train()
        generator = torch.Generator().manual_seed(self.recipe.seed * 100_003 + number)
        order = torch.randperm(len(self.data.train), generator=generator)
        for step, chosen in enumerate(order.split(self.recipe.batch_size)):
            rate = self.recipe.rate_at((number + step / self.steps) / self.recipe.epochs)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            images = self._augmented(self.data.train.images[chosen], generator)
            labels = self.data.train.labels[chosen]
            with self._arithmetic():
                logits = self.model(images)
            logits = logits.float()
            loss = F.cross_entropy(logits, labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            yield loss.item(), int((logits.argmax(1) != labels).sum()), len(labels)

    def summary(self, number: int, batches: Sequence[tuple[float, int, int]]) -> PaperEpoch:
        """What an epoch came to, with the test after it.

        Args:
            number: of the epoch, from 0.
            batches: what `epoch` told of each.
        """
        seen = sum(count for _, _, count in batches)
        test_loss, test_error = self.test()
        return PaperEpoch(
            epoch=number + 1,
            rate=self.recipe.rate_at(number / self.recipe.epochs),
            train_loss=sum(loss * count for loss, _, count in batches) / seen,
            train_error=sum(wrong for _, wrong, _ in batches) / seen,
            test_loss=test_loss,
            test_error=test_error,
        )

    def test(self) -> tuple[float, float]:
        """Cross-entropy and error of the test images, as they are."""
        with self._arithmetic():
            logits = evaluate(self.model, self.data.test, self.statistics).float()
        labels = self.data.test.labels
        return F.cross_entropy(logits, labels).item(), float((logits.argmax(1) != labels).float().mean())

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _augmented(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Bytes (N, C, H, W), normalised, padded with zeros, cropped at random, half of them mirrored."""
        mean, deviation = self.statistics
        pad, count, side = self.recipe.padding, len(images), images.shape[-1]
        padded = F.pad(images.float().div(255).sub(mean).div(deviation), (pad,) * 4)
        top, left = torch.randint(2 * pad + 1, (2, count, 1), generator=generator)
        is_mirrored = torch.rand(count, 1, generator=generator) < 0.5
        pixels = torch.arange(side)
        rows = top + pixels
        columns = left + torch.where(is_mirrored, pixels.flip(0), pixels)
        # The indexed dimensions come first: (N, H, W, C), which is channels last.
        cropped = padded[torch.arange(count)[:, None, None], :, rows[:, :, None], columns[:, None, :]]
        return cropped.permute(0, 3, 1, 2)

    def _arithmetic(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.precision == "bfloat16")
