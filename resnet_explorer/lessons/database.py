"""Where what a class shares is kept: its answers, and the step that the teacher has open.

SQLite in the folder of the person who runs the app, or the database whose URL RESNET_EXPLORER_VOTES says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from resnet_explorer.common.i18n import t
from resnet_explorer.common.user_folder import own_home

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

URL: Final = "RESNET_EXPLORER_VOTES"
"""Of the environment: where several machines serve one class, a database that all of them reach."""
PATIENCE: Final = 30
"""Seconds that one write waits for another."""
SILENCE: Final = 4
"""Seconds without a word after which a database elsewhere is away: as long stands a page that asks it."""


class Tables(NamedTuple):
    """What is kept.

    Attributes:
        votes: answers, one of each browser for a question.
        told: the questions whose answers were told.
        asking: the questions that stand on the teacher's screen, and when they last did.
        open_step: of the teacher's lesson; the last row counts.
    """

    votes: Table
    told: Table
    asking: Table
    open_step: Table


@contextmanager
def connected() -> Iterator[Connection]:
    """A transaction.

    Raises:
        ValueError: in one sentence, if the database cannot be reached.
    """
    from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, TimeoutError

    url = os.environ.get(URL) or f"sqlite:///{own_home() / 'votes.sqlite'}"
    try:
        with engine(url).begin() as connection:
            yield connection
    except IntegrityError:  # somebody else was faster: who writes goes on from there
        raise
    except (DBAPIError, TimeoutError, OSError):  # it is away, damaged or full, or all connections are taken
        raise ValueError(t("The answers of the class cannot be reached at this moment.")) from None
    except (ArgumentError, ImportError):  # no URL, or one of a database whose driver is not installed
        raise ValueError(t("The database that {name} says cannot be opened here.").format(name=URL)) from None


@lru_cache(1)
def tables() -> Tables:
    """What the tables are made of."""
    from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table

    metadata = MetaData()
    votes = Table(
        "votes",
        metadata,
        Column("asked", String(120), primary_key=True),
        Column("browser", String(32), primary_key=True),
        Column("choice", Integer, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
    )
    told, asking = (
        Table(
            name,
            metadata,
            Column("asked", String(120), primary_key=True),
            Column("at", DateTime(timezone=True), nullable=False),
        )
        for name in ("told", "asking")
    )
    open_step = Table(
        "open_step",
        metadata,
        Column("lesson", String(60), nullable=False),
        Column("step", Integer, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
    )
    return Tables(votes, told, asking, open_step)


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """What connects to the database of a URL, with the tables made."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import IntegrityError, ProgrammingError
    from sqlalchemy.schema import CreateTable

    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")  # SQLAlchemy's own choice is the one before it
    is_file = address.get_backend_name() == "sqlite"
    if is_file and address.database:
        own_home().mkdir(parents=True, exist_ok=True)
    limits = {"timeout": PATIENCE} if is_file else {}
    if address.drivername == "postgresql+psycopg":  # libpq's own: minutes, or none
        limits = {"connect_timeout": SILENCE, "tcp_user_timeout": 1000 * SILENCE}
    limits = {name: value for name, value in limits.items() if name not in address.query}
    made = create_engine(address, connect_args=limits, pool_pre_ping=True)
    for table in tables():
        # Whoever comes at the same moment may make them first: PostgreSQL says so by an error.
        with suppress(IntegrityError, ProgrammingError), made.begin() as connection:
            connection.execute(CreateTable(table, if_not_exists=True))
    return made
