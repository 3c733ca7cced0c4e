"""A lesson: steps through the pages, each a link with a few words and, where wanted, a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from resnet_explorer.lessons.photo import LessonPhoto

MOST_STEPS: Final = 25
MOST_CHOICES: Final = 8
PLACE: Final = ("lesson", "step")
"""In a link: which lesson is under way, and which of its steps is shown, from 1."""
FOLLOW: Final = "follow"
"""In a link: whether a student of a class follows the teacher's step."""


@dataclass(frozen=True)
class Question:
    """What a step asks.

    Attributes:
        words: the question.
        choices: what may be answered.
        right: the places of the right answers among them, from 0.
        why: told with the right answer; may be empty.
    """

    words: str
    choices: tuple[str, ...]
    right: frozenset[int]
    why: str = ""


@dataclass(frozen=True)
class Step:
    """What is shown, and what is said of it.

    Attributes:
        heading: two to five words.
        page: the stem of the page's file, as it stands in an address.
        parameters: what the page's link says, name and value.
        words: a sentence or two.
        question: None for none.
        photo: that is opened with it; then its parameters say `p_photo=upload`.
    """

    heading: str
    page: str
    parameters: tuple[tuple[str, str], ...] = ()
    words: str = ""
    question: Question | None = None
    photo: LessonPhoto | None = None

    @property
    def link(self) -> str:
        """Page and parameters, as they stand behind the address of the app."""
        return address(self.page, dict(self.parameters))


@dataclass(frozen=True)
class Lesson:
    """A list of steps.

    Attributes:
        title: its name.
        minutes: that it takes in class.
        steps: at least one.
        words: what it is about; may be empty.
    """

    title: str
    minutes: int
    steps: tuple[Step, ...]
    words: str = ""

    @property
    def questions(self) -> int:
        """How many steps ask."""
        return sum(step.question is not None for step in self.steps)

    def link(self, key: str, number: int) -> str:
        """The link of a step, with the lesson in it: whoever opens it follows from there.

        Args:
            key: the lesson's name in a link.
            number: of the step, from 1.
        """
        step = self.steps[number - 1]
        return address(step.page, dict(step.parameters) | dict(zip(PLACE, (key, str(number)), strict=True)))


def address(page: str, parameters: Mapping[str, str]) -> str:
    """A page and what its link says, relative to the app; brackets and blanks escaped, as Markdown needs."""
    query = urlencode(parameters, quote_via=quote, safe=",:")
    return f"{page}?{query}" if query else page


def write_lesson(lesson: Lesson) -> str:
    """The lesson as a file that `read_lesson` reads."""
    parts = [f"# {lesson.title}", f"{lesson.minutes} minutes", lesson.words]
    for step in lesson.steps:
        photo = f"![{step.photo.name}]" if step.photo else ""
        parts += [f"## {step.heading}", f"[Open]({step.link})", photo, step.words]
        if asked := step.question:
            marks = ["x" if place in asked.right else " " for place in range(len(asked.choices))]
            choices = [f"- [{mark}] {choice}" for mark, choice in zip(marks, asked.choices, strict=True)]
            parts += [f"### {asked.words}", "\n".join(choices), asked.why]
    photos = dict.fromkeys(step.photo.definition for step in lesson.steps if step.photo)
    parts.append("\n".join(photos))
    return "\n\n".join(part for part in parts if part) + "\n"
