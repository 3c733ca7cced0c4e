"""A head that learns from the photos that have passed so far, for a first point before the first epoch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.finetune.training.passing_order import FIRST
from resnet_explorer.finetune.training.run_folder import FirstPoint
from resnet_explorer.training.evaluation import accuracy

DECAY: Final = 1e-3
"""Of the weights, in the loss: half of it times their squared length."""
_STEPS: Final = 200


class FirstHead:
    """A linear head of its own on what the frozen part puts out, the mean of each channel.

    It begins at zero and draws nothing at random, so that the run is the same with it and without it.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        """
        Args:
            items: all photos, by whose places it is told of them.
        """
        self._items = items
        self._classes = {item.label for item in items if item.part == "train"}
        self._began = time.perf_counter()
        self._due = FIRST
        self._places: list[int] = []
        self._rows: list[Tensor] = []

    def see(self, places: Sequence[int], outputs: Tensor) -> None:
        """Take photos that passed.

        Args:
            places: of the photos.
            outputs: of the frozen part, (photos, C, H, W), or (photos, C) where it ends with the pooling.
        """
        self._places += places
        self._rows.append(outputs.flatten(2).mean(2).cpu() if outputs.ndim > 2 else outputs.cpu())

    @torch.no_grad()
    def point(self) -> FirstPoint | None:
        """Learn anew, and be tested, if a point is due and some of every class can be learnt from."""
        if len(self._places) < min(self._due, len(self._items)):
            return None
        items = [self._items[place] for place in self._places]
        learnt = torch.tensor([item.part == "train" for item in items])
        labels = torch.tensor([item.label for item in items])
        if set(labels[learnt].tolist()) < self._classes or bool(learnt.all()):
            return None
        self._due = 2 * len(items)
        logits = _logits(torch.cat(self._rows), labels, learnt)[~learnt]
        tested = labels[~learnt]
        return FirstPoint(
            len(items),
            len(tested),
            float(F.cross_entropy(logits, tested)),
            accuracy(logits, tested),
            time.perf_counter() - self._began,
        )


def _logits(x: Tensor, labels: Tensor, learnt: Tensor) -> Tensor:
    """(photos, classes) of all photos, by logistic regression on those that are learnt from.

    Torch's own optimizers would take seconds to load. Here the mean squared length of a row is 2 at most, and
    so is the largest curvature 1: accelerated gradient descent needs no search (Nesterov, Introductory
    Lectures on Convex Optimization, 2004, scheme 2.2.11).
    """
    mean, deviation = x[learnt].mean(0), x[learnt].std(0, correction=0).clamp(min=1e-6)
    x = F.pad((x - mean) / deviation / x.shape[1] ** 0.5, (0, 1), value=1.0)  # the last column is the bias's
    inside, targets = x[learnt], F.one_hot(labels[learnt], int(labels.max()) + 1).float()
    decay = torch.full((x.shape[1],), DECAY)
    decay[-1] = 0.0
    weight = ahead = torch.zeros(targets.shape[1], x.shape[1])
    momentum = (1 - DECAY**0.5) / (1 + DECAY**0.5)
    for _ in range(_STEPS):
        wrong = F.linear(inside, ahead).softmax(1) - targets
        before, weight = weight, ahead - (wrong.T @ inside / len(inside) + decay * ahead)
        ahead = weight + momentum * (weight - before)
    return F.linear(x, weight)
