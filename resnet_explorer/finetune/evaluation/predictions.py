"""The predictions for every photo to test on, and the figures that are made of them.

They come from the run's `predictions.csv`; nothing here runs a network.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_READABLE, os_error_as
from resnet_explorer.weights.shown_names import short_names, shown_names

BINS: Final = 10
"""Of the reliability diagram and the expected calibration error, all as wide as 0.1."""
CHANCE: Final = 2.0
"""Standard errors within which a difference may be chance."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions for all photos to test on.

    Attributes:
        classes: their names, in the order of the network's outputs.
        names: of the photos.
        labels: (N,), the class that each photo truly is of.
        probabilities: (N, classes), as the network gives them.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @property
    def shown_classes(self) -> tuple[str, ...]:
        """The classes as a person reads them."""
        return shown_names(self.classes)

    @property
    def short_classes(self) -> tuple[str, ...]:
        """The classes as a person reads them where there is little room."""
        return short_names(self.classes)

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """(N,), the most probable class of each photo, the first of equals."""
        predicted: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return predicted

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        """(N,), the probability of that class."""
        confidences: NDArray[np.float64] = self.probabilities.max(axis=1)
        return confidences

    @cached_property
    def is_correct(self) -> NDArray[np.bool_]:
        """(N,), whether the predicted class is the true one."""
        is_correct: NDArray[np.bool_] = self.predicted == self.labels
        return is_correct

    @property
    def correct(self) -> int:
        """How many predictions are correct."""
        return int(self.is_correct.sum())

    @property
    def accuracy(self) -> float:
        """The share of correct predictions."""
        return self.correct / len(self.names)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """(classes, classes): photos of the row's class that were predicted as the column's."""
        from sklearn.metrics import confusion_matrix

        matrix: NDArray[np.int64] = confusion_matrix(
            self.labels, self.predicted, labels=range(len(self.classes))
        )
        return matrix

    def cell(self, reference: int, predicted: int) -> tuple[int, ...]:
        """The photos of a cell of the confusion matrix, the most confident prediction first."""
        return self._most_confident_first((self.labels == reference) & (self.predicted == predicted))

    def mistakes(self) -> tuple[int, ...]:
        """The photos that were predicted wrongly, the most confident prediction first."""
        return self._most_confident_first(~self.is_correct)

    def _most_confident_first(self, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        (indices,) = np.nonzero(chosen)
        return tuple(indices[np.argsort(-self.confidences[indices], kind="stable")].tolist())


@dataclass(frozen=True)
class ClassFigures:
    """How well one class is known.

    Attributes:
        name: of the class.
        precision: of the photos that were predicted as it, the share that are; NaN if none was.
        recall: of its photos, the share that was found; NaN if there is none.
        f1: the harmonic mean of both; NaN if there is neither.
        support: its photos.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Confusion:
    """Photos of one class that were predicted as another."""

    reference: int
    predicted: int
    count: int


@dataclass(frozen=True)
class Bin:
    """Photos whose predictions have about the same confidence.

    Attributes:
        low, high: the confidences that it takes, low itself not among them.
        count: its photos.
        confidence: their mean confidence; NaN without a photo.
        accuracy: the share of them that is correct; NaN without a photo.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Whether accuracy is what the confidence says.

    Attributes:
        bins: in the order of their confidence.
        error: the expected calibration error, 0 to 1.
        confidence: the mean over all photos.
        accuracy: the share of correct predictions.
        chance: the standard error of the accuracy, were every prediction correct with the probability that it
            claims.
    """

    bins: tuple[Bin, ...]
    error: float
    confidence: float
    accuracy: float
    chance: float

    @property
    def verdict(self) -> str:
        """Whether it is "overconfident", "underconfident", or "fair": the difference may be chance."""
        gap = self.confidence - self.accuracy
        if abs(gap) <= CHANCE * self.chance:
            return "fair"
        return "overconfident" if gap > 0 else "underconfident"

    @property
    def worst_bin(self) -> Bin:
        """The bin that adds most to the error."""
        filled = [each for each in self.bins if each.count]
        return max(filled, key=lambda each: each.count * abs(each.confidence - each.accuracy))


def read_predictions(file: Path, classes: tuple[str, ...]) -> Predictions:
    """Read a `predictions.csv`: a row of names, then photo, true class, and a probability per class.

    Args:
        file: as the run wrote it.
        classes: of the run, in order.

    Raises:
        ValueError: in one sentence, if it is missing, holds no photo, or is not of these classes.
    """
    try:
        with os_error_as(NOT_READABLE, name=file.name), file.open(newline="", encoding="utf-8") as stream:
            heading, *rows = list(csv.reader(stream)) or [[]]
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(t("{name} is no table that can be read.").format(name=file.name)) from None
    if heading != ["photo", "class", *classes]:
        raise ValueError(
            t("{name} is not of this run: its columns are others than the run's classes.").format(
                name=file.name
            )
        )
    if not rows:
        raise ValueError(t("{name} holds no photo.").format(name=file.name))
    places = {name: number for number, name in enumerate(classes)}
    try:
        labels = np.array([places[row[1]] for row in rows], dtype=np.int64)
        probabilities = np.array([row[2:] for row in rows], dtype=np.float64)
    except (KeyError, IndexError, ValueError):
        raise ValueError(
            t("{name} is damaged: a row of it is not as the others.").format(name=file.name)
        ) from None
    if not np.isfinite(probabilities).all():
        raise ValueError(t("{name} is damaged: a probability of it is no number.").format(name=file.name))
    return Predictions(classes, tuple(row[0] for row in rows), labels, probabilities)


def class_figures(predictions: Predictions) -> tuple[ClassFigures, ...]:
    """Precision, recall, F1 and support of each class, as scikit-learn counts them."""
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(
        predictions.labels,
        predictions.predicted,
        labels=range(len(predictions.classes)),
        zero_division=np.nan,
    )
    return tuple(
        ClassFigures(name, float(precision), float(recall), float(f1), int(support))
        for name, precision, recall, f1, support in zip(predictions.shown_classes, *columns, strict=True)
    )


def confusions(predictions: Predictions) -> tuple[Confusion, ...]:
    """Which class was predicted as which other, the most frequent mistake first."""
    matrix = predictions.confusion
    found = [
        Confusion(int(reference), int(predicted), int(matrix[reference, predicted]))
        for reference, predicted in zip(*np.nonzero(matrix), strict=True)
        if reference != predicted
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


def calibration(predictions: Predictions) -> Calibration:
    """The reliability of the predictions, and their expected calibration error.

    Guo et al. 2017, section 2: bin m of M takes the confidences in ((m − 1)/M, m/M], and the error is
    Σ |B_m|/n · |acc(B_m) − conf(B_m)| (equation 3, there ECE).
    """
    confidences, correct = predictions.confidences, predictions.is_correct
    bin_of = np.searchsorted(np.arange(1, BINS) / BINS, confidences)  # an edge is in the bin below it
    found = tuple(
        _bin(number, confidences[bin_of == number], correct[bin_of == number]) for number in range(BINS)
    )
    error = sum(each.count * abs(each.accuracy - each.confidence) for each in found if each.count)
    return Calibration(
        found,
        error / len(confidences),
        float(confidences.mean()),
        predictions.accuracy,
        float(np.sqrt((confidences * (1 - confidences)).clip(0).sum()) / len(confidences)),
    )


def _bin(number: int, confidences: NDArray[np.float64], correct: NDArray[np.bool_]) -> Bin:
    low, high, count = number / BINS, (number + 1) / BINS, len(confidences)
    if not count:
        return Bin(low, high, 0, math.nan, math.nan)
    return Bin(low, high, count, float(confidences.mean()), float(correct.mean()))
