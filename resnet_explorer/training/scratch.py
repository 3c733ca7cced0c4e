"""The recipe of the bundled networks: a residual network from scratch on small images.

Nesterov SGD with one cycle of the rate, label smoothing, a running average of the weights, and
images that grow during training: early epochs see 16 and 24 pixels, late ones all 32, which saves
a third of the time. Everything random in an epoch comes from (seed, epoch), so that a run that was stopped
and resumed gives the numbers of one that was not. The arithmetic is bfloat16 where the CPU has it
(half the time), float32 elsewhere; the weights and their averages are float32 always.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from resnet_explorer.model.resnet import BasicBlock, Bottleneck, ResNet, build
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.evaluation import accuracy, logits_of, normalized
from resnet_explorer.training.optimization import in_precision, loss_is_no_number, parameter_groups
from resnet_explorer.training.products import use_products
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run import Batch, Progress, Run, kept_epochs
from resnet_explorer.training.run_folder import check_images

_RECIPE: Final = "recipe.json"


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: a row of the log."""

    epoch: int
    size: int
    train_loss: float
    train_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float


def train(
    spec: ResNetSpec,
    data: SmallImages,
    recipe: Recipe,
    out: Path,
    *,
    initial: ResNet | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Iterator[Epoch]:
    """Train epoch by epoch; each is logged and checkpointed in `out` before it is yielded.

    Args:
        spec: the network.
        data: training and test images.
        recipe: how.
        out: the folder of the run: `log.csv`, `last.pt`, `recipe.json`.
        initial: a trained network whose values to begin with; random ones unless told.
        resume: go on from the checkpoint in `out`, if there is one.
        progress: called after every step.

    Raises:
        ValueError: in one sentence, as `kept_epochs` does, or where the images are others than at the
            beginning.
    """
    images = {
        "classes": ", ".join(data.classes),
        "training images": len(data.train),
        "test images": len(data.test),
    }
    if resume:
        check_images(out / _RECIPE, images)
    run = ScratchRun(spec, data, recipe, initial)
    return kept_epochs(run, out, _RECIPE, Epoch, resume=resume, progress=progress, images=images)


def load_average(checkpoint: Path, spec: ResNetSpec) -> ResNet:
    """The averaged network of a run's checkpoint, ready to evaluate."""
    model = build(spec)
    model.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return model.eval()


def zero_last_norms(model: nn.Module) -> None:
    """Let each residual branch start as nothing: the scale of its last norm is 0."""
    for module in model.modules():
        if isinstance(module, BasicBlock | Bottleneck):
            last = module.bn3 if isinstance(module, Bottleneck) else module.bn2
            if isinstance(last, nn.BatchNorm2d):
                nn.init.zeros_(last.weight)


@torch.no_grad()
def average_cycles(model: ResNet, earlier: ResNet) -> None:
    """Make a network the mean of itself and an earlier one, each the end of a cycle of the rate.

    Stochastic weight averaging (Izmailov et al. 2018, section 3.2). The norms have to be measured
    afterwards, by `measure_norms`.
    """
    for mine, other in zip(model.parameters(), earlier.parameters(), strict=True):
        mine.lerp_(other, 0.5)


class ScratchRun(Run[Recipe, Epoch]):
    """A network on its way through the recipe of the bundled networks."""

    def __init__(self, spec: ResNetSpec, data: SmallImages, recipe: Recipe, initial: ResNet | None) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.data = recipe, data
        self.statistics = recipe.statistics(data.train.images)
        self.model = build(spec).to(memory_format=torch.channels_last)
        if recipe.zero_last_norms:
            zero_last_norms(self.model)
        if initial is not None:
            self.model.load_state_dict(initial.state_dict())
        self.average = build(spec).to(memory_format=torch.channels_last).eval()
        self.average.load_state_dict(self.model.state_dict())
        if recipe.precision == "bfloat16":
            use_products(self.model)
        self.optimizer = torch.optim.SGD(
            parameter_groups(self.model, recipe.weight_decay),
            lr=recipe.rate(0),
            momentum=recipe.momentum,
            nesterov=True,
        )
        self.label_smoothing = recipe.label_smoothing
        self.steps = len(data.train) // recipe.batch_size
        test = data.test
        self.tested = ImageSet(test.images[:: recipe.test_every], test.labels[:: recipe.test_every])

    def epoch(self, number: int) -> Iterator[Batch]:
        """Train one epoch, from 0, batch by batch; the last images of the order, if too few for one, wait.

        Raises:
            ValueError: in one sentence, if the loss is no number any more; the checkpoint of before stays.
        """
        self.started = time.perf_counter()
        for place, batch in enumerate(super().epoch(number)):
            if not math.isfinite(batch[0]):
                raise loss_is_no_number(number, place)
            yield batch

    def summary(self, number: int, batches: Sequence[Batch]) -> Epoch:
        """What an epoch came to; tested is the averaged network, on images looked at as in use."""
        size, in_use, labels = self.recipe.size(number), self.recipe.augmentation.in_use, self.tested.labels
        seen = (
            normalized(in_use(batch.float().div(255), size), self.statistics)
            for batch in self.tested.images.split(250)
        )
        with in_precision(self.recipe.precision):
            logits = logits_of(self.average, seen)
        count = sum(count for _, _, count in batches)
        return Epoch(
            epoch=number + 1,
            size=size,
            train_loss=sum(loss for loss, _, _ in batches) / self.steps,
            train_accuracy=(count - sum(wrong for _, wrong, _ in batches)) / count,
            test_loss=F.cross_entropy(logits, labels).item(),
            test_accuracy=accuracy(logits, labels),
            seconds=time.perf_counter() - self.started,
        )

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return super().state() | {"average": self.average.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        super().load(state)
        self.average.load_state_dict(state["average"])

    def _augmented(self, images: Tensor, number: int, generator: Generator) -> Tensor:
        augment = self.recipe.augmentation.scaled(self.recipe.amount(number))
        changed = augment(images.float().div(255), self.recipe.size(number), generator)
        return normalized(changed, self.statistics)

    def _progress(self, number: int, place: int) -> float:
        """The part of the run that is behind a step."""
        return (number * self.steps + place) / (self.steps * self.recipe.epochs)

    def _rate(self, number: int, place: int) -> float:
        return self.recipe.rate(self._progress(number, place))

    @torch.no_grad()
    def _after_step(self, number: int, place: int) -> None:
        """Bring the averages up to date, after every so many steps of the whole run."""
        if (number * self.steps + place) % self.recipe.average_every:
            return
        # Early weights change fast: the average follows them closely, and slows down later.
        decay = min(self.recipe.average, 0.9 + self._progress(number, place))
        for kept, new in zip(
            self.average.state_dict().values(), self.model.state_dict().values(), strict=True
        ):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)
