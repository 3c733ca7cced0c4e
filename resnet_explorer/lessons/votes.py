"""The answers of a class to a question: one of each browser, kept until it is asked anew.

No names are kept: of a browser, a digest of the random name in its cookie. Where the database cannot be
reached, each function that asks it raises a ValueError in one sentence, as `connected` does.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import for_spreadsheet
from resnet_explorer.lessons.database import connected, tables
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.words import as_plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

GONE: Final = timedelta(seconds=15)
"""After which a question that the teacher's screen has not shown again stands there no more."""


@dataclass(frozen=True)
class Asked:
    """A question as the class is asked it: another wording is another question.

    Attributes:
        lesson: its name in a link.
        question: what is asked, in the language of who reads it.
        written: the same before it was translated, so that all languages of a class are counted together.
    """

    lesson: str
    question: Question
    written: Question | None = None

    @property
    def key(self) -> str:
        """Under which its votes are kept."""
        written = self.written or self.question
        wording = "\n".join((written.words, *written.choices))
        return f"{self.lesson}/{sha256(wording.encode()).hexdigest()[:16]}"


def vote(asked: Asked, browser: str, choice: int) -> None:
    """Count an answer; a later one of the same browser takes its place.

    Args:
        asked: the question.
        browser: the random name in its cookie.
        choice: the place of the answer among the choices, from 0.

    Raises:
        ValueError: in one sentence, if the right answer was told already, or there is no such choice.
    """
    from sqlalchemy.exc import IntegrityError

    if not 0 <= choice < len(asked.question.choices):
        raise ValueError(t("There is no such answer."))
    try:
        _count(asked, _digest(browser), choice)
    except IntegrityError:  # the same browser, a moment ago, in another tab: now its vote is there
        _count(asked, _digest(browser), choice)


def vote_of(asked: Asked, browser: str) -> int | None:
    """The answer of a browser, or None."""
    from sqlalchemy import select

    votes = tables().votes
    of_it = select(votes.c.choice).where(votes.c.asked == asked.key, votes.c.browser == _digest(browser))
    with connected() as connection:
        found = connection.execute(of_it).scalar()
    return None if found is None else int(found)


def counts(asked: Asked) -> tuple[int, ...]:
    """How many browsers chose each answer."""
    from sqlalchemy import func, select

    votes = tables().votes
    of_each = select(votes.c.choice, func.count()).where(votes.c.asked == asked.key).group_by(votes.c.choice)
    with connected() as connection:
        found = {int(choice): int(count) for choice, count in connection.execute(of_each)}
    return tuple(found.get(place, 0) for place in range(len(asked.question.choices)))


def is_told(asked: Asked) -> bool:
    """Whether the right answer was told to the class."""
    with connected() as connection:
        return _is_told(connection, asked)


def tell(asked: Asked) -> None:
    """Tell the class the right answer; from then on no vote is changed."""
    from sqlalchemy.exc import IntegrityError

    told = tables().told
    try:
        with connected() as connection:
            connection.execute(told.insert().values(asked=asked.key, at=datetime.now(UTC)))
    except IntegrityError:  # it was
        pass


def keep_asking(asked: Asked) -> None:
    """Note that a question stands on the teacher's screen; to be called again and again while it does."""
    from sqlalchemy.exc import IntegrityError

    asking, now = tables().asking, {"at": datetime.now(UTC)}
    try:
        with connected() as connection:
            if not connection.execute(
                asking.update().where(asking.c.asked == asked.key).values(now)
            ).rowcount:
                connection.execute(asking.insert().values(asked=asked.key, **now))
    except IntegrityError:  # another window of the teacher's did
        pass


def is_being_asked(asked: Asked) -> bool:
    """Whether a question stands on the teacher's screen, and its answer was not told."""
    from sqlalchemy import select

    asking = tables().asking
    late = datetime.now(UTC) - GONE
    with connected() as connection:
        found = connection.execute(
            select(asking.c.asked).where(asking.c.asked == asked.key, asking.c.at > late)
        )
        return found.first() is not None and not _is_told(connection, asked)


def ask_anew(asked: Asked) -> None:
    """Forget all answers to a question, and that it was told."""
    with connected() as connection:
        for table in (tables().votes, tables().told):
            connection.execute(table.delete().where(table.c.asked == asked.key))


def as_csv(asked: Asked) -> str:
    """How many chose each answer, a line each: question, answer, right, votes."""
    file = io.StringIO()
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(["question", "answer", "right", "votes"])
    words = for_spreadsheet(as_plain(asked.question.words))
    for place, count in enumerate(counts(asked)):
        answer = for_spreadsheet(as_plain(asked.question.choices[place]))
        lines.writerow([words, answer, int(place in asked.question.right), count])
    return file.getvalue()


def _count(asked: Asked, name: str, choice: int) -> None:
    votes = tables().votes
    row = {"choice": choice, "at": datetime.now(UTC)}
    change = votes.update().where(votes.c.asked == asked.key, votes.c.browser == name).values(row)
    with connected() as connection:
        if _is_told(connection, asked):
            raise ValueError(t("The answer was told already."))
        if not connection.execute(change).rowcount:
            connection.execute(votes.insert().values(asked=asked.key, browser=name, **row))


def _is_told(connection: Connection, asked: Asked) -> bool:
    from sqlalchemy import select

    told = tables().told
    return connection.execute(select(told.c.asked).where(told.c.asked == asked.key)).first() is not None


def _digest(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()[:32]
