"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resnet_explorer.common.os_error import NOT_WRITTEN, os_error_as

A_DAY: Final = 24 * 3600.0
_PART: Final = ".part"
_ASIDE: Final = ".coming-"


@contextlib.contextmanager
def whole_or_nothing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, which gets its name when all went well, and else is removed."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.", suffix=_PART)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)  # mkstemp's files are private
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_aside(folder: Path) -> Iterator[Path]:
    """A folder inside another one for what is to be moved there when it is whole; it goes with the block."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=_ASIDE) as aside:
        yield Path(aside)


def remove_leftovers(folder: Path, age: float = A_DAY) -> None:
    """Remove what was being written when a process was killed.

    Args:
        folder: whose files are written by `whole_or_nothing` and by way of `folder_aside`.
        age: seconds since it was written to; 0 where nobody else writes now.
    """
    for path in [*folder.glob(f"*{_PART}"), *folder.glob(f"{_ASIDE}*")]:
        with contextlib.suppress(OSError):  # it was somebody's, and has its name now
            if time.time() - path.stat().st_mtime >= age:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def write_text(path: Path, content: str) -> None:
    """Write a text whole or not at all.

    Raises:
        ValueError: if it cannot be written.
    """
    with os_error_as(NOT_WRITTEN, file=path.name, folder=path.parent), whole_or_nothing(path) as part:
        part.write_text(content, encoding="utf-8")
