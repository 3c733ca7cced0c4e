"""Fine-tuning, epoch by epoch: the same numbers whether it was interrupted or not.

All that is random in an epoch comes from (seed, epoch, photo). After each epoch the whole state is written
aside and renamed, so that a crash costs the epoch that it fell into and nothing else.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from resnet_explorer.common.i18n import t
from resnet_explorer.common.ordered_map import in_order
from resnet_explorer.common.progress import Step
from resnet_explorer.finetune.dataset.batches import augmented, plain
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos
from resnet_explorer.finetune.training import frozen_features
from resnet_explorer.finetune.training.backbone_and_head import CutNetwork, with_new_head
from resnet_explorer.finetune.training.first_head import FirstHead
from resnet_explorer.finetune.training.hyperparameters import Settings, frozen_stages
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.run_folder import FIRST_POINTS, Epoch, FirstPoint, write_network
from resnet_explorer.finetune.training.workers import Workers
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.evaluation import accuracy
from resnet_explorer.training.optimization import (
    epoch_generator,
    epoch_rng,
    in_precision,
    loss_is_no_number,
    parameter_groups,
    step,
)
from resnet_explorer.training.run_folder import CHECKPOINT, LOG, load_checkpoint, save_checkpoint, write_log
from resnet_explorer.weights.catalogue import find, load


@dataclass(frozen=True)
class Progress:
    """How far a run is: photos or batches of what it does in an epoch (1-based).

    Attributes:
        what: it does.
        epoch: the one that it is in.
        done: pieces.
        total: of how many.
        result: of the epoch, when it is done.
        first: what a first head came to, while the photos pass through the frozen part.
    """

    what: Literal["features", "training", "testing"]
    epoch: int
    done: int
    total: int
    result: Epoch | None = None
    first: FirstPoint | None = None


def fine_tune(
    config: RunConfig, photos: LabelledPhotos, folder: Path, workers: Workers | None = None
) -> Iterator[Progress]:
    """Train from where the run in the folder is, and keep after each epoch what there is.

    Args:
        config: what to do, as `RunConfig.of` makes it for these photos.
        photos: those that can be read.
        folder: of the run, as `run_folder.prepare` leaves it. All workers see the same one.
        workers: who trains; this process alone unless told.

    Yields:
        Batches and epochs as they are done; closing the generator stops the run after the last of them.

    Raises:
        ValueError: in one sentence, if it cannot begin or go on; what was reached stays.
    """
    workers = workers or Workers()
    trained = load(find(config.start)) if config.start else None
    model = with_new_head(config.spec, len(config.classes), config.settings.seed, trained)
    run = Run(model, photos, config.preprocessing, config.settings, folder, workers)

    def write(*, is_best: bool) -> None:
        write_log(folder / LOG, Epoch, run.history)
        if is_best and run.best_logits is not None:
            write_network(folder, run.best_state, run.best_logits, config, photos)

    if (folder / CHECKPOINT).exists():
        run.resume()
    workers.wait()  # all have read what there was, before one of them writes
    if workers.is_first:  # a crash may have fallen between the checkpoint and what is written after it
        write(is_best=True)
    first_points: list[FirstPoint] = []
    for progress in run.epochs():
        if progress.result and workers.is_first:
            write(is_best=progress.result == run.best)
        if progress.first:
            first_points.append(progress.first)
            write_log(folder / FIRST_POINTS, FirstPoint, first_points)
        yield progress


class Run:
    """A fine-tuning run: its network, its photos, its state.

    Attributes:
        best: the epoch that was right most often on the photos to test on, the first of equals.
        best_state: the network's values after it.
        history: the epochs that are done.
        best_logits: what it said of the photos to test on, (photos, classes); None before there was one.

    Raises:
        ValueError: if a batch has fewer photos than there are workers, or than a norm can do with, or fewer
            stages are there than are to learn.
    """

    def __init__(
        self,
        model: ResNet,
        photos: LabelledPhotos,
        preprocessing: Preprocessing,
        settings: Settings,
        folder: Path,
        workers: Workers | None = None,
    ) -> None:
        self.photos, self.preprocessing, self.settings, self.folder = photos, preprocessing, settings, folder
        self.workers = workers or Workers()
        if settings.batch_size < self.workers.count:
            raise ValueError(
                t(
                    "A batch of {batch_size} photos cannot be shared out among {count} workers; at least one "
                    "for each is needed."
                ).format(batch_size=settings.batch_size, count=self.workers.count)
            )
        self.device = self.workers.device
        self.network = CutNetwork(model, frozen_stages(model.spec, settings)).to(self.device)
        if settings.batch_size < self._fewest:
            raise ValueError(
                t(
                    "Photos of {side} × {side} leave one pixel in the last stage, where a batch norm cannot "
                    "learn from one photo; at least {fewest} photos a step, or larger ones, are needed."
                ).format(side=preprocessing.crop, fewest=self._fewest)
            )
        self.train, self.val = photos.part("train"), photos.part("val")
        weights = _class_weights(photos, settings)
        self.weights = None if weights is None else weights.to(self.device)
        self.best: Epoch | None = None
        self.best_state = model.state_dict()
        self.best_logits: Tensor | None = None
        self.history: list[Epoch] = []

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Made when something learns: with its first one torch loads its compiler, which takes seconds."""
        return _optimizer(self.network, self.settings)

    @property
    def epochs_done(self) -> int:
        """How many."""
        return len(self.history)

    def epochs(self) -> Iterator[Progress]:
        """Train to the end, from where the run is.

        Raises:
            ValueError: in one sentence, if a photo cannot be read, the loss is no number any more, or the
                disk is full; the checkpoint of the epoch before stays.
        """
        kept = None
        if self.network.frozen is not None and self.epochs_done < self.settings.epochs:
            items = [*self.train, *self.val]
            head = FirstHead(items) if self.workers.is_first and not self.history else None
            for features in frozen_features.compute(
                self.network,
                items,
                self.preprocessing,
                1 + self.settings.augment,
                self.folder / f"features-{self.workers.rank}.bin",
                head,
            ):
                first = head.point() if head else None
                yield Progress("features", self.epochs_done + 1, features.done, features.total, first=first)
                kept = features.answer
        together = self.workers.sync_gradients(self.network)
        while self.epochs_done < self.settings.epochs:
            yield from self._epoch(together, kept)

    def _epoch(self, network: nn.Module, kept: frozen_features.Features | None) -> Iterator[Progress]:
        started = time.perf_counter()
        epoch = self.epochs_done
        batches = self._batches(epoch)
        inputs = self._inputs(kept, batches, epoch)
        network.train()
        loss_sum, right, seen = 0.0, 0.0, sum(map(len, batches))
        for number, (batch, x) in enumerate(zip(batches, inputs, strict=True)):
            rate = self._rate((epoch + number / len(batches)) / self.settings.epochs)
            loss, correct = self._step(network, batch, x, rate)
            loss_sum += self.workers.summed(loss) * len(batch)
            right += self.workers.summed(correct)
            if not math.isfinite(loss_sum):
                raise loss_is_no_number(epoch, number)
            yield Progress("training", epoch + 1, number + 1, len(batches))
        for tested in self._tested(kept):
            yield Progress("testing", epoch + 1, tested.done, tested.total)
        assert tested.answer is not None  # the last step has it
        val = tested.answer
        targets = torch.tensor([item.label for item in self.val])
        val_loss = float(F.cross_entropy(val, targets))
        if not math.isfinite(val_loss):  # the last step's doing, whose own loss was taken before it
            raise loss_is_no_number(epoch, len(batches) - 1)
        result = Epoch(
            epoch + 1,
            loss_sum / seen,
            right / seen,
            val_loss,
            accuracy(val, targets),
            time.perf_counter() - started,
        )
        self.history.append(result)
        if self.best is None or result.val_accuracy > self.best.val_accuracy:
            self.best, self.best_logits = result, val
            self.best_state = copy.deepcopy(self.network.model.state_dict())
        if self.workers.is_first:
            self.save()
        self.workers.wait()
        yield Progress("training", epoch + 1, len(batches), len(batches), result)

    def _step(self, network: nn.Module, batch: Sequence[int], x: Tensor, rate: float) -> tuple[float, float]:
        """One step of the optimizer.

        Args:
            network: what learns.
            batch: the photos of all workers.
            x: this worker's inputs.
            rate: the learning rate.

        Returns:
            This worker's part of the loss, and how many of its photos were right.
        """
        labels = [self.train[index].label for index in batch]
        weight = float(len(batch) if self.weights is None else self.weights[labels].sum())
        mine = torch.tensor(self.workers.share(labels), device=self.device)
        logits = self._logits(network, x)
        # The mean over the whole batch, in parts: the workers' gradients are averaged, so each gives more.
        loss = F.cross_entropy(
            logits,
            mine,
            weight=self.weights,
            reduction="sum",
            label_smoothing=self.settings.label_smoothing,
        ) * (self.workers.count / weight)
        step(self.optimizer, loss, rate)
        return loss.item() / self.workers.count, float((logits.argmax(1) == mine).sum())

    @cached_property
    def _fewest(self) -> int:
        """Photos that a step cannot do without: each worker has one at least.

        A norm that learns needs two values of each channel: of a last map of one pixel, two photos.
        """
        side, spec = self.preprocessing.crop, self.network.model.spec
        last = plan(spec, (side, side)).stages[-1].out_shape
        needs_two = last[1:] == (1, 1) and spec.norm == "batch" and not self.network.head_only
        return self.workers.count * (2 if needs_two else 1)

    def _batches(self, epoch: int) -> list[list[int]]:
        """The photos of each step: all of them, in batches no larger than asked.

        Where a step cannot do with one photo, one that would be left over makes a batch larger by itself.
        """
        if self.settings.batches == "full":
            return self._full_batches(epoch)
        order = epoch_rng(self.settings.seed, epoch).permutation(len(self.train))
        count = math.ceil(len(order) / self.settings.batch_size)
        count = max(1, min(count, len(order) // self._fewest))
        return [batch.tolist() for batch in np.array_split(order, count)]

    def _full_batches(self, epoch: int) -> list[list[int]]:
        """Full batches and a rest, shuffled as torch's DataLoader does from the generator of the epoch.

        A rest that training cannot do with joins the batch before it: of fewer photos than workers, and of
        one where the last feature map is a single pixel, for a norm needs two values of each channel.
        """
        shuffled: DataLoader[int] = DataLoader(
            range(len(self.train)),  # type: ignore[arg-type]
            self.settings.batch_size,
            shuffle=True,
            generator=epoch_generator(self.settings.seed, epoch),
            collate_fn=list,
        )
        batches = list(shuffled)
        side = self.preprocessing.crop
        last = plan(self.network.model.spec, (side, side)).stages[-1].out_shape
        if len(batches) > 1 and len(batches[-1]) < max(self.workers.count, 2 if last[1:] == (1, 1) else 1):
            rest = batches.pop()
            batches[-1].extend(rest)
        return batches

    def _inputs(
        self, kept: frozen_features.Features | None, batches: Sequence[Sequence[int]], epoch: int | None
    ) -> Iterator[Tensor]:
        """This worker's share of each batch.

        Args:
            kept: features, in place of photos.
            batches: places among the photos to learn from and, after them, those to test on.
            epoch: in which they are augmented, each by an rng of its own; None for photos as they are.
        """
        items, channels = [*self.train, *self.val], self.network.model.spec.in_channels
        seed, drawn = self.settings.seed, epoch if self.settings.augment else None
        shares = [share for share in map(self.workers.share, batches) if share]
        if kept is not None:
            views = np.zeros(len(items), int)
            if drawn is not None:
                views = epoch_rng(seed, drawn, 1).integers(0, 2, len(self.train))
            for share in shares:
                yield kept.take(share, views[list(share)].tolist())
            return

        def decoded(index: int) -> Tensor:
            if drawn is None:
                return plain(items[index], self.preprocessing, channels)
            rng = epoch_rng(seed, drawn, 2, index)
            return augmented(items[index], self.preprocessing, channels, rng, self.settings.crops)

        tensors = in_order(decoded, chain.from_iterable(shares))
        for share in shares:
            yield torch.stack(list(islice(tensors, len(share))))

    def _tested(self, kept: frozen_features.Features | None) -> Iterator[Step[Tensor]]:
        """Batches of the photos to test on, as they are; at the end their logits (photos, classes)."""
        self.network.eval()
        places, size = range(len(self.train), len(self.train) + len(self.val)), 64 * self.workers.count
        batches = [places[at : at + size] for at in range(0, len(places), size)]
        rows = [torch.empty(0, self.network.model.spec.num_classes)]
        for done, x in enumerate(self._inputs(kept, batches, None), start=1):
            with torch.no_grad():
                rows.append(self._logits(self.network, x).cpu())
            if done < len(batches):
                yield Step(done, len(batches))
        answer = self.workers.gather_rows(torch.cat(rows), len(self.val))
        yield Step(len(batches), len(batches), answer)

    def _logits(self, network: nn.Module, x: Tensor) -> Tensor:
        """(N, classes), in float32 whatever the passes are computed in."""
        with in_precision("bfloat16" if self.settings.mixed else "float32", self.device.type):
            logits: Tensor = network(x.to(self.device))
        return logits.float()

    def _rate(self, progress: float) -> float:
        """The learning rate at a part of the run, from 0 to 1."""
        share = (1 + math.cos(math.pi * progress)) / 2 if self.settings.schedule == "cosine" else 1.0
        return self.settings.rate * share

    def save(self) -> None:
        """Write the checkpoint: the state after this epoch, and the best so far.

        Raises:
            ValueError: if the folder cannot be written to.
        """
        state = {
            "epochs_done": self.epochs_done,
            "history": [asdict(epoch) for epoch in self.history],
            "model": self.network.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": asdict(self.best) if self.best else None,
            "best_state": self.best_state,
            "best_logits": self.best_logits,
        }
        save_checkpoint(self.folder, state)

    def resume(self) -> None:
        """Go on from the checkpoint in the folder.

        Raises:
            ValueError: if there is none that can be read.
        """
        load_checkpoint(self.folder, self._load, self.device)

    def _load(self, state: dict[str, Any]) -> None:
        self.network.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.best = Epoch(**state["best"]) if state["best"] else None
        self.best_state = state["best_state"]
        self.best_logits = None if state["best_logits"] is None else state["best_logits"].cpu()
        self.history = [Epoch(**epoch) for epoch in state["history"]]


def _optimizer(network: CutNetwork, settings: Settings) -> torch.optim.Optimizer:
    groups = parameter_groups(network, settings.weight_decay)
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.rate)
    return torch.optim.SGD(groups, lr=settings.rate, momentum=0.9, nesterov=True)


def _class_weights(photos: LabelledPhotos, settings: Settings) -> Tensor | None:
    """The inverse of each class's count, their mean over the photos 1; none unless asked for."""
    if not settings.balance:
        return None
    counts = torch.tensor(photos.counts("train"), dtype=torch.float32)
    return counts.sum() / (len(counts) * counts.clamp(min=1))
