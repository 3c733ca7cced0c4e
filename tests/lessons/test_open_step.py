"""The step that the teacher has open, for all processes that serve the class."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from resnet_explorer.lessons import database
from resnet_explorer.lessons import open_step as opening
from resnet_explorer.lessons.open_step import open_step, set_open_step


@pytest.mark.slow
def test_the_open_step_is_the_one_of_last_and_outlives_a_process(temporary_home: Path) -> None:
    assert open_step() is None
    set_open_step(("paper", 3))
    set_open_step(("own-mine", 1))
    database.engine.cache_clear()  # as a new process begins
    assert open_step() == ("own-mine", 1)
    set_open_step(None)
    assert open_step() is None


def test_a_damaged_file_is_told_and_so_is_a_database_that_is_too_busy(
    temporary_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = "The answers of the class cannot be reached at this moment"
    temporary_home.mkdir(exist_ok=True)
    (file := temporary_home / "votes.sqlite").write_bytes(b"what a crash left of it")
    with pytest.raises(ValueError, match=away):
        open_step()
    file.unlink()
    set_open_step(("paper", 3))
    pool = database.engine(f"sqlite:///{file}").pool
    monkeypatch.setattr(pool, "_timeout", 0.01)
    with ExitStack() as others:
        for _ in range(15):
            others.enter_context(database.connected())
        with pytest.raises(ValueError, match=away):
            open_step()
    assert open_step() == ("paper", 3)


def test_a_step_of_yesterday_is_not_open(temporary_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_open_step(("paper", 3))
    monkeypatch.setattr(opening, "GONE", timedelta(0))
    assert open_step() is None
