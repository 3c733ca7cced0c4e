"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def whole_or_nothing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, which gets its name when all went well, and else is removed."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)  # mkstemp's files are private
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write a text whole or not at all.

    Raises:
        ValueError: if it cannot be written.
    """
    try:
        with whole_or_nothing(path) as part:
            part.write_text(content, encoding="utf-8")
    except OSError as error:
        raise refused(path, error) from None


def refused(path: Path, error: OSError) -> ValueError:
    """What a reader is told of a file that could not be written."""
    return ValueError(f"{path.name} could not be written into {path.parent}: {error.strerror}.")
