"""A lesson on one page of HTML: its links to follow, its questions to answer on paper."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from resnet_explorer.common.i18n import language_tag, nt
from resnet_explorer.common.templates import templates_of
from resnet_explorer.lessons.lesson import Lesson
from resnet_explorer.lessons.words import as_html

if TYPE_CHECKING:
    from jinja2 import Template


def handout(lesson: Lesson, name: str, root: str, *, with_answers: bool = False) -> str:
    """The page, to print or to send; it needs nothing but itself.

    Args:
        lesson: it.
        name: of the lesson in a link.
        root: the address of the app, which ends with a slash; the links begin with it.
        with_answers: mark the right answers, and say why: the teacher's own.
    """
    from markupsafe import Markup

    return _template().render(
        lesson=lesson,
        language=language_tag(),
        links=[root + lesson.link(name, number) for number in range(1, len(lesson.steps) + 1)],
        summary=summary(lesson),
        with_answers=with_answers,
        words=lambda words: Markup(as_html(words)),
    )


def summary(lesson: Lesson) -> str:
    """How long it is."""
    count = len(lesson.steps)
    words = nt(
        "{minutes} minutes, {count} step, {questions} with a question.",
        "{minutes} minutes, {count} steps, {questions} with a question.",
        count,
    )
    return words.format(minutes=lesson.minutes, count=count, questions=lesson.questions)


@lru_cache(1)
def _template() -> Template:
    return templates_of("resnet_explorer.lessons", is_markup=True).get_template("handout.html.jinja")
