"""An LRU cache for what is read from files: each is read again only when it was written since."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def file_cache(read: Callable[[Path, Unpack[Ts]], T]) -> Callable[[Path, Unpack[Ts]], T]:
    """A reader that keeps what it made of the last 256 files; it is shared and not to be changed.

    Raises:
        OSError: if there is no such file.
    """

    @lru_cache(256)
    def kept(_written: int, _size: int, path: Path, *args: *Ts) -> T:
        return read(path, *args)

    def found(path: Path, *args: *Ts) -> T:
        status = path.stat()
        return kept(status.st_mtime_ns, status.st_size, path, *args)

    return found
