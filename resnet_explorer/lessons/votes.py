"""The answers of a class to the questions of lessons: one of each browser, kept until they are asked anew.

SQLite in the folder of the person who runs the app, or the database whose URL RESNET_EXPLORER_VOTES says.
No names are kept: of a browser, a digest of the random name in its cookie.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import for_spreadsheet
from resnet_explorer.common.user_folder import own_home
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.words import as_plain

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

URL: Final = "RESNET_EXPLORER_VOTES"
"""Of the environment: where several machines serve one class, a database that all of them reach."""
PATIENCE: Final = 30
"""Seconds that one write waits for another."""


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

    votes, _ = _tables()
    of_it = select(votes.c.choice).where(votes.c.asked == asked.key, votes.c.browser == _digest(browser))
    with _connected() as connection:
        found = connection.execute(of_it).scalar()
    return None if found is None else int(found)


def counts(asked: Asked) -> tuple[int, ...]:
    """How many browsers chose each answer."""
    from sqlalchemy import func, select

    votes, _ = _tables()
    of_each = select(votes.c.choice, func.count()).where(votes.c.asked == asked.key).group_by(votes.c.choice)
    with _connected() as connection:
        found = {int(choice): int(count) for choice, count in connection.execute(of_each)}
    return tuple(found.get(place, 0) for place in range(len(asked.question.choices)))


def is_told(asked: Asked) -> bool:
    """Whether the right answer was told to the class."""
    with _connected() as connection:
        return _is_told(connection, asked)


def tell(asked: Asked) -> None:
    """Tell the class the right answer; from then on no vote is changed."""
    from sqlalchemy.exc import IntegrityError

    _, told = _tables()
    try:
        with _connected() as connection:
            connection.execute(told.insert().values(asked=asked.key, at=datetime.now(UTC)))
    except IntegrityError:  # it was
        pass


def ask_anew(asked: Asked) -> None:
    """Forget all answers to a question, and that it was told."""
    with _connected() as connection:
        for table in _tables():
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
    votes, _ = _tables()
    row = {"choice": choice, "at": datetime.now(UTC)}
    change = votes.update().where(votes.c.asked == asked.key, votes.c.browser == name).values(row)
    with _connected() as connection:
        if _is_told(connection, asked):
            raise ValueError(t("The answer was told already."))
        if not connection.execute(change).rowcount:
            connection.execute(votes.insert().values(asked=asked.key, browser=name, **row))


def _is_told(connection: Connection, asked: Asked) -> bool:
    from sqlalchemy import select

    _, told = _tables()
    return connection.execute(select(told.c.asked).where(told.c.asked == asked.key)).first() is not None


def _digest(browser: str) -> str:
    return sha256(browser.encode()).hexdigest()[:32]


@contextmanager
def _connected() -> Iterator[Connection]:
    """A transaction.

    Raises:
        ValueError: in one sentence, if the database cannot be reached.
    """
    from sqlalchemy.exc import OperationalError

    url = os.environ.get(URL) or f"sqlite:///{own_home() / 'votes.sqlite'}"
    try:
        with _engine(url).begin() as connection:
            yield connection
    except (OperationalError, OSError):
        raise ValueError(t("The answers of the class cannot be reached at this moment.")) from None


@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.schema import CreateTable

    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite"
    if is_file and address.database:
        own_home().mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": PATIENCE} if is_file else {}, pool_pre_ping=True)
    with engine.begin() as connection:
        for table in _tables():  # whoever comes at the same moment may make them first
            connection.execute(CreateTable(table, if_not_exists=True))
    return engine


@lru_cache(1)
def _tables() -> tuple[Table, Table]:
    """The votes, one of each browser for a question, and the questions whose answers were told."""
    from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table

    metadata = MetaData()
    asked = Column("asked", String(120), primary_key=True)
    votes = Table(
        "votes",
        metadata,
        asked,
        Column("browser", String(32), primary_key=True),
        Column("choice", Integer, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
    )
    told = Table(
        "told",
        metadata,
        Column("asked", String(120), primary_key=True),
        Column("at", DateTime(timezone=True), nullable=False),
    )
    return votes, told
