"""Where what belongs to the person who uses the app is kept: networks, photos, runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import ParamSpec, TypeVar

from filelock import FileLock
from platformdirs import user_data_path

P = ParamSpec("P")
R = TypeVar("R")

_fixed: ContextVar[Path | None] = ContextVar("home", default=None)


_visitor_homes: list[Callable[[], Path | None]] = []


def home() -> Path:
    """The folder of who asks: of the student of a class who does, or else of the person who runs the app.

    The latter's is the user's data folder of this project, or where RESNET_EXPLORER_HOME says.
    """
    visitor_home = _visitor_homes[0]() if _visitor_homes else None
    return _fixed.get() or visitor_home or own_home()


def own_home() -> Path:
    """The folder of the person who runs the app, whoever asks."""
    told = os.environ.get("RESNET_EXPLORER_HOME")
    return Path(told) if told else user_data_path("resnet-explorer", appauthor=False)


@contextmanager
def giving_names() -> Iterator[None]:
    """As long as the block lasts, no other thread or process gives names to what is kept in `home`.

    Raises:
        OSError: if the folder cannot be written to.
    """
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "names.lock"):
        yield


def let_visitors_have(visitor_home: Callable[[], Path | None]) -> None:
    """Give visitors folders of their own.

    Args:
        visitor_home: the folder of the visitor who asks in this thread; None for the person who runs the app.
    """
    _visitor_homes[:] = [visitor_home]


def with_home_of_now(call: Callable[P, R]) -> Callable[P, R]:
    """The same call for another thread, which knows nobody: `home` is there what it is here and now."""
    folder = home()

    def called(*arguments: P.args, **named: P.kwargs) -> R:
        token = _fixed.set(folder)
        try:
            return call(*arguments, **named)
        finally:
            _fixed.reset(token)

    return called
