"""The log of a run: a line of a CSV file for every epoch."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from resnet_explorer.whole_file import refused

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


def append(folder: Path, epoch: Epoch) -> None:
    """Add a line to the log.

    Raises:
        ValueError: if it cannot be written.
    """
    path = folder / LOG
    try:
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, asdict(epoch))
            if is_new:
                writer.writeheader()
            writer.writerow(asdict(epoch))
    except OSError as error:
        raise refused(path, error) from None


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


def cut(folder: Path, epochs: int) -> None:
    """Leave so many epochs in the log: a crash may fall between a checkpoint and its line."""
    kept = read(folder)[:epochs]
    (folder / LOG).unlink(missing_ok=True)
    for epoch in kept:
        append(folder, epoch)
