"""What a network said of many photos: counted, sorted, and written down."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from resnet_explorer.many.copies import Copies
from resnet_explorer.short_text import for_spreadsheet

COLUMNS: Final = ("photo", "rank", "label", "probability")
TOP: Final = 5
"""How many classes are kept of each photo."""
ORDERS: Final = ("given", "unsure", "sure")
"""As they came, the least probable answers first, or the most probable first."""


@dataclass(frozen=True)
class Answer:
    """What is kept of a photo.

    Attributes:
        name: of its file.
        best: the likeliest classes as (index, probability), the likeliest first.
        copies: small copies of the photo; None where none were asked for.
    """

    name: str
    best: tuple[tuple[int, float], ...]
    copies: Copies | None = None

    @property
    def label(self) -> int:
        """The class it was put into."""
        return self.best[0][0]

    @property
    def probability(self) -> float:
        """How sure the network was."""
        return self.best[0][1]


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, and why, in one sentence that names it."""

    name: str
    sentence: str


@dataclass(eq=False)
class Found:
    """What is known so far, in the order in which the files came."""

    answers: list[Answer] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """A line of the answer: a class and its probability, the likeliest of rank 1."""

    photo: str
    rank: int
    label: str
    probability: float


def rows_of(name: str, best: Iterable[tuple[int, float]], classes: Sequence[str]) -> list[Row]:
    """A photo's lines."""
    return [Row(name, rank, classes[index], p) for rank, (index, p) in enumerate(best, start=1)]


def counts(answers: Iterable[Answer]) -> list[tuple[int, int]]:
    """How many photos were put into each class, as (class, photos), the most first."""
    return sorted(Counter(answer.label for answer in answers).items(), key=lambda pair: (-pair[1], pair[0]))


def chosen(answers: Sequence[Answer], label: int | None, order: str) -> list[Answer]:
    """The answers of one class, or of all for None, in one of the `ORDERS`."""
    kept = [answer for answer in answers if label is None or answer.label == label]
    if order == "given":
        return kept
    return sorted(kept, key=lambda answer: answer.probability, reverse=order == "sure")


def csv_lines(rows: Iterable[Row]) -> list[tuple[str, int, str, str]]:
    """Lines as they stand in a CSV file below `COLUMNS`; no photo's name is a formula there."""
    return [(for_spreadsheet(row.photo), row.rank, row.label, f"{row.probability:.6f}") for row in rows]


def as_csv(answers: Iterable[Answer], classes: Sequence[str]) -> str:
    """All answers as `python -m resnet_explorer predict --csv` writes them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for answer in answers:
        writer.writerows(csv_lines(rows_of(answer.name, answer.best, classes)))
    return stream.getvalue()


def as_json(found: Found, classes: Sequence[str], network: str, weights: str) -> str:
    """All answers, and what could not be read, as JSON."""
    photos = [
        {
            "photo": answer.name,
            "answers": [
                {"label": row.label, "probability": row.probability}
                for row in rows_of(answer.name, answer.best, classes)
            ],
        }
        for answer in found.answers
    ]
    unread = [{"photo": each.name, "sentence": each.sentence} for each in found.unread]
    content = {"network": network, "weights": weights, "photos": photos, "unread": unread}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
