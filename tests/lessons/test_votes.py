"""A class's answers: one of each browser, changed until the answer is told, and kept over a restart."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resnet_explorer.common.i18n import speaking
from resnet_explorer.lessons import database, votes
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.store import find_lesson, written_question
from resnet_explorer.lessons.votes import (
    Asked,
    as_csv,
    ask_anew,
    counts,
    is_being_asked,
    is_told,
    keep_asking,
    tell,
    vote,
    vote_of,
)
from resnet_explorer.lessons.votes_svg import votes_svg
from resnet_explorer.ui.app.page_list import STEMS

ASKED = Asked("paper", Question("Which?", ("=1+1", "*that*", "none"), frozenset({1}), "So."))


@pytest.fixture(autouse=True)
def no_votes(temporary_home: Path) -> Path:
    """A folder of this test's own, without any."""
    return temporary_home


def test_a_browser_has_one_vote_and_changes_it_until_the_answer_is_told() -> None:
    vote(ASKED, "anna", 0)
    vote(ASKED, "ben", 0)
    vote(ASKED, "anna", 1)
    assert counts(ASKED) == (1, 1, 0)
    assert (vote_of(ASKED, "anna"), vote_of(ASKED, "ben"), vote_of(ASKED, "carl")) == (1, 0, None)
    tell(ASKED)
    tell(ASKED)
    with pytest.raises(ValueError, match=r"^The answer was told already\.$"):
        vote(ASKED, "ben", 1)
    with pytest.raises(ValueError, match=r"^The answer was told already\.$"):
        vote(ASKED, "carl", 1)
    assert counts(ASKED) == (1, 1, 0) and is_told(ASKED)
    ask_anew(ASKED)
    assert counts(ASKED) == (0, 0, 0) and not is_told(ASKED)
    vote(ASKED, "ben", 2)
    assert counts(ASKED) == (0, 0, 1)


def test_a_class_of_two_languages_is_counted_together() -> None:
    """Each reads the question in his own language; the teacher counts and tells all of them."""
    asked = []
    for code in ("en", "zh"):
        with speaking(code):
            question = find_lesson("paper", STEMS).steps[2].question
            assert question is not None
            asked.append(Asked("paper", question, written_question("paper", 3, STEMS)))
    english, chinese = asked
    assert english.question.words != chinese.question.words
    vote(english, "anna", 1)
    vote(chinese, "ben", 0)
    assert counts(english) == counts(chinese) == (1, 1, 0, 0)
    tell(english)
    assert is_told(chinese)


@pytest.mark.parametrize("choice", [-1, 3])
def test_what_is_no_answer_is_not_counted(choice: int) -> None:
    with pytest.raises(ValueError, match="no such answer"):
        vote(ASKED, "anna", choice)
    assert counts(ASKED) == (0, 0, 0)


def test_a_question_is_asked_while_it_stands_on_the_teachers_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(ASKED, lesson="guess")
    assert not is_being_asked(ASKED)
    keep_asking(ASKED)
    keep_asking(ASKED)
    assert is_being_asked(ASKED) and not is_being_asked(other)
    tell(ASKED)
    assert not is_being_asked(ASKED)
    ask_anew(ASKED)
    assert is_being_asked(ASKED)
    monkeypatch.setattr(votes, "GONE", timedelta(0))
    assert not is_being_asked(ASKED)


def test_another_wording_is_another_question() -> None:
    other = replace(ASKED, question=replace(ASKED.question, words="Which one?"))
    vote(ASKED, "anna", 0)
    tell(ASKED)
    assert counts(other) == (0, 0, 0) and not is_told(other)


def test_a_restart_loses_nothing_and_no_name_is_kept(no_votes: Path) -> None:
    vote(ASKED, "the-random-name-of-a-cookie", 1)
    tell(ASKED)
    database.engine.cache_clear()  # as a new process begins
    assert counts(ASKED) == (0, 1, 0) and is_told(ASKED)
    assert b"the-random-name" not in (no_votes / "votes.sqlite").read_bytes()


def test_a_whole_class_answers_at_once() -> None:
    def student(number: int) -> None:
        for choice in (number % 3, 0, number % 3):
            vote(ASKED, f"student {number}", choice)

    with ThreadPoolExecutor(10) as class_of_thirty:
        list(class_of_thirty.map(student, range(30)))
    assert counts(ASKED) == (10, 10, 10)


def test_the_database_is_the_one_of_the_url_or_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(database.URL, f"sqlite:///{tmp_path / 'other.sqlite'}")
    vote(ASKED, "anna", 0)
    assert (tmp_path / "other.sqlite").exists()
    monkeypatch.setenv(database.URL, f"sqlite:///{tmp_path / 'nowhere' / 'votes.sqlite'}")
    with pytest.raises(ValueError, match="cannot be reached at this moment"):
        counts(ASKED)
    for url in ("no URL", "nosuch://teacher@/class"):
        monkeypatch.setenv(database.URL, url)
        with pytest.raises(ValueError, match="database that RESNET_EXPLORER_VOTES says cannot be opened"):
            counts(ASKED)


def test_a_database_that_says_nothing_keeps_a_page_for_seconds_not_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "SILENCE", 2)
    with socket.socket() as silent:  # as a machine that hangs: it takes the connection, and that is all
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv(database.URL, f"postgresql://teacher:secret@{address}/lesson")
        began = time.monotonic()
        with pytest.raises(ValueError, match="cannot be reached at this moment"):
            is_told(ASKED)
        assert time.monotonic() - began < 30


def test_the_export_is_a_line_for_each_answer_and_no_formula() -> None:
    vote(ASKED, "anna", 0)
    lines = as_csv(ASKED).splitlines()
    assert lines == ["question,answer,right,votes", "Which?,'=1+1,0,1", "Which?,that,1,0", "Which?,none,0,0"]


def test_the_right_answer_is_marked_when_it_is_told_and_not_before() -> None:
    asking, told = (
        ElementTree.fromstring(votes_svg(ASKED.question, (2, 1, 0), is_told=each)) for each in (False, True)
    )
    words = [[part.text for part in picture if part.tag.endswith("text")] for picture in (asking, told)]
    assert words[0] == ["=1+1", "2", "that", "1", "none", "0"]
    assert words[1] == ["=1+1", "2", "✓ that", "1", "none", "0"]
    bars = [float(part.attrib["width"]) for part in told if part.tag.endswith("rect")]
    assert bars[0] == 2 * bars[1] and bars[2] < 5
    colours = {part.attrib["fill"] for part in asking if part.tag.endswith("rect")}
    assert len(colours) == 1
