"""The step of a lesson that the teacher of a class has open, for those who follow it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from resnet_explorer.lessons.database import connected, tables

GONE: Final = timedelta(hours=4)
"""After which a step is of another lesson at school, which nobody left."""


def set_open_step(step: tuple[str, int] | None) -> None:
    """Keep which step is open.

    Args:
        step: the lesson's name in a link, and the step's number; None where no lesson is followed.

    Raises:
        ValueError: in one sentence, if the database cannot be reached.
    """
    open_step = tables().open_step
    with connected() as connection:
        connection.execute(open_step.delete())
        if step:
            row = {"lesson": step[0], "step": step[1], "at": datetime.now(UTC)}
            connection.execute(open_step.insert().values(row))


def open_step() -> tuple[str, int] | None:
    """The lesson's name in a link, and the step's number; None for none.

    Raises:
        ValueError: as `set_open_step`.
    """
    open_step = tables().open_step
    with connected() as connection:
        since = open_step.c.at > datetime.now(UTC) - GONE
        found = connection.execute(open_step.select().where(since).order_by(open_step.c.at.desc())).first()
    return (str(found.lesson), int(found.step)) if found else None
