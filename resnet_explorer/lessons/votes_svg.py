"""What a class answered, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.fonts import font
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated, named
from resnet_explorer.common.text_lines import wrapped
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.words import as_plain

WIDTH: Final = 620
_FONT, _LINE, _BAR, _GAP = 18, 22, 20, 14
_COUNT: Final = 56
"""Room for a number behind the longest bar."""


def votes_svg(question: Question, counts: Sequence[int], *, is_told: bool) -> str:
    """Bars, each below its answer; once it is told, the right ones are marked."""
    most = max(*counts, 1)
    rows, y = [], 0.0
    for place, (choice, count) in enumerate(zip(question.choices, counts, strict=True)):
        is_right = is_told and place in question.right
        lines = wrapped(("✓ " if is_right else "") + as_plain(choice), font(_FONT), WIDTH)
        for line in lines:
            y += _LINE
            rows.append(svg.text(0, y - 5, line, font_weight="700" if is_right else None))
        colour = LINE_GREY if is_told and not is_right else STAGE_COLOURS["stage 1"]
        colour = STAGE_COLOURS["stage 2"] if is_right else colour
        width = (WIDTH - _COUNT) * count / most
        rows.append(svg.rect(0, y, max(width, 2), _BAR, rx=4, fill=colour))
        rows.append(svg.text(max(width, 2) + 8, y + _BAR - 4, f"{count:,}", font_weight="700"))
        y += _BAR + _GAP
    told = enumerated(
        named(as_plain(choice), str(count)) for choice, count in zip(question.choices, counts, strict=True)
    )
    return svg.document(
        WIDTH, y, *rows, name=t("What the class answered: {told}").format(told=told), font_size=_FONT
    )
