"""What is measured of a network that learned from tiles: on test tiles, and on sharp photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_explorer.training.clean_photos import macro_accuracy
from resnet_explorer.training.evaluation import share
from resnet_explorer.training.mosaics import Mosaics


@dataclass(frozen=True)
class TileFigures:
    """Figures on the test tiles; parts are from 0 to 1.

    Attributes:
        count: how many tiles.
        top1: part whose likeliest class is right.
        top5: part whose class is among the five likeliest.
        per_class: top1 of each class, by its name.
        per_source: top1 of the tiles of each source.
        confusions: (truth, answer, how many), the 20 commonest, the commonest first.
    """

    count: int
    top1: float
    top5: float
    per_class: dict[str, float]
    per_source: dict[str, float]
    confusions: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class PhotoFigures:
    """Figures on sharp photos.

    Attributes:
        count: how many photos.
        macro_top1: the mean over their classes of the part that is right.
        macro_top5: the same for the five likeliest.
        per_class: the part that is right, by the name of the class.
        answers_by_source: the part of the answers that are classes of each source.
        references_by_source: the part of the photos whose class is of each source.
    """

    count: int
    macro_top1: float
    macro_top5: float
    per_class: dict[str, float]
    answers_by_source: dict[str, float]
    references_by_source: dict[str, float]


def tile_figures(logits: Tensor, data: Mosaics) -> TileFigures:
    """Measure answers to the test tiles.

    Args:
        logits: (N, classes), of every test tile.
        data: the tiles.
    """
    labels, classes = data.images.test.labels, data.images.classes
    answers = logits.argmax(1)
    right = answers == labels
    confused = Counter(zip(labels[~right].tolist(), answers[~right].tolist(), strict=True))
    return TileFigures(
        len(labels),
        share(right),
        share(_among_five(logits, labels)),
        {name: share(right[labels == index]) for index, name in enumerate(classes)},
        {name: share(right[data.test_sources == index]) for index, name in enumerate(data.sources)},
        tuple(
            (classes[reference], classes[answer], n) for (reference, answer), n in confused.most_common(20)
        ),
    )


def photo_figures(
    logits: Tensor, labels: Tensor, classes: Sequence[str], class_sources: Sequence[str]
) -> PhotoFigures:
    """Measure answers to sharp photos.

    Args:
        logits: (N, classes).
        labels: (N,).
        classes: names of all classes.
        class_sources: of each, the source or sources of its tiles.
    """
    answers = logits.argmax(1)
    right = answers == labels
    five = torch.where(_among_five(logits, labels), labels, -1)
    return PhotoFigures(
        len(labels),
        macro_accuracy(answers, labels),
        macro_accuracy(five, labels),
        {classes[index]: share(right[labels == index]) for index in labels.unique().tolist()},
        _by_source(answers, class_sources),
        _by_source(labels, class_sources),
    )


def _among_five(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits.topk(min(5, logits.shape[1]), 1).indices == labels[:, None]).any(1)


def _by_source(indices: Tensor, class_sources: Sequence[str]) -> dict[str, float]:
    counts = Counter(class_sources[index] for index in indices.tolist())
    return {name: counts[name] / len(indices) for name in sorted(set(class_sources))}
