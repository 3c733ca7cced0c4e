"""Who asks a server that serves a class, and where what is theirs is kept.

The teacher is known by a cookie and never by the address: behind a proxy all visitors have the same.
Without a class, the app belongs to the person who runs it, who may do everything.
"""

from __future__ import annotations

import hmac
import re
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from resnet_explorer.common.i18n import t

Role = Literal["owner", "teacher", "student"]

TEACHER, STUDENT = "resnet_explorer_teacher", "resnet_explorer_student"
"""Cookies: the secret of the one, the random name of the other, which a browser keeps until it is closed."""
GONE: Final = 2 * 3600.0
"""Seconds after which nobody is expected back."""
A_DAY: Final = 24 * 3600
"""Seconds that a browser stays the teacher's."""
NOTED: Final = 60.0
"""Seconds between two notes that somebody is here."""


@dataclass(frozen=True)
class Classroom:
    """A class that is served.

    Attributes:
        folder: where each student's networks, photos and runs lie, in a folder of their own.
        address: that students open.
        can_train: whether students may train.
        teacher_link: the secret part of the link that makes a browser the teacher's.
        teacher_cookie: what that browser keeps; it leaves no trace in an address.
    """

    folder: Path
    address: str = ""
    can_train: bool = False
    teacher_link: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    teacher_cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    def is_teacher_link(self, secret: str) -> bool:
        """Whether a link's secret is the teacher's."""
        return hmac.compare_digest(secret.encode(), self.teacher_link.encode())

    def role(self, cookies: Mapping[str, str]) -> Role:
        """Who sends these cookies."""
        given = cookies.get(TEACHER, "")
        is_teacher = hmac.compare_digest(given.encode(), self.teacher_cookie.encode())
        return "teacher" if is_teacher else "student"

    def home_of(self, student: str) -> Path:
        """The folder of a student, made when he comes first; it is noted that he was here.

        Raises:
            ValueError: for what is no name of one; a cookie must not lead out of the folder.
        """
        if not re.fullmatch(r"[\w-]{16,64}", student, re.ASCII):
            raise ValueError(t("This is no student of the class."))
        home = self.folder / student
        if not home.exists() or time.time() - _last_seen(home) > NOTED:
            with suppress(OSError):  # the disk is full, and whatever is to be kept there says so itself
                home.mkdir(exist_ok=True)
                (home / _SEEN).touch()
        return home

    def forget_the_gone(self, stop: Callable[[Path], None]) -> None:
        """Remove the folders of those who were not seen for long, their runs first.

        Args:
            stop: asks the runs of a folder to stop.
        """
        for home in self.folder.glob("*/"):
            if time.time() - _last_seen(home) > GONE:
                with suppress(FileNotFoundError):  # it goes at this moment: two came who are new
                    stop(home)
                shutil.rmtree(home, ignore_errors=True)


_SEEN: Final = ".seen"


def _last_seen(home: Path) -> float:
    for path in (home / _SEEN, home):
        with suppress(OSError):
            return path.stat().st_mtime
    return time.time()


_served: list[Classroom] = []


def open_classroom(room: Classroom) -> None:
    """Serve a class from now on: the command does it once, before the first visitor."""
    _served[:] = [room]


def classroom() -> Classroom | None:
    """The class that this process serves; None where the app belongs to the person who runs it."""
    return next(iter(_served), None)
