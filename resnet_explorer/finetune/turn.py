"""The machine's queue: one run trains at a time, the others wait in the order in which they came.

A place in the queue is a file that its process holds locked. The system lets go of the lock when the
process ends, however it ends: a place whose lock can be had is nobody's any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from resnet_explorer.home import home

_ENDING: Final = ".ticket"


@contextmanager
def in_turn() -> Iterator[Callable[[], int]]:
    """A place in the queue, as long as the block lasts.

    Yields:
        A function that says how many are before this one; 0 when it is its turn.

    Raises:
        ValueError: if the queue's folder cannot be written to.
    """
    folder = home() / "queue"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _desk(folder):
            number = max((_number(path) for path in folder.glob(f"*{_ENDING}")), default=0) + 1
            place = FileLock(folder / f"{number:06d}{_ENDING}")
            place.acquire()
    except OSError as error:
        raise ValueError(f"{folder} cannot be written to: {error.strerror}.") from None
    try:
        yield lambda: _before(folder, number)
    finally:
        Path(place.lock_file).unlink(missing_ok=True)
        place.release()


def is_held(path: Path) -> bool:
    """Whether a living process, this one too, holds a lock file."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _before(folder: Path, number: int) -> int:
    with _desk(folder):  # where a place is taken: none is seen between its making and its locking
        earlier = [path for path in folder.glob(f"*{_ENDING}") if _number(path) < number]
        held = [path for path in earlier if is_held(path)]
        for path in set(earlier) - set(held):
            path.unlink(missing_ok=True)
    return len(held)


def _desk(folder: Path) -> FileLock:
    return FileLock(folder / "desk.lock")


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0
