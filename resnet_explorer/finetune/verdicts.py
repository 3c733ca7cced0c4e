"""What a network said of every photo to test on, and the figures that are made of it.

The answers come from the run's `predictions.csv`; nothing here runs a network.
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

BINS: Final = 10
"""Of the reliability diagram and the expected calibration error, all as wide as 0.1."""
CHANCE: Final = 2.0
"""Standard errors within which a difference may be chance."""


@dataclass(frozen=True, eq=False)
class Verdicts:
    """The answers to all photos to test on.

    Attributes:
        classes: their names, in the order of the network's outputs.
        names: of the photos.
        labels: (N,), the class that each photo truly is of.
        probabilities: (N, classes), those that the network gives.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @cached_property
    def answers(self) -> NDArray[np.int64]:
        """(N,), the most probable class of each photo, the first of equals."""
        answers: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return answers

    @cached_property
    def confidences(self) -> NDArray[np.float64]:
        """(N,), the probability of that class."""
        confidences: NDArray[np.float64] = self.probabilities.max(axis=1)
        return confidences

    @cached_property
    def is_right(self) -> NDArray[np.bool_]:
        """(N,), whether it is the true one."""
        is_right: NDArray[np.bool_] = self.answers == self.labels
        return is_right

    @property
    def right(self) -> int:
        """How many photos were named right."""
        return int(self.is_right.sum())

    @property
    def accuracy(self) -> float:
        """The share of them."""
        return self.right / len(self.names)

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """(classes, classes): photos of the class of the row that were taken for that of the column."""
        from sklearn.metrics import confusion_matrix

        matrix: NDArray[np.int64] = confusion_matrix(
            self.labels, self.answers, labels=range(len(self.classes))
        )
        return matrix

    def cell(self, truth: int, answer: int) -> tuple[int, ...]:
        """The photos of a cell of the confusion matrix, the surest answer first."""
        return self._surest_first((self.labels == truth) & (self.answers == answer))

    def mistakes(self) -> tuple[int, ...]:
        """The photos that were named wrong, the surest answer first."""
        return self._surest_first(~self.is_right)

    def _surest_first(self, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        (indices,) = np.nonzero(chosen)
        return tuple(indices[np.argsort(-self.confidences[indices], kind="stable")].tolist())


@dataclass(frozen=True)
class ClassFigures:
    """How well one class is known.

    Attributes:
        name: of the class.
        precision: of the photos that were taken for it, the share that are; NaN if none was.
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
    """Photos of one class that were taken for another."""

    truth: int
    answer: int
    count: int


@dataclass(frozen=True)
class Bin:
    """Photos whose answer was about as sure.

    Attributes:
        low, high: the confidences that it takes, low itself not among them.
        count: its photos.
        confidence: their mean confidence; NaN without a photo.
        accuracy: the share of them that was right; NaN without a photo.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Whether the network is as often right as it is sure.

    Attributes:
        bins: from the least sure to the surest.
        error: the expected calibration error, 0 to 1.
        confidence: the mean over all photos.
        accuracy: the share of all photos that was right.
        chance: the standard error of the accuracy, were every photo right as probably as its answer says.
    """

    bins: tuple[Bin, ...]
    error: float
    confidence: float
    accuracy: float
    chance: float

    @property
    def verdict(self) -> str:
        """ "too sure", "too unsure", or "fair" where the difference may be chance."""
        gap = self.confidence - self.accuracy
        if abs(gap) <= CHANCE * self.chance:
            return "fair"
        return "too sure" if gap > 0 else "too unsure"

    @property
    def widest(self) -> Bin:
        """The bin that adds most to the error."""
        filled = [each for each in self.bins if each.count]
        return max(filled, key=lambda each: each.count * abs(each.confidence - each.accuracy))


def read_verdicts(file: Path, classes: tuple[str, ...]) -> Verdicts:
    """Read a `predictions.csv`: a row of names, then photo, true class, and a probability per class.

    Args:
        file: as the run wrote it.
        classes: of the run, in order.

    Raises:
        ValueError: in one sentence, if it is missing, holds no photo, or is not of these classes.
    """
    try:
        with file.open(newline="", encoding="utf-8") as stream:
            heading, *rows = list(csv.reader(stream)) or [[]]
    except OSError as error:
        raise ValueError(f"{file.name} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise ValueError(f"{file.name} is no table that can be read.") from None
    if heading != ["photo", "class", *classes]:
        raise ValueError(f"{file.name} is not of this run: its columns are others than the run's classes.")
    if not rows:
        raise ValueError(f"{file.name} holds no photo.")
    places = {name: number for number, name in enumerate(classes)}
    try:
        labels = np.array([places[row[1]] for row in rows], dtype=np.int64)
        probabilities = np.array([row[2:] for row in rows], dtype=np.float64)
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"{file.name} is damaged: a row of it is not as the others.") from None
    if not np.isfinite(probabilities).all():
        raise ValueError(f"{file.name} is damaged: a probability of it is no number.")
    return Verdicts(classes, tuple(row[0] for row in rows), labels, probabilities)


def class_figures(verdicts: Verdicts) -> tuple[ClassFigures, ...]:
    """Precision, recall, F1 and support of each class, as scikit-learn counts them."""
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(
        verdicts.labels, verdicts.answers, labels=range(len(verdicts.classes)), zero_division=np.nan
    )
    return tuple(
        ClassFigures(name, float(precision), float(recall), float(f1), int(support))
        for name, precision, recall, f1, support in zip(verdicts.classes, *columns, strict=True)
    )


def confusions(verdicts: Verdicts) -> tuple[Confusion, ...]:
    """Which class was taken for which, the most frequent mistake first."""
    matrix = verdicts.confusion
    found = [
        Confusion(int(truth), int(answer), int(matrix[truth, answer]))
        for truth, answer in zip(*np.nonzero(matrix), strict=True)
        if truth != answer
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


def calibration(verdicts: Verdicts, bins: int = BINS) -> Calibration:
    """The reliability of the answers, and their expected calibration error.

    Guo et al. 2017, section 2: bin m of M takes the confidences in ((m − 1)/M, m/M], and the error is
    Σ |B_m|/n · |acc(B_m) − conf(B_m)| (equation 3, there ECE).

    Args:
        verdicts: of a run.
        bins: M, all of one width.
    """
    sure, right = verdicts.confidences, verdicts.is_right
    places = np.searchsorted(np.arange(1, bins) / bins, sure)  # an edge is in the bin below it
    found = tuple(
        _bin(number, bins, sure[places == number], right[places == number]) for number in range(bins)
    )
    error = sum(each.count * abs(each.accuracy - each.confidence) for each in found if each.count)
    return Calibration(
        found,
        error / len(sure),
        float(sure.mean()),
        verdicts.accuracy,
        float(np.sqrt((sure * (1 - sure)).clip(0).sum()) / len(sure)),
    )


def _bin(number: int, bins: int, sure: NDArray[np.float64], right: NDArray[np.bool_]) -> Bin:
    edges = number / bins, (number + 1) / bins
    if not len(sure):
        return Bin(*edges, 0, math.nan, math.nan)
    return Bin(*edges, len(sure), float(sure.mean()), float(right.mean()))
