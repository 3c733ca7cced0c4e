"""The folder of a class while it is served: who its teacher is, and what its students brought.

It goes when the server ends, however it is stopped. After a crash it is there still, and the server that is
started next takes it up: the teacher's cookie holds, and students find what is theirs.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_WRITABLE, os_error_as
from resnet_explorer.serving.classroom import A_DAY, Classroom

PATIENCE: Final = 5.0
"""Seconds that a server that was just stopped is waited for."""
_CLASS: Final = "class.json"
_STUDENTS: Final = "students"


@contextmanager
def served_class(
    folder: Path, address: str, *, can_train: bool, patience: float = PATIENCE
) -> Iterator[Classroom]:
    """A class as long as the block lasts: the one that a crash left in the folder, or a new one.

    Args:
        folder: of the class; nobody else on this machine may read it.
        address: that students open now.
        can_train: whether students may train now.
        patience: seconds that the server before may take to end.

    Raises:
        ValueError: in one sentence, if another server has the folder, or it cannot be written to.
    """
    with os_error_as(NOT_WRITABLE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            lock = FileLock(folder.with_suffix(".lock")).acquire(timeout=patience)
        except Timeout:
            words = t("A class is served from this machine already; stop that server first.")
            raise ValueError(words) from None
    with lock:
        before = _of_before(folder)
        room = before or Classroom(folder / _STUDENTS)
        room = replace(room, address=address, can_train=can_train)
        if before is None:
            shutil.rmtree(folder / _STUDENTS, ignore_errors=True)
        room.folder.mkdir(exist_ok=True)
        write_text(folder / _CLASS, json.dumps(asdict(room) | {"folder": ""}))
        try:
            yield room
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def class_in(folder: Path) -> Classroom:
    """The class that is served from a folder: every process of the server reads it there.

    Raises:
        ValueError: if there is none.
    """
    try:
        said = json.loads((folder / _CLASS).read_text(encoding="utf-8"))
        return Classroom(**said | {"folder": folder / _STUDENTS})
    except (OSError, ValueError, TypeError):
        raise ValueError(t("{folder} holds no class.").format(folder=folder)) from None


def _of_before(folder: Path) -> Classroom | None:
    """What a crash left, unless the teacher's cookie is too old for it."""
    try:
        age = time.time() - (folder / _CLASS).stat().st_mtime
        return class_in(folder) if age < A_DAY else None
    except (OSError, ValueError):
        return None
