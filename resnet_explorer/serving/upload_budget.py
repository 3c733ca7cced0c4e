"""How much the students of a class may bring: each, and all together, counted before a byte is taken.

Streamlit takes an upload whether or not a page asks for one, and holds it until its session ends. Ours are
read at once and let go; one that nobody read is let go, too.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text

MEBIBYTE: Final = 2**20
STUDENT_BYTES: Final = 768 * MEBIBYTE
"""Of one student, held by the server and in the student's folder; the largest file is 512 MiB."""
SERVER_BYTES: Final = 1536 * MEBIBYTE
"""Of all uploads that the server holds in memory, in however many processes."""
LARGEST: Final = 513 * MEBIBYTE
"""Of one upload: the largest file, and what is around it."""
FREE_BYTES: Final = 1024 * MEBIBYTE
"""That stay free on the disk."""
UNREAD: Final = 60.0
"""Seconds without an upload of a session after which nobody reads its uploads any more: those of a folder are
read when the last one is there."""


def server_share(processes: int) -> int:
    """Bytes that each of so many processes holds at most: its part, but no less than a largest file."""
    return max(SERVER_BYTES // processes, LARGEST)


Key = tuple[str, str]
"""Of an upload: its session and its file, as Streamlit names them."""


@dataclass(eq=False)
class _Upload:
    owner: str
    session: str
    count: int
    came: float = 0.0
    """When all of it was there."""


@dataclass
class UploadBudget:
    """What is held of whom.

    Attributes:
        folder: whose disk is written to.
        held: the uploads that are in memory now.
        forget: lets the server forget one that no page has taken.
        most: bytes that it holds of all together.
        clock: seconds from any beginning.
    """

    folder: Path
    held: Callable[[], Container[Key]]
    forget: Callable[[Key], None]
    most: int = SERVER_BYTES
    clock: Callable[[], float] = time.monotonic
    _known: dict[Key, _Upload] = field(default_factory=dict)
    _coming: list[_Upload] = field(default_factory=list)
    """Each counts, for several may come at once under one key."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def taking(self, owner: str, key: Key, count: int, on_disk: int) -> Iterator[None]:
        """Take an upload: it counts while it comes, and until it is let go.

        Args:
            owner: whose it is.
            key: of the upload.
            count: its bytes.
            on_disk: bytes that the owner has on the disk already.

        Raises:
            ValueError: in one sentence, if it is too much.
        """
        with self._lock:
            self._look()
            uploads = [*self._known.values(), *self._coming]
            mine = on_disk + sum(each.count for each in uploads if each.owner == owner)
            if mine + count > STUDENT_BYTES:
                raise _refused(
                    t("You have {had} here, this file has {more}, and {most} are allowed."),
                    mine,
                    count,
                    STUDENT_BYTES,
                )
            everybody = sum(each.count for each in uploads)
            if everybody + count > self.most:
                raise _refused(
                    t("All together have {had} here, this file has {more}, and {most} are allowed."),
                    everybody,
                    count,
                    self.most,
                )
            if shutil.disk_usage(self.folder).free - count < FREE_BYTES:
                raise ValueError(t("The disk of this server is nearly full: nothing more can be brought."))
            upload = _Upload(owner, key[0], count)
            self._coming.append(upload)
        try:
            yield
        finally:
            with self._lock:
                self._coming.remove(upload)
                upload.came = self.clock()  # or was broken off: then it is not held
                before = self._known.get(key)
                if before is None or before.count <= count:  # what broke off has not taken its place
                    self._known[key] = upload

    def _look(self) -> None:
        """Forget what was let go meanwhile, and let go of what nobody reads."""
        held, now = self.held(), self.clock()
        heard = {upload.session: now for upload in self._coming}
        for upload in self._known.values():
            heard[upload.session] = max(upload.came, heard.get(upload.session, 0.0))
        for key, upload in self._known.items():
            if key in held and now - heard[upload.session] > UNREAD:
                self.forget(key)
        held = self.held()  # what a page has taken meanwhile is its own
        self._known = {key: upload for key, upload in self._known.items() if key in held}


def _refused(sentence: str, had: int, more: int, most: int) -> ValueError:
    return ValueError(sentence.format(had=bytes_text(had), more=bytes_text(more), most=bytes_text(most)))


def folder_bytes(folder: Path) -> int:
    """Bytes that lie in a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except OSError:  # gone meanwhile
            continue
    return total
