"""The log of a training: a line of a CSV file for every epoch, a column for every field of its dataclass."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from resnet_explorer.whole_file import write_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

E = TypeVar("E", bound="DataclassInstance")


def write_log(path: Path, kind: type[E], epochs: Sequence[E]) -> None:
    """Write the log anew, whole: a crash leaves the one before it.

    Args:
        path: of the log.
        kind: the dataclass of an epoch.
        epochs: those that are done.

    Raises:
        ValueError: if it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, epochs))
    write_text(path, text.getvalue())


def read_log(path: Path, kind: type[E]) -> list[E]:
    """The epochs of a log: their field `epoch` a whole number, all others numbers.

    Raises:
        ValueError: if it cannot be read, or is the log of something else.
    """
    made: Callable[..., E] = kind
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [
                made(epoch=int(row.pop("epoch")), **{name: float(value) for name, value in row.items()})
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise ValueError(f"{path.name} is no log of a run: {error}.") from None
