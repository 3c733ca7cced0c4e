"""A training run from scratch: its steps, and its epochs, each of them kept in a folder.

Everything random in an epoch comes from (seed, epoch): two networks of one seed see the same batches, and a
run that was stopped and resumed gives the numbers of one that was not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_MADE, os_error_as
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.training.data import SmallImages
from resnet_explorer.training.evaluation import ChannelStatistics
from resnet_explorer.training.optimization import epoch_generator, in_precision, step
from resnet_explorer.training.paper_recipe import PaperRecipe
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run_folder import (
    CHECKPOINT,
    LOG,
    check_recipe,
    load_checkpoint,
    read_log,
    save_checkpoint,
    write_log,
    write_recipe,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

E = TypeVar("E", bound="DataclassInstance")
R = TypeVar("R", Recipe, PaperRecipe)

Batch = tuple[float, int, int]
"""The loss of a batch, how many of its images were answered wrongly, and how many it has."""
Progress = Callable[[int, int, int], None]
"""Called with the epoch, from 0, the steps of it that are done, and the steps that it has."""


class Run(ABC, Generic[R, E]):
    """A network on its way through a recipe.

    Attributes:
        model: the network.
        optimizer: of its parameters.
        data: what it learns and what it is tested on.
        recipe: how it learns.
        statistics: by which images are normalised.
        steps: batches of an epoch.
        epochs_done: how many are behind it.
    """

    model: ResNet
    optimizer: torch.optim.Optimizer
    data: SmallImages
    recipe: R
    statistics: ChannelStatistics
    steps: int
    label_smoothing = 0.0
    epochs_done = 0

    def epoch(self, number: int) -> Iterator[Batch]:
        """Train one epoch, from 0, batch by batch."""
        self.model.train()
        generator = epoch_generator(self.recipe.seed, number)
        order = torch.randperm(len(self.data.train), generator=generator)
        for place, chosen in enumerate(order.split(self.recipe.batch_size)[: self.steps]):
            images = self._augmented(self.data.train.images[chosen], number, generator)
            labels = self.data.train.labels[chosen]
            with in_precision(self.recipe.precision):
                logits = self.model(images)
            logits = logits.float()
            loss = F.cross_entropy(logits, labels, label_smoothing=self.label_smoothing)
            step(self.optimizer, loss, self._rate(number, place))
            self._after_step(number, place)
            yield loss.item(), int((logits.argmax(1) != labels).sum()), len(labels)

    @abstractmethod
    def summary(self, number: int, batches: Sequence[Batch]) -> E:
        """What an epoch, from 0, came to, with the test after it."""

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs."""
        return {
            "epoch": self.epochs_done,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epochs_done = int(state["epoch"])

    @abstractmethod
    def _augmented(self, images: Tensor, number: int, generator: Generator) -> Tensor:
        """Bytes (N, 3, H, W) as the network learns from them in an epoch."""

    @abstractmethod
    def _rate(self, number: int, place: int) -> float:
        """The learning rate of a step."""

    def _after_step(self, number: int, place: int) -> None:
        """What is done after each step."""


def kept_epochs(
    run: Run[R, E],
    folder: Path,
    file: str,
    kind: type[E],
    *,
    resume: bool,
    progress: Progress | None = None,
    keep: Callable[[int], None] = lambda _: None,
    **more: object,
) -> Iterator[E]:
    """Train epoch by epoch; each is logged and checkpointed before it is yielded.

    Args:
        run: at its beginning.
        folder: of the run.
        file: in it, the JSON of what decides the run.
        kind: the dataclass of an epoch.
        resume: go on from the checkpoint, if there is one.
        progress: called after every step.
        keep: called with the epochs that are done, before each checkpoint and at the beginning.
        more: what else the file says.

    Raises:
        ValueError: in one sentence, if the folder holds a run that is another or was not to be resumed, or
            its files cannot be read or written.
    """
    with os_error_as(NOT_MADE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
    done: list[E] = []
    if (folder / CHECKPOINT).exists():
        if not resume:
            raise ValueError(
                t("{folder} holds a run already; --resume goes on with it.").format(folder=folder)
            )
        check_recipe(folder / file, run.model.spec, run.recipe)
        load_checkpoint(folder, run.load)
        done = read_log(folder / LOG, kind)[: run.epochs_done]
    else:
        write_recipe(folder / file, run.model.spec, run.recipe, **more)
        keep(0)
    for number in range(run.epochs_done, run.recipe.epochs):
        batches = []
        for place, batch in enumerate(run.epoch(number), start=1):
            batches.append(batch)
            if progress:
                progress(number, place, run.steps)
        done.append(run.summary(number, batches))
        run.epochs_done = number + 1
        keep(run.epochs_done)
        write_log(folder / LOG, kind, done)  # first: without a checkpoint the epoch is done again
        save_checkpoint(folder, run.state())
        yield done[-1]
