"""Long work on a page: it goes on where a click interrupted it, stops when told, and is done once."""

from __future__ import annotations

from collections import abc

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner_utils.exceptions import StopException
from streamlit.testing.v1 import AppTest

from resnet_explorer.common import i18n
from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.ui.session import progress_job
from resnet_explorer.ui.session.progress_job import Job


def page() -> None:
    """Squares of 1 to 5, one a piece; how often each was computed is written down."""
    from collections.abc import Iterator

    import streamlit as st

    from resnet_explorer.common.progress import Step
    from resnet_explorer.ui.session.progress_job import run_with_progress

    upper = st.session_state.setdefault("upper", 5)
    computed = st.session_state.setdefault("computed", [])

    def squares() -> Iterator[Step[list[int]]]:
        found: list[int] = []
        for number in range(1, upper + 1):
            computed.append(number)
            found = [*found, number**2]
            yield Step(number, upper, found)

    answer, whole = run_with_progress("work", (upper,), squares, "Squares")
    st.text(f"{answer} {whole}")


def interrupt_at(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click elsewhere ends the run when the bar is about to show that many pieces."""
    shown = DeltaGenerator.progress

    def progress(self: DeltaGenerator, value: float, text: str | None = None) -> DeltaGenerator:
        if round(value * 5) == piece:
            raise StopException
        return shown(self, value, text)

    monkeypatch.setattr(DeltaGenerator, "progress", progress)


def test_the_work_is_done_once() -> None:
    at = AppTest.from_function(page, default_timeout=60).run()
    assert at.text[0].value == "[1, 4, 9, 16, 25] True"
    at.run()
    assert at.text[0].value == "[1, 4, 9, 16, 25] True"
    assert at.session_state["computed"] == [1, 2, 3, 4, 5]
    assert not at.button


def test_an_interrupted_work_goes_on_where_it_was() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(3, monkeypatch)
        at = AppTest.from_function(page, default_timeout=60).run()
        assert not at.text
        assert [button.label for button in at.button] == ["Stop"]
    at.run()
    assert at.text[0].value == "[1, 4, 9, 16, 25] True"
    assert at.session_state["computed"] == [1, 2, 3, 4, 5]


def test_stop_keeps_what_is_known_and_go_on_finishes_it() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        interrupt_at(2, monkeypatch)
        at = AppTest.from_function(page, default_timeout=60).run()
        at.button(key="work_stop").click().run()
        assert at.text[0].value == "[1, 4] False"
        assert at.warning[0].value == "Squares: stopped at 2 / 5."
    at.button(key="work_go_on").click().run()
    assert at.text[0].value == "[1, 4, 9, 16, 25] True"
    assert at.session_state["computed"] == [1, 2, 3, 4, 5]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its turn comes, though what a page of before began computes still."""
    monkeypatch.setattr(progress_job, "PATIENCE", 60)


@pytest.mark.usefixtures("patient")
def test_what_cannot_begin_is_told_again_at_each_rerun() -> None:
    begun = []

    def refusing() -> abc.Iterator[Step[int]]:
        begun.append(1)
        raise ValueError("No photos here.")
        yield Step(1, 1, 0)

    job = Job(refusing)
    for times in (1, 2):
        with pytest.raises(ValueError, match="No photos here"):
            job.advance()
        assert len(begun) == times
    assert not job.is_finished


@pytest.mark.usefixtures("patient")
def test_a_rerun_that_overtakes_another_leaves_it_nothing_to_do() -> None:
    """Both saw unfinished work, and waited for the gate."""
    job = Job(lambda: (Step(number, 2, number) for number in (1, 2)))
    for _ in range(3):
        job.advance()
    assert job.is_finished
    assert job.answer == 2


@pytest.mark.slow
class Click(BaseException):
    """What Streamlit raises where a run is told of one."""


def test_a_click_in_the_midst_of_a_piece_breaks_off_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clicked = False

    def session_language() -> None:
        if clicked:
            raise Click

    def start() -> abc.Iterator[Step[str]]:
        nonlocal clicked
        yield Step(1, 2)
        clicked = True
        words = t("Network")
        clicked = False
        yield Step(2, 2, words)

    monkeypatch.setattr(i18n, "_visitor_languages", [session_language])
    monkeypatch.setattr(progress_job, "who_asks", lambda: "ann")
    job = Job(start)
    job.advance()
    job.advance()
    assert job.answer == "Network"


def test_what_was_broken_off_in_a_piece_begins_anew() -> None:
    tries = []

    def start() -> abc.Iterator[Step[int]]:
        tries.append(1)
        if len(tries) == 1:
            raise Click
        yield Step(1, 1, len(tries))

    job = Job(start)
    with pytest.raises(Click):
        job.advance()
    job.advance()
    assert job.answer == 2


def test_another_question_is_another_work() -> None:
    at = AppTest.from_function(page, default_timeout=60).run()
    at.session_state["upper"] = 2
    at.run()
    assert at.text[0].value == "[1, 4] True"
    assert at.session_state["computed"] == [1, 2, 3, 4, 5, 1, 2]
