"""How far a run is, in a file of its folder that others read while it works."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.os_error import NOT_WRITTEN, os_error_as

Phase = Literal["waiting", "features", "training", "testing", "done", "stopped", "failed"]
WORKING: Final = ("waiting", "features", "training", "testing")
STATUS: Final = "state.json"
ALIVE: Final = "alive.lock"
"""Locked by the process of the run as long as it lives."""
STOP: Final = "stop"
"""A file that asks the run to stop."""
SECONDS: Final = 0.4
"""Between two writings of the same phase."""


@dataclass(frozen=True)
class Status:
    """How far a run is.

    Attributes:
        phase: what it does, or how it ended.
        epoch: the one that it is in, from 1.
        done: pieces of the phase: runs before this one, photos, batches.
        total: of how many.
        left: seconds that the phase or, from the first epoch on, the run will take; None if unknown.
        sentence: why it failed.
        weights: key of its network among one's own, once it ended with one.
        seconds: that it worked, from the end of its waiting to now, features and all.
    """

    phase: Phase
    epoch: int = 0
    done: int = 0
    total: int = 0
    left: float | None = None
    sentence: str = ""
    weights: str = ""
    seconds: float = 0.0


def read_status(folder: Path) -> Status:
    """The last that was written; of a run that left none, that it stopped."""
    try:
        return Status(**json.loads((folder / STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Status("stopped")


class StatusWriter:
    """Writes the status of a run as it goes, not more often than anybody could read it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / STATUS
        self._phase, self._written = "", -SECONDS

    def write(self, status: Status) -> None:
        """Write a status, unless the last one of its phase is too fresh.

        Raises:
            ValueError: if it cannot be written.
        """
        now = time.monotonic()
        if status.phase == self._phase and now - self._written < SECONDS:
            return
        self._phase, self._written = status.phase, now
        text = json.dumps(asdict(status), ensure_ascii=False)
        try:
            write_text(self._path, text)
        except ValueError:
            self._write_over(text)

    def _write_over(self, text: str) -> None:
        """On a full disk there is no room for a second file, but the place of the last status is there."""
        with (
            os_error_as(NOT_WRITTEN, file=self._path.name, folder=self._path.parent),
            self._path.open("r+", encoding="utf-8") as file,
        ):
            file.write(text)
            file.truncate()


class Estimate:
    """Seconds that are left, from what the pieces of this run took."""

    def __init__(self, epochs: int) -> None:
        self._epochs = epochs
        self._began = self._before = time.monotonic()
        self._what = ""
        self._last_epoch: float | None = None

    def left(self, phase: Phase, epoch: int, done: int, total: int) -> float | None:
        """Of the features alone, or of all epochs."""
        what = "features" if phase == "features" else f"epoch {epoch}"
        now = time.monotonic()
        if what != self._what:  # it began when the piece before it was done
            self._what, self._began = what, self._before
        self._before = now
        passed = now - self._began
        whole = passed * total / done if done else None
        if phase == "features":
            return None if whole is None else whole - passed
        if phase == "training" and whole is not None:
            a_whole_epoch = max(whole, self._last_epoch or 0.0)
            return max(0.0, a_whole_epoch - passed) + (self._epochs - epoch) * a_whole_epoch
        if self._last_epoch is None:
            return None
        return max(0.0, self._last_epoch - passed) + (self._epochs - epoch) * self._last_epoch

    def epoch_took(self, seconds: float) -> None:
        """An epoch is done."""
        self._last_epoch = seconds
