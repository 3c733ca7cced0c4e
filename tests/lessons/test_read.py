"""A lesson's file: what is read, what is refused by its line, and that nothing in it is markup of a page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from resnet_explorer.lessons import read, words
from resnet_explorer.lessons.lesson import MOST_STEPS, Lesson, Question, Step, write_lesson
from resnet_explorer.lessons.read import read_lesson, read_link

PAGES = ("overview", "architecture", "shortcuts")
WHOLE = (read.__doc__ or "").partition("\n\n")[2]


def test_the_example_is_read_whole() -> None:
    lesson = read_lesson(WHOLE, PAGES)
    assert (lesson.title, lesson.minutes, lesson.words) == ("Its title", 45, "What it is about.")
    (step,) = lesson.steps
    assert (step.heading, step.page, step.parameters) == ("A step", "architecture", (("net", "resnet50"),))
    assert step.question == Question(
        "A question?", ("a wrong answer", "a right one"), frozenset({1}), "Why it is right."
    )


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("# Its title", "Its title", 1),
        ("45 minutes", "a while", 3),
        ("45 minutes", "0 minutes", 3),
        ("## A step", "#### A step", 7),
        ("## A step", "## ", 7),
        ("## A step", "## " + 61 * "x", 7),
        ("[Open](architecture?net=resnet50)", "Look.", 9),
        ("architecture?", "nowhere?", 9),
        ("- [x] a right one", "- [ ] a right one", 13),
        ("- [ ] a wrong answer\n", "", 13),
        ("### A question?\n", "", 14),
        ("A sentence or two.", 241 * "x", 11),
        ("- [ ] a wrong answer", "- a wrong answer", 15),
        ("Why it is right.", "### Another question?", 18),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(before: str, after: str, line: int) -> None:
    text = WHOLE.replace(before, after)
    text = text.replace("\n\n- [x]", "\n- [x]")
    with pytest.raises(ValueError, match=rf"^Line {line}: "):
        read_lesson(text, PAGES)


def test_what_is_no_text_is_refused_by_its_line() -> None:
    with pytest.raises(ValueError, match=r"^Line 2: this is no text in UTF-8"):
        read_lesson(b"# A\n\xff\n", PAGES)


@pytest.mark.parametrize(
    ("link", "page", "parameters"),
    [
        (
            "http://localhost:8501/architecture?net=resnet50&lesson=a&step=2",
            "architecture",
            {"net": "resnet50"},
        ),
        ("https://class.example/app/?net=resnet18", "overview", {"net": "resnet18"}),
        ("start?p_sample=dog", "overview", {"p_sample": "dog"}),
        ("architecture?arch_step=stage%203", "architecture", {"arch_step": "stage 3"}),
        ("architecture?arch_step=stage+3", "architecture", {"arch_step": "stage 3"}),
    ],
)
def test_a_link_is_taken_as_it_is_copied(link: str, page: str, parameters: dict[str, str]) -> None:
    assert read_link(link, PAGES) == (page, tuple(parameters.items()))


@given(some.text() | some.binary() | some.lists(some.sampled_from(WHOLE.splitlines())).map("\n".join))
def test_no_file_is_more_than_refused(file: str | bytes) -> None:
    try:
        lesson = read_lesson(file, PAGES)
    except ValueError as refusal:
        assert re.match(r"Line \d+: |A lesson of more than", str(refusal))
    else:
        assert lesson.steps and lesson.minutes >= 1


line = some.text("abc ÄÖ中 *`()<>&%?=$:", min_size=1, max_size=40).map(
    lambda text: " ".join(f"w{text}".split())
)
questions = some.builds(
    Question,
    line,
    some.lists(line, min_size=2, max_size=8).map(tuple),
    some.sets(some.integers(0, 1), min_size=1).map(frozenset),
    some.just("") | line,
)
steps = some.builds(
    Step,
    line,
    some.sampled_from(PAGES),
    some.dictionaries(some.from_regex(r"[a-z_]{1,8}", fullmatch=True), line, max_size=100).map(
        lambda found: tuple((name, value) for name, value in found.items() if name not in ("lesson", "step"))
    ),
    some.just("") | line,
    some.none() | questions,
)


@pytest.mark.slow
@given(
    some.builds(
        Lesson,
        line,
        some.integers(1, 600),
        some.lists(steps, min_size=1, max_size=MOST_STEPS).map(tuple),
        line,
    )
)
def test_a_lesson_that_was_written_is_read_as_it_was(lesson: Lesson) -> None:
    assert read_lesson(write_lesson(lesson), PAGES) == lesson


@given(some.text() | some.text("*`[]()!<>ab:/.w#-1 \\$_~|&;"))
def test_words_are_no_more_than_strong_stressed_and_code(told: str) -> None:
    told = " ".join(told.split())
    allowed = {
        "text",
        "text_special",
        "softbreak",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "code_inline",
    }
    blocks = MarkdownIt("gfm-like", {"linkify": False}).parse(words.as_safe_markdown(told))
    assert {block.type for block in blocks} <= {"paragraph_open", "inline", "paragraph_close"}
    inline = [child for block in blocks for child in block.children or ()]
    assert {child.type for child in inline} <= allowed
    assert not re.search(r"<(?!/?(strong|em|code)>)", words.as_html(told))


def test_the_three_marks_are_kept() -> None:
    told = "See **the sum** of `x` and *g(x)*: ![](http://a.b/c.png) <b>no</b>"
    assert words.as_plain(told) == "See the sum of x and g(x): ![](http://a.b/c.png) <b>no</b>"
    assert words.as_html(told).startswith(
        "See <strong>the sum</strong> of <code>x</code> and <em>g(x)</em>: "
    )
    assert "**the sum**" in words.as_safe_markdown(told) and "\\<b\\>" in words.as_safe_markdown(told)
