"""The log of a run: a line of a CSV file for every epoch."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from resnet_explorer.whole_file import write_text

LOG: Final = "log.csv"


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: a row of the log."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


def write(folder: Path, epochs: Sequence[Epoch]) -> None:
    """Write the log anew, whole: a crash leaves the one before it.

    Raises:
        ValueError: if it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Epoch)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, epochs))
    write_text(folder / LOG, text.getvalue())


def read(folder: Path) -> list[Epoch]:
    """The epochs of a run so far."""
    path = folder / LOG
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Epoch(int(row["epoch"]), **{name: float(row[name]) for name in row if name != "epoch"})
            for row in csv.DictReader(file)
        ]
