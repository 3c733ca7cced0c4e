"""What a network says of many photos: counted, sorted, and written down."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from resnet_explorer.common.text import composed, for_spreadsheet
from resnet_explorer.photos.crop import View
from resnet_explorer.photos.thumbnails import Copies

if TYPE_CHECKING:
    from torch import Tensor

K = TypeVar("K")

TOP: Final = 5
"""How many classes are named of each photo."""
ORDERS: Final = ("given", "unsure", "sure")
"""As they came, by rising or by falling confidence."""


@dataclass(frozen=True, eq=False)
class PhotoPrediction(Generic[K]):
    """What the network says of a photo.

    Attributes:
        name: of its file.
        best: the likeliest classes as (index, probability), the likeliest first.
        probabilities: (classes,), all of them.
        view: where the square lies that they are of.
        kept: what is wanted of the photo itself.
    """

    name: str
    best: tuple[tuple[int, float], ...]
    probabilities: Tensor
    view: View
    kept: K

    @property
    def label(self) -> int:
        """The predicted class."""
        return self.best[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the predicted class."""
        return self.best[0][1]


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, and why, in one sentence that names it."""

    name: str
    sentence: str


@dataclass(eq=False)
class Results:
    """What is known so far, in the order in which the files came."""

    predictions: list[PhotoPrediction[Copies]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


class Row(NamedTuple):
    """A class and its probability, the likeliest of rank 1: a line of a CSV file."""

    photo: str
    rank: int
    label: str
    probability: float


def rows_of(prediction: PhotoPrediction[K], classes: Sequence[str]) -> list[Row]:
    """A photo's lines."""
    return [
        Row(prediction.name, rank, classes[index], probability)
        for rank, (index, probability) in enumerate(prediction.best, start=1)
    ]


def counts(predictions: Iterable[PhotoPrediction[K]]) -> list[tuple[int, int]]:
    """How many photos were put into each class, as (class, photos), the most first."""
    found = Counter(each.label for each in predictions)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def chosen(
    predictions: Sequence[PhotoPrediction[K]], label: int | None, order: str
) -> list[PhotoPrediction[K]]:
    """The photos of one class, or all for None, in one of the `ORDERS`."""
    kept = [each for each in predictions if label is None or each.label == label]
    if order == "given":
        return kept
    return sorted(kept, key=lambda each: each.confidence, reverse=order == "sure")


def named_class(photo: str, classes: tuple[str, ...]) -> str | None:
    """The class that the folder of a photo names; None where the innermost folder is no class's name.

    Capitals do not count, and neither do the signs that stand for spaces: "Golden_Retriever" names the
    class "golden retriever", unless another class has that very name.
    """
    *folders, _ = photo.split("/")
    if not folders:
        return None
    return folders[-1] if folders[-1] in classes else _by_folder(classes).get(_plain(folders[-1]))


@lru_cache(maxsize=4)
def _by_folder(classes: tuple[str, ...]) -> dict[str, str]:
    return {_plain(name): name for name in classes}


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s_-]+", composed(name).casefold())).strip()


@dataclass(frozen=True)
class Accuracy:
    """How many of the photos whose folder names a class were put into it."""

    right: int
    of: int


def accuracy(predictions: Iterable[PhotoPrediction[K]], classes: tuple[str, ...]) -> Accuracy:
    """Of the photos whose folder names a class of the network, and of no others.

    Args:
        predictions: of the photos.
        classes: of the network; two of one name count as one.
    """
    known = [
        (classes[each.label], named) for each in predictions if (named := named_class(each.name, classes))
    ]
    return Accuracy(sum(label == named for label, named in known), len(known))


def csv_lines(rows: Iterable[Row]) -> list[tuple[str, int, str, str]]:
    """Lines as they stand in a CSV file below `Row._fields`; no name is a formula there."""
    return [
        (for_spreadsheet(row.photo), row.rank, for_spreadsheet(row.label), f"{row.probability:.6f}")
        for row in rows
    ]


def as_csv(predictions: Iterable[PhotoPrediction[K]], classes: Sequence[str]) -> str:
    """All photos as `python -m resnet_explorer predict --csv` writes them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(Row._fields)
    for each in predictions:
        writer.writerows(csv_lines(rows_of(each, classes)))
    return stream.getvalue()


def as_json(results: Results, classes: Sequence[str], network: str, weights: str) -> str:
    """All photos, and what could not be read, as JSON."""
    photos = [
        {
            "photo": each.name,
            "answers": [
                {"label": classes[index], "probability": probability} for index, probability in each.best
            ],
        }
        for each in results.predictions
    ]
    unread = [{"photo": each.name, "sentence": each.sentence} for each in results.unread]
    content = {"network": network, "weights": weights, "photos": photos, "unread": unread}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
