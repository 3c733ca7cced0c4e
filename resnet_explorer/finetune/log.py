"""The log of a run: a line of a CSV file for every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resnet_explorer.epoch_log import read_log, write_log

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
    """Write the log of a run anew, whole.

    Raises:
        ValueError: if it cannot be written.
    """
    write_log(folder / LOG, Epoch, epochs)


def read(folder: Path) -> list[Epoch]:
    """The epochs of a run so far.

    Raises:
        ValueError: if there is a log that cannot be read.
    """
    path = folder / LOG
    return read_log(path, Epoch) if path.is_file() else []
