"""Fine-tuning, epoch by epoch: the same numbers whether it was interrupted or not.

All that is random in an epoch comes from (seed, epoch, photo). After each epoch the whole state is written
aside and renamed, so that a crash costs the epoch that it fell into and nothing else.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.finetune import features
from resnet_explorer.finetune.batches import augmented, in_order, plain, stacked
from resnet_explorer.finetune.collection import Item, LabelledPhotos
from resnet_explorer.finetune.parts import CutNetwork, frozen_stages
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.module import ResNet
from resnet_explorer.weights import Preprocessing
from resnet_explorer.weights.tensors import whole_or_nothing

CHECKPOINT: Final = "last.pt"


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: a row of the log."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Progress:
    """How far a run is: pieces of "features" or of an "epoch" (1-based), and the epoch when it is done."""

    what: str
    epoch: int
    done: int
    total: int
    result: Epoch | None = None


class Run:
    """A fine-tuning run: its network, its photos, its state.

    Attributes:
        best: the epoch that was right most often on the photos to test on, the first of equals.
        best_state: the network's values after it.
    """

    def __init__(
        self,
        model: ResNet,
        photos: LabelledPhotos,
        preprocessing: Preprocessing,
        settings: Settings,
        folder: Path,
    ) -> None:
        self.photos, self.preprocessing, self.settings, self.folder = photos, preprocessing, settings, folder
        self.network = CutNetwork(model, frozen_stages(model.spec, settings))
        self.train, self.val = photos.part("train"), photos.part("val")
        self.optimizer = _optimizer(self.network, settings)
        self.weights = _class_weights(photos, settings)
        self.best: Epoch | None = None
        self.best_state = model.state_dict()
        self.epochs_done = 0

    def epochs(self) -> Iterator[Progress]:
        """Train to the end, from where the run is.

        Raises:
            ValueError: in one sentence, if a photo cannot be read, the loss is no number any more, or the
                disk is full; the checkpoint of the epoch before stays.
        """
        kept = None
        if self.network.frozen is not None:
            for step in features.compute(
                self.network,
                [*self.train, *self.val],
                self.preprocessing,
                1 + self.settings.augment,
                self.folder / "features.bin",
            ):
                yield Progress("features", self.epochs_done + 1, step.done, step.total)
                kept = step.answer
        while self.epochs_done < self.settings.epochs:
            yield from self._epoch(kept)

    def _epoch(self, kept: features.Features | None) -> Iterator[Progress]:
        started = time.perf_counter()
        epoch = self.epochs_done
        order = np.random.default_rng([self.settings.seed, epoch]).permutation(len(self.train)).tolist()
        size = self.settings.batch_size
        steps = max(
            1, len(order) // size
        )  # a batch of one photo has no variance: what is left over is left out
        self.network.train()
        losses, right = [], 0
        inputs = self._kept_inputs(kept, order, epoch) if kept else self._decoded_inputs(order, epoch)
        for step, x in zip(range(steps), inputs, strict=False):
            labels = torch.tensor([self.train[index].label for index in order[step * size :][: len(x)]])
            self._set_rate((epoch + step / steps) / self.settings.epochs)
            logits = self.network(x)
            loss = F.cross_entropy(
                logits, labels, weight=self.weights, label_smoothing=self.settings.label_smoothing
            )
            if not math.isfinite(loss.item()):
                raise ValueError(
                    f"The loss is no number any more in epoch {epoch + 1}, step {step + 1}; a smaller "
                    "learning rate helps. What was reached before is kept."
                )
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
            right += int((logits.argmax(1) == labels).sum())
            yield Progress("epoch", epoch + 1, step + 1, steps)
        val = self.logits(self.val, kept)
        targets = torch.tensor([item.label for item in self.val])
        result = Epoch(
            epoch + 1,
            sum(losses) / len(losses),
            right / (steps * min(size, len(order))),
            float(F.cross_entropy(val, targets)),
            float((val.argmax(1) == targets).float().mean()),
            time.perf_counter() - started,
        )
        self.epochs_done += 1
        if self.best is None or result.val_accuracy > self.best.val_accuracy:
            self.best, self.best_state = result, copy.deepcopy(self.network.model.state_dict())
        self.save()
        yield Progress("epoch", epoch + 1, steps, steps, result)

    def _kept_inputs(self, kept: features.Features, order: Sequence[int], epoch: int) -> Iterator[Tensor]:
        size = self.settings.batch_size
        mirrored = (
            np.random.default_rng([self.settings.seed, epoch, 1])
            .integers(0, 1 + self.settings.augment, len(order))
            .tolist()
        )
        for start in range(0, len(order), size):
            yield kept.take(order[start : start + size], mirrored[start : start + size])

    def _decoded_inputs(self, order: Sequence[int], epoch: int) -> Iterator[Tensor]:
        channels = self.network.model.spec.in_channels

        def decoded(index: int) -> Tensor:
            item = self.train[index]
            if not self.settings.augment:
                return plain(item, self.preprocessing, channels)
            generator = np.random.default_rng([self.settings.seed, epoch, 2, index])
            return augmented(item, self.preprocessing, channels, generator)

        tasks: list[Callable[[], Tensor]] = [partial(decoded, index) for index in order]
        return stacked(in_order(tasks), self.settings.batch_size)

    @torch.no_grad()
    def logits(self, items: Sequence[Item], kept: features.Features | None = None) -> Tensor:
        """Logits (N, classes) of photos as they are; for the photos to test on, from kept features."""
        self.network.eval()
        size = 64
        if kept is not None:
            first = len(self.train)
            chosen = [range(first, first + len(items))[i : i + size] for i in range(0, len(items), size)]
            inputs = (kept.take(indices, [0] * len(indices)) for indices in chosen)
        else:
            channels = self.network.model.spec.in_channels
            tasks = [partial(plain, item, self.preprocessing, channels) for item in items]
            inputs = (self.network.frozen_part(batch) for batch in stacked(in_order(tasks), size))
        return torch.cat([self.network(x) for x in inputs])

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
            "model": self.network.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "best": asdict(self.best) if self.best else None,
            "best_state": self.best_state,
        }
        try:
            with whole_or_nothing(self.folder / CHECKPOINT) as part:
                torch.save(state, part)
        except (OSError, RuntimeError) as error:  # torch's writer says RuntimeError where the disk is full
            raise ValueError(
                f"The checkpoint could not be written into {self.folder}: {error}. The one before it stays."
            ) from None

    def resume(self) -> None:
        """Go on from the checkpoint in the folder.

        Raises:
            ValueError: if there is none that can be read.
        """
        path = self.folder / CHECKPOINT
        try:
            state = torch.load(path, weights_only=True)
        except Exception:  # a damaged file makes torch raise what it likes
            raise ValueError(f"{path} is no checkpoint that can be read.") from None
        self.network.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.best = Epoch(**state["best"]) if state["best"] else None
        self.best_state = state["best_state"]
        self.epochs_done = int(state["epochs_done"])


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
