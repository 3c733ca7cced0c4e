"""Lessons that ship and those that are kept: found by their names, in the folder of who asks."""

from __future__ import annotations

import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resnet_explorer.common import user_folder
from resnet_explorer.common.i18n import languages, speaking
from resnet_explorer.lessons import store
from resnet_explorer.lessons.handout import handout
from resnet_explorer.lessons.lesson import Lesson, Question, Step
from resnet_explorer.lessons.steps_svg import HEIGHT, WIDTH, steps_svg
from resnet_explorer.lessons.store import (
    SHIPPED,
    find_lesson,
    forget_lesson,
    is_own,
    keep_lesson,
    lessons,
    titles,
)
from resnet_explorer.ui.app.page_list import STEMS
from tests.contrast import pale_texts

ASKED = Question("Which?", ("<b>this</b>", "that"), frozenset({1}), "Only *that*.")
LESSON = Lesson("My & mine", 20, (Step("One", "blocks", (("blk_channels", "64"),), "Look.", ASKED),))


def test_three_lessons_ship_each_for_a_lesson_at_school() -> None:
    shipped = [find_lesson(name, STEMS) for name in SHIPPED]
    assert [each.title for each in shipped] == [
        "Read the paper’s network",
        "Train it on your photos",
        "Why residual?",
    ]
    assert all(each.minutes == 45 and len(each.steps) >= 9 and each.questions >= 3 for each in shipped)


def test_two_lessons_of_one_title_are_told_apart(temporary_home: Path) -> None:
    name = keep_lesson(replace(LESSON, title="Why residual?"), STEMS)
    called = titles(lessons(STEMS))
    assert (called["residual"], called[name]) == ("Why residual?", "Why residual? (2)")


def test_a_lesson_gives_way_only_to_one_of_its_own_title(temporary_home: Path) -> None:
    long = "Why does a residual network learn where a plain one does not"
    named = {
        title: keep_lesson(replace(LESSON, title=title), STEMS)
        for title in (long, f"{long}, again", "C", "C#")
    }
    assert len(set(named.values())) == 4
    forget_lesson(named["C"])
    for title in (long, f"{long}, again", "C#"):
        assert keep_lesson(replace(LESSON, title=title, minutes=30), STEMS) == named[title]
        assert find_lesson(named[title], STEMS).title == title


@pytest.mark.parametrize("language", [code for code in languages() if code != "en"])
@pytest.mark.parametrize("name", SHIPPED)
def test_a_translated_lesson_has_the_same_steps_and_right_answers(name: str, language: str) -> None:
    english = find_lesson(name, STEMS)
    with speaking(language):
        translated = find_lesson(name, STEMS)
    assert translated.title != english.title
    assert [_without_words(step) for step in translated.steps] == [
        _without_words(step) for step in english.steps
    ]


def _without_words(step: Step) -> tuple[object, ...]:
    asked = step.question
    return step.page, step.parameters, asked and (len(asked.choices), asked.right, bool(asked.why))


def test_lessons_that_are_kept_at_once_stay_two(
    temporary_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = store._free_name

    def slowly(title: str, pages: Collection[str]) -> str:
        name = found(title, pages)
        time.sleep(0.05)  # in which another window keeps its own
        return name

    monkeypatch.setattr(store, "_free_name", slowly)
    both = [replace(LESSON, title=title) for title in ("C", "C#")]
    with ThreadPoolExecutor(2) as windows:
        names = list(windows.map(lambda lesson: keep_lesson(lesson, STEMS), both))
    assert [find_lesson(name, STEMS).title for name in names] == ["C", "C#"]


def test_a_lesson_is_kept_found_and_removed(temporary_home: Path) -> None:
    name = keep_lesson(LESSON, STEMS)
    assert name == "own-my-mine" and is_own(name)
    assert lessons(STEMS)[name] == find_lesson(name, STEMS) == LESSON
    forget_lesson(name)
    assert list(lessons(STEMS)) == list(SHIPPED) and not is_own(name)


def test_a_students_lesson_never_stands_for_the_teachers_of_the_same_title(
    temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    teachers = keep_lesson(LESSON, STEMS)
    monkeypatch.setattr(user_folder, "_visitor_homes", [lambda: tmp_path / "student"])
    mine = keep_lesson(replace(LESSON, minutes=5), STEMS)
    assert find_lesson(teachers, STEMS).minutes == 20 and find_lesson(mine, STEMS).minutes == 5
    assert list(lessons(STEMS)) == [*SHIPPED, mine, teachers]
    assert is_own(mine) and not is_own(teachers)
    forget_lesson(teachers)
    forget_lesson(mine)
    assert list(lessons(STEMS)) == [*SHIPPED, teachers]


def test_a_home_that_cannot_be_written_to_is_told(temporary_home: Path) -> None:
    temporary_home.parent.mkdir(parents=True, exist_ok=True)
    temporary_home.write_text("no folder")
    with pytest.raises(ValueError, match=r"lessons cannot be written to: Not a directory\.$"):
        keep_lesson(LESSON, STEMS)


@pytest.mark.parametrize("name", ["../own-secret", "own-none", "", "own-" + 99 * "x", "..", "a`b"])
def test_a_name_leads_to_no_other_file(temporary_home: Path, name: str) -> None:
    (temporary_home / "lessons").mkdir(parents=True)
    (temporary_home / "own-secret.md").write_text("# Secret")
    with pytest.raises(ValueError, match="this lesson is not kept on this machine"):
        find_lesson(name, STEMS)


def test_the_handout_has_links_and_questions_and_answers_only_where_asked() -> None:
    page = handout(LESSON, "own-my-mine", "http://10.0.0.2:8501/")
    link = "http://10.0.0.2:8501/blocks?blk_channels=64&amp;lesson=own-my-mine&amp;step=1"
    assert f'<a href="{link}">One</a>' in page and '<html lang="en">' in page
    with speaking("zh"):
        assert '<html lang="zh-CN">' in handout(LESSON, "own-my-mine", "/"), "Han signs have their own face"
    assert "&lt;b&gt;this&lt;/b&gt;" in page and "<h1>My &amp; mine</h1>" in page
    assert 'class="right"' not in page and "Only" not in page
    told = handout(LESSON, "own-my-mine", "/", with_answers=True)
    assert told.count('class="right"') == 1 and "Only <em>that</em>." in told


@pytest.mark.parametrize("count", [1, 4, 9, 13, 25])
def test_each_step_has_its_card_in_the_picture(count: int) -> None:
    step = Step("A step of many words " * 3, "blocks", (), "Long words " * 20, ASKED)
    picture = ElementTree.fromstring(steps_svg(Lesson("L", 45, count * (step,)), str.title, 1))
    cards = [part for part in picture.iter() if "data-key" in part.attrib]
    assert [card.attrib["data-key"] for card in cards] == [str(number) for number in range(1, count + 1)]
    grounds = [next(part for part in card if part.tag.endswith("rect")).attrib for card in cards]
    assert all(float(each["x"]) + float(each["width"]) <= WIDTH + 1 for each in grounds)
    assert all(float(each["y"]) + float(each["height"]) <= HEIGHT + 1 for each in grounds)
    assert len({(each["x"], each["y"]) for each in grounds}) == count
    assert not pale_texts(picture)
    for card, ground in zip(cards, grounds, strict=True):
        lines = [float(part.attrib["y"]) for part in card if part.tag.endswith("text")]
        assert max(lines) <= float(ground["y"]) + float(ground["height"])
