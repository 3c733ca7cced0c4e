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
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.finetune import features
from resnet_explorer.finetune.batches import augmented, plain, stacked
from resnet_explorer.finetune.collection import LabelledPhotos
from resnet_explorer.finetune.log import Epoch
from resnet_explorer.finetune.parts import CutNetwork
from resnet_explorer.finetune.run_folder import CHECKPOINT
from resnet_explorer.finetune.settings import Settings, frozen_stages
from resnet_explorer.finetune.workers import Workers
from resnet_explorer.module import ResNet
from resnet_explorer.progress import Step
from resnet_explorer.threads import in_order
from resnet_explorer.weights import Preprocessing
from resnet_explorer.whole_file import whole_or_nothing


@dataclass(frozen=True)
class Progress:
    """How far a run is: photos or batches of what it does in an epoch (1-based), which comes when done."""

    what: Literal["features", "training", "testing"]
    epoch: int
    done: int
    total: int
    result: Epoch | None = None


class Run:
    """A fine-tuning run: its network, its photos, its state.

    Attributes:
        best: the epoch that was right most often on the photos to test on, the first of equals.
        best_state: the network's values after it.
        history: the epochs that are done.
        best_logits: what it said of the photos to test on, (photos, classes); None before there was one.
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
                f"A batch of {settings.batch_size} photos cannot be shared out among "
                f"{self.workers.count} workers; at least one for each is needed."
            )
        self.device = self.workers.device
        self.network = CutNetwork(model, frozen_stages(model.spec, settings)).to(self.device)
        self.train, self.val = photos.part("train"), photos.part("val")
        self.optimizer = _optimizer(self.network, settings)
        weights = _class_weights(photos, settings)
        self.weights = None if weights is None else weights.to(self.device)
        self.best: Epoch | None = None
        self.best_state = model.state_dict()
        self.best_logits: Tensor | None = None
        self.history: list[Epoch] = []

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
            for step in features.compute(
                self.network,
                [*self.train, *self.val],
                self.preprocessing,
                1 + self.settings.augment,
                self.folder / f"features-{self.workers.rank}.bin",
            ):
                yield Progress("features", self.epochs_done + 1, step.done, step.total)
                kept = step.answer
        together = self.workers.together(self.network)
        while self.epochs_done < self.settings.epochs:
            yield from self._epoch(together, kept)

    def _epoch(self, network: nn.Module, kept: features.Features | None) -> Iterator[Progress]:
        started = time.perf_counter()
        epoch = self.epochs_done
        batches = self._batches(epoch)
        inputs = self._kept_inputs(kept, batches, epoch) if kept else self._decoded_inputs(batches, epoch)
        network.train()
        loss_sum, right, seen = 0.0, 0.0, sum(map(len, batches))
        for step, (batch, x) in enumerate(zip(batches, inputs, strict=True)):
            self._set_rate((epoch + step / len(batches)) / self.settings.epochs)
            loss, correct = self._step(network, batch, x)
            loss_sum += self.workers.summed(loss) * len(batch)
            right += self.workers.summed(correct)
            if not math.isfinite(loss_sum):
                raise ValueError(
                    f"The loss is no number any more in epoch {epoch + 1}, step {step + 1}; a smaller "
                    "learning rate helps. What was reached before is kept."
                )
            yield Progress("training", epoch + 1, step + 1, len(batches))
        for tested in self._tested(kept):
            yield Progress("testing", epoch + 1, tested.done, tested.total)
        assert tested.answer is not None  # the last step has it
        val = tested.answer
        targets = torch.tensor([item.label for item in self.val])
        result = Epoch(
            epoch + 1,
            loss_sum / seen,
            right / seen,
            float(F.cross_entropy(val, targets)),
            float((val.argmax(1) == targets).float().mean()),
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

    def _step(self, network: nn.Module, batch: Sequence[int], x: Tensor) -> tuple[float, float]:
        """One step of the optimizer.

        Args:
            network: what learns.
            batch: the photos of all workers.
            x: this worker's inputs.

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
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item() / self.workers.count, float((logits.argmax(1) == mine).sum())

    def _batches(self, epoch: int) -> list[list[int]]:
        """The photos of each step: all of them, in batches as equal as can be and no larger than asked."""
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(len(self.train))
        count = math.ceil(len(order) / self.settings.batch_size)
        count = max(1, min(count, len(order) // self.workers.count))  # each worker has one photo at least
        return [batch.tolist() for batch in np.array_split(order, count)]

    def _kept_inputs(self, kept: features.Features, batches: list[list[int]], epoch: int) -> Iterator[Tensor]:
        """This worker's share of each batch, each photo as it is or mirrored, by the epoch's dice."""
        dice = np.random.default_rng([self.settings.seed, epoch, 1])
        views = dice.integers(0, 1 + self.settings.augment, len(self.train))
        for batch in batches:
            mine = self.workers.share(batch)
            yield kept.take(mine, views[mine].tolist())

    def _decoded_inputs(self, batches: list[list[int]], epoch: int) -> Iterator[Tensor]:
        """This worker's share of each batch, decoded and augmented by the dice of epoch and photo."""
        channels = self.network.model.spec.in_channels

        def decoded(index: int) -> Tensor:
            item = self.train[index]
            if not self.settings.augment:
                return plain(item, self.preprocessing, channels)
            dice = np.random.default_rng([self.settings.seed, epoch, 2, index])
            return augmented(item, self.preprocessing, channels, dice)

        shares = [self.workers.share(batch) for batch in batches]
        tensors = in_order(decoded, chain.from_iterable(shares))
        for share in shares:
            yield torch.stack(list(islice(tensors, len(share))))

    def _tested(self, kept: features.Features | None) -> Iterator[Step[Tensor]]:
        """Batches of the photos to test on, as they are; at the end their logits (photos, classes)."""
        self.network.eval()
        size = 64
        mine = self.workers.share(range(len(self.val)))
        inputs: Iterator[Tensor]
        if kept is not None:
            chosen = [[len(self.train) + i for i in mine[at : at + size]] for at in range(0, len(mine), size)]
            inputs = (kept.take(indices, [0] * len(indices)) for indices in chosen)
        else:
            channels = self.network.model.spec.in_channels
            inputs = stacked(
                in_order(lambda index: plain(self.val[index], self.preprocessing, channels), mine), size
            )
        rows = [torch.empty(0, self.network.model.spec.num_classes)]
        total = max(1, math.ceil(len(mine) / size))
        for done, x in enumerate(inputs, start=1):
            with torch.no_grad():
                rows.append(self._logits(self.network, x).cpu())
            if done < total:
                yield Step(done, total)
        yield Step(total, total, self.workers.joined_rows(torch.cat(rows), len(self.val)))

    def _logits(self, network: nn.Module, x: Tensor) -> Tensor:
        """(N, classes), in float32 whatever the passes are computed in."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.mixed):
            logits: Tensor = network(x.to(self.device))
        return logits.float()

    def _set_rate(self, progress: float) -> None:
        """The learning rate at a part of the run, from 0 to 1."""
        share = (1 + math.cos(math.pi * progress)) / 2 if self.settings.schedule == "cosine" else 1.0
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.rate * share

    def save(self) -> None:
        """Write the checkpoint: the state after this epoch, and the best so far.

        Raises:
            ValueError: if the folder cannot be written to.
        """
        state: dict[str, Any] = {
            "epochs_done": self.epochs_done,
            "history": [asdict(epoch) for epoch in self.history],
            "model": self.network.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": asdict(self.best) if self.best else None,
            "best_state": self.best_state,
            "best_logits": self.best_logits,
        }
        try:
            with whole_or_nothing(self.folder / CHECKPOINT) as part:
                torch.save(state, part)
        except (OSError, RuntimeError) as error:
            # Torch's writer says no more than that it is not where it should be.
            reason = (isinstance(error, OSError) and error.strerror) or "no space is left, it seems"
            stays = " The one before it stays." if (self.folder / CHECKPOINT).exists() else ""
            raise ValueError(
                f"The checkpoint could not be written into {self.folder}: {reason}.{stays}"
            ) from None

    def resume(self) -> None:
        """Go on from the checkpoint in the folder.

        Raises:
            ValueError: if there is none that can be read.
        """
        path = self.folder / CHECKPOINT
        try:
            state = torch.load(path, weights_only=True, map_location=self.device)
            self.network.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.best = Epoch(**state["best"]) if state["best"] else None
            self.best_state = state["best_state"]
            self.best_logits = None if state["best_logits"] is None else state["best_logits"].cpu()
            self.history = [Epoch(**epoch) for epoch in state["history"]]
        except Exception:  # damage makes torch raise what it likes, and another version lacks values
            raise ValueError(f"{path} is no checkpoint that can be read.") from None


def _optimizer(network: CutNetwork, settings: Settings) -> torch.optim.Optimizer:
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in learning if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in learning if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if settings.optimizer == "adam":
        return torch.optim.Adam(groups, lr=settings.rate)
    return torch.optim.SGD(groups, lr=settings.rate, momentum=0.9, nesterov=True)


def _class_weights(photos: LabelledPhotos, settings: Settings) -> Tensor | None:
    """The inverse of each class's count, their mean over the photos 1; none unless asked for."""
    if not settings.balance:
        return None
    counts = torch.tensor(photos.counts("train"), dtype=torch.float32)
    return counts.sum() / (len(counts) * counts.clamp(min=1))
