"""A class: students answer and guess, the teacher sees it and tells the answer, and is followed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import class_server, link_says, settle, visit

WHY = b"There the size halves and the channels double."
RIGHT = "The first of stages 2, 3 and 4"


@pytest.fixture
def links(temporary_home: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    with class_server(tmp_path / "printed.txt") as (address, secret, _):
        yield address, secret


def question(page: Page, address: str) -> Locator:
    """The question of step 3, opened."""
    visit(page, f"{address}/?lesson=paper&step=3", "Shortcuts")
    page.get_by_role("button", name="Question", exact=True).click()
    asked = page.get_by_test_id("stPopoverBody")
    expect(asked).to_contain_text("Which shortcuts of ResNet-34 are dashed?")
    return asked


def as_bytes(part: str | bytes) -> bytes:
    return part.encode() if isinstance(part, str) else part


def bars(asked: Locator) -> Locator:
    """What a picture of answers says to those who hear it."""
    return asked.locator("svg title", has_text="What the class answered: ")


def answer(asked: Locator, words: str) -> None:
    asked.get_by_role("radiogroup").get_by_text(words).click()
    expect(asked).to_contain_text("It is counted")


def test_students_answer_and_the_teacher_tells(links: tuple[str, str], person: Callable[[], Page]) -> None:
    address, secret = links
    student, neighbour, teacher = person(), person(), person()
    received: list[bytes] = []
    student.on(
        "websocket", lambda socket: socket.on("framereceived", lambda part: received.append(as_bytes(part)))
    )
    teacher.goto(address + secret)
    settle(teacher)
    screen = question(teacher, address)
    expect(screen).to_contain_text("0 answers")

    mine, theirs = question(student, address), question(neighbour, address)
    answer(mine, "None: all are identities")
    expect(screen).to_contain_text("1 answer")
    answer(theirs, RIGHT)
    expect(screen).to_contain_text("2 answers")
    answer(mine, RIGHT)
    screen.get_by_text("Bars", exact=True).click()
    expect(bars(screen)).to_have_text(re.compile(f"{RIGHT}: 2, "))
    assert not any(WHY in part for part in received), "no student's browser has got the right answer"
    expect(mine).not_to_contain_text("so it is")

    screen.get_by_role("button", name="Tell the answer").click()
    expect(mine).to_contain_text(f"{RIGHT}: so it is.")
    expect(mine).to_contain_text(WHY.decode())
    expect(theirs).to_contain_text(WHY.decode())
    assert any(WHY in part for part in received)
    expect(bars(theirs)).to_have_text(re.compile(f"{RIGHT}: 2, "))
    expect(mine.get_by_role("radio").first).to_be_disabled()

    screen.get_by_role("button", name="Ask anew").click()
    expect(screen).to_contain_text("0 answers")
    expect(theirs).to_contain_text("Nobody sees who answered what.")
    expect(theirs.get_by_role("radio", checked=True)).to_have_count(0)


def test_a_guess_of_a_lab_is_a_vote_and_a_student_follows_the_teacher(
    links: tuple[str, str], person: Callable[[], Page]
) -> None:
    address, secret = links
    teacher, student, neighbour = person(), person(), person()
    teacher.goto(address + secret)
    settle(teacher)
    for each in (teacher, student, neighbour):  # all of them look again and again: no page is ever at rest
        each.goto(f"{address}/?lesson=residual&step=1")
        expect(each.locator(".st-key-guess")).to_contain_text("20 layers")
    student.get_by_text("Follow", exact=True).click()
    link_says(student, "follow=1")

    show = student.get_by_role("button", name="Show", exact=True)
    expect(show).to_be_disabled()  # while the teacher asks
    student.get_by_text("20 layers", exact=True).click()
    expect(student.get_by_text("It is counted")).to_be_visible()
    neighbour.get_by_text("56 layers", exact=True).click()
    screen = teacher.locator(".st-key-guess")
    expect(screen).to_contain_text("2 answers")
    screen.get_by_text("Bars", exact=True).click()
    expect(bars(screen)).to_have_text(re.compile("20 layers: 1, .*56 layers: 1"))

    screen.get_by_role("button", name="Show", exact=True).click()
    for each, guess in ((student, "20 layers"), (neighbour, "56 layers")):
        expect(each.locator(".st-key-question")).to_contain_text(f"You: {guess}")
    neighbour.get_by_role("button", name="The class").click()
    right = neighbour.get_by_test_id("stPopoverBody").locator("svg text", has_text="✓")
    expect(right).to_have_text("✓ 20 layers")

    teacher.locator(".st-key-_lesson_next button").click()
    expect(student.locator(".st-key-lesson_steps")).to_contain_text("Step 2 of 9")
    link_says(student, "follow=1", "step=2")
    link_says(neighbour, "step=1")
