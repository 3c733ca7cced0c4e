"""A file of somebody's, opened if it is one: a pipe or a device has no size, and perhaps no end."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_READABLE, os_error_as


@contextmanager
def open_regular(path: Path, name: str) -> Iterator[tuple[BinaryIO, int]]:
    """A file to read, and its bytes as the disk counts them: of a sparse one, those that it claims.

    Raises:
        ValueError: in one sentence, if it is none, or cannot be read.
    """
    with os_error_as(NOT_READABLE, name=name):
        # Opening a pipe would wait for somebody at its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)  # a folder's would stay open: `fdopen` refuses it and lets go of nothing
            raise no_file(name)
        with os.fdopen(descriptor, "rb") as file:
            yield file, status.st_size


def check_length(size: int, name: str, most: int) -> None:
    """Refuse a file that is too long.

    Raises:
        ValueError: in one sentence, for more than `most` bytes.
    """
    if size > most:
        raise ValueError(
            t("{name} has {size:,} bytes; up to {max_bytes:,} are read.").format(
                name=name, size=size, max_bytes=most
            )
        )


def no_file(name: str) -> ValueError:
    """What is said of a pipe, a device or a folder."""
    return ValueError(t("{name} is no file, but a folder, a pipe or a device.").format(name=name))
