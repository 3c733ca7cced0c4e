"""The steps of a lesson as cards, in their order: what is clicked to begin there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.fonts import font
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.text_lines import shortened, wrapped
from resnet_explorer.lessons.lesson import Lesson, Step
from resnet_explorer.lessons.words import as_plain

WIDTH, HEIGHT, GAP = 1230, 420, 12
HEADING, SMALL, LINE = 18, 15, 20
_PAD: Final = 14
_NUMBER: Final = 34
"""Room for a step's number, left of its heading."""


def steps_svg(lesson: Lesson, page_name: Callable[[str], str], here: int | None = None) -> str:
    """An SVG whose cards carry the number of their step as `data-key`.

    Args:
        lesson: it.
        page_name: what the page of a step is called.
        here: the number of the step that is open; None for none.
    """
    count = len(lesson.steps)
    rows = math.ceil(count / 3) if count <= 9 else math.ceil(count / min(5, math.ceil(count / 3)))
    columns = math.ceil(count / rows)
    width, height = ((side + GAP) / n - GAP for side, n in ((WIDTH, columns), (HEIGHT, rows)))
    cards = [
        _card(
            number,
            step,
            page_name(step.page),
            ((number - 1) % columns * (width + GAP), (number - 1) // columns * (height + GAP)),
            (width, height),
            number == here,
        )
        for number, step in enumerate(lesson.steps, start=1)
    ]
    words = nt("{title}: {count} step", "{title}: {count} steps", count)
    name = words.format(title=lesson.title, count=count)
    return svg.document(WIDTH, HEIGHT, *cards, name=name, font_size=SMALL)


def _card(
    number: int, step: Step, page: str, at: tuple[float, float], size: tuple[float, float], is_here: bool
) -> str:
    (x, y), (width, height) = at, size
    colour = STAGE_COLOURS["stage 1"]
    room = int(width - 2 * _PAD)
    first = y + 27
    lines = [
        svg.text(x + _PAD, first, f"{number}", font_size=HEADING, font_weight="700"),
        *_words(as_plain(step.heading), x + _PAD + _NUMBER, first, room - _NUMBER, 1, HEADING, "600"),
    ]
    free = int((height - 27 - 34) / LINE)  # lines between the heading and the page's name
    lines += _words(as_plain(step.words), x + _PAD, first + LINE + 4, room, free, SMALL, "400")
    end = y + height - 12
    lines.append(svg.text(x + _PAD, end, page, font_weight="600"))
    if step.question:
        lines.append(svg.text(x + width - _PAD, end, t("a question"), font_weight="600", text_anchor="end"))
    ground = svg.rect(
        x,
        y,
        width,
        height,
        rx=12,
        fill=colour,
        fill_opacity=0.2 if is_here else 0.08,
        stroke=colour if is_here else None,
        stroke_width=2 if is_here else None,
    )
    about = f"{number}. {as_plain(step.heading)}, {page}"
    return svg.group(
        svg.title(about),
        ground,
        *lines,
        aria_current=svg.current(is_here),
        data_key=str(number),
        **svg.button(about),
    )


def _words(words: str, x: float, y: float, room: int, most: int, size: int, weight: str) -> list[str]:
    """Lines of text, the last of them cut with … where there are more."""
    if most < 1 or not words:
        return []
    face = font(size)
    lines = wrapped(words, face, room)
    if len(lines) > most:
        lines = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), face, room)]
    return [
        svg.text(x, y + LINE * place, line, font_size=size, font_weight=weight, pointer_events="none")
        for place, line in enumerate(lines)
    ]
