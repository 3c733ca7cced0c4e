"""A network on its way through the paper's recipe for CIFAR-10."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import build_seeded
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.evaluation import channel_statistics, logits_of, normalized_batches, share
from resnet_explorer.training.optimization import in_precision
from resnet_explorer.training.paper_recipe import PaperEpoch, PaperRecipe
from resnet_explorer.training.run import Batch, Run


def shrunk(images: SmallImages, side: int) -> SmallImages:
    """Images of a smaller side, by the mean over squares of pixels.

    Raises:
        ValueError: if the side is not a whole part of the images'.
    """
    here = images.train.images.shape[-1]
    if here % side:
        raise ValueError(
            t("Images of {here} pixels shrink by whole factors, and {side} is none of them.").format(
                here=here, side=side
            )
        )
    return SmallImages(_shrunk(images.train, side), _shrunk(images.test, side), images.classes)


def _shrunk(images: ImageSet, side: int) -> ImageSet:
    factor = images.images.shape[-1] // side
    if factor == 1:
        return images
    # In pieces, because 50,000 images as floats are 600 MB.
    pieces = [F.avg_pool2d(piece.float(), factor).round().byte() for piece in images.images.split(1000)]
    return ImageSet(torch.cat(pieces), images.labels)


class PaperRun(Run[PaperRecipe, PaperEpoch]):
    """A network on its way through the recipe, with images of the recipe's side."""

    def __init__(self, spec: ResNetSpec, data: SmallImages, recipe: PaperRecipe) -> None:
        self.model = build_seeded(spec, recipe.seed).to(memory_format=torch.channels_last)
        self.data, self.recipe = data, recipe
        self.statistics = channel_statistics(data.train.images)
        self.optimizer = torch.optim.SGD(
            self.model.parameters(),
            lr=recipe.rate,
            momentum=recipe.momentum,
            weight_decay=recipe.weight_decay,
        )
        self.steps = -(-len(data.train) // recipe.batch_size)

    def summary(self, number: int, batches: Sequence[Batch]) -> PaperEpoch:
        """What an epoch came to, with the test after it, on images as they are."""
        seen = sum(count for _, _, count in batches)
        images, labels = self.data.test.images, self.data.test.labels
        with in_precision(self.recipe.precision):
            logits = logits_of(self.model, normalized_batches(images, self.statistics))
        return PaperEpoch(
            epoch=number + 1,
            rate=self.recipe.rate_at(number / self.recipe.epochs),
            train_loss=sum(loss * count for loss, _, count in batches) / seen,
            train_error=sum(wrong for _, wrong, _ in batches) / seen,
            test_loss=F.cross_entropy(logits, labels).item(),
            test_error=share(logits.argmax(1) != labels),
        )

    def _rate(self, number: int, place: int) -> float:
        return self.recipe.rate_at((number + place / self.steps) / self.recipe.epochs)

    def _augmented(self, images: Tensor, number: int, generator: Generator) -> Tensor:
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
