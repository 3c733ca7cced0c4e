"""The step that the teacher has open, for all processes that serve the class."""

from __future__ import annotations

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


def test_a_step_of_yesterday_is_not_open(temporary_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_open_step(("paper", 3))
    monkeypatch.setattr(opening, "GONE", timedelta(0))
    assert open_step() is None
