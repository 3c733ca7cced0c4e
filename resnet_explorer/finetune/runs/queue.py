"""The machine's queue: one run trains at a time, the others wait in the order in which they came.

A place in the queue is a file that its process holds locked. The system lets go of the lock when the
process ends, however it ends: a place whose lock can be had is nobody's any more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

if sys.platform != "win32":
    import fcntl

from resnet_explorer.common.os_error import NOT_WRITABLE, os_error_as
from resnet_explorer.common.user_folder import home

QUEUE: Final = "RESNET_EXPLORER_QUEUE"
"""Names the queue's folder to runs of students, whose homes are not where it lies."""
_ENDING: Final = ".ticket"
LOOK: Final = 0.1
"""Seconds in which another one who looks has let go of a lock, on a system without shared ones."""


@contextmanager
def queue_place() -> Iterator[Callable[[], int]]:
    """A place in the queue, as long as the block lasts.

    Yields:
        A function that says how many are before this one; at 0, this one may train.

    Raises:
        ValueError: if the queue's folder cannot be written to.
    """
    folder = _folder()
    with os_error_as(NOT_WRITABLE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder):
            number = max((_number(path) for path in folder.glob(f"*{_ENDING}")), default=0) + 1
            place = FileLock(folder / f"{number:06d}{_ENDING}")
            place.acquire()
    try:
        yield lambda: _before(folder, number)
    finally:
        Path(place.lock_file).unlink(missing_ok=True)
        place.release()


@contextmanager
def starting() -> Iterator[None]:
    """As long as the block lasts, no other process or thread starts a run: what was seen before still holds.

    Raises:
        ValueError: if the queue's folder cannot be written to.
    """
    folder = _folder()
    with os_error_as(NOT_WRITABLE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "start.lock").acquire()
    with lock:
        yield


def waiting() -> int:
    """How many runs train or wait on this machine."""
    folder = _folder()
    return _before(folder, sys.maxsize) if folder.is_dir() else 0


def is_locked(path: Path) -> bool:
    """Whether a living process, this one too, holds a lock file; others who look do not count.

    Whoever looks has the lock for a moment: where there are shared ones, several may look at once.
    """
    if sys.platform != "win32":
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True
        except OSError:  # it is not there, or its file system has no such locks
            pass
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=LOOK)
    except Timeout:
        return True
    lock.release()
    return False


def _folder() -> Path:
    told = os.environ.get(QUEUE)
    return Path(told) if told else home() / "queue"


def _before(folder: Path, number: int) -> int:
    with _lock(folder):  # where a place is taken: none is seen between its making and its locking
        earlier = [path for path in folder.glob(f"*{_ENDING}") if _number(path) < number]
        held = [path for path in earlier if is_locked(path)]
        for path in set(earlier) - set(held):
            path.unlink(missing_ok=True)
    return len(held)


def _lock(folder: Path) -> FileLock:
    """Held for a moment by who takes a place or counts the places."""
    return FileLock(folder / "desk.lock")


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0
