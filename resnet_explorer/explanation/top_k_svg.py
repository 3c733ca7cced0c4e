"""The likeliest classes as bars, their names above them: long names have room in a narrow column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.text import enumerated, named
from resnet_explorer.weights.shown_names import fitting_name

WIDTH: Final = 400
ROW: Final = 54
BAR: Final = 16
FONT: Final = 20
LETTER: Final = 10
"""Pixels of a letter, on the average; a name too long is cut, and shown whole on hovering."""
BESIDE: Final = 76
"""Pixels that the probability takes beside the name."""


def top_k_svg(best: Sequence[tuple[str, float]], chosen: str, network: str) -> str:
    """An SVG whose rows carry the class's name as `data-key`.

    Args:
        best: classes and their probabilities, the likeliest first.
        chosen: the class in colour.
        network: whose prediction it is, for those who hear the picture.
    """
    words = enumerated(f"{name} {value:.1%}" for name, value in best)
    rows = top_k_rows(best, chosen, WIDTH)
    return svg.document(WIDTH, ROW * len(best), *rows, aria_label=named(network, words), font_size=FONT)


def top_k_rows(best: Sequence[tuple[str, float]], chosen: str, width: int) -> list[str]:
    """The rows alone, for a larger picture whose letters are `FONT` pixels there; arguments as above."""
    return [
        bar_row(
            name,
            name,
            value,
            (f"{value:.1%}", f"{value:.2%}"),
            ROW * place,
            name == chosen,
            width,
            is_current=name == chosen,
        )
        for place, (name, value) in enumerate(best)
    ]


def bar_row(
    key: str,
    name: str,
    share: float,
    words: tuple[str, str],
    y: int,
    is_chosen: bool,
    width: int,
    *,
    is_current: bool,
) -> str:
    """A name and a number over a bar.

    Args:
        key: what a click on it tells, as `data-key`.
        name: of what the number is of.
        share: of the width that the bar takes.
        words: the number, and the same as it is read when the pointer rests on the row.
        y: of the row, which is `ROW` high.
        is_chosen: whether it is in colour.
        width: in pixels.
        is_current: whether it is the one that a click chose.
    """
    longest = (width - BESIDE) // LETTER
    shown = fitting_name(name, longest)
    look: dict[str, svg.Attribute] = {"fill": "currentColor", "font_weight": 700 if is_chosen else 400}
    colour = STAGE_COLOURS["stage 1"] if is_chosen else LINE_GREY
    return svg.group(
        svg.title(named(name, words[1])),
        svg.rect(0, y, width, ROW, fill_opacity=0),
        svg.text(0, y + 24, shown, **look),
        svg.text(width, y + 24, words[0], text_anchor="end", **look),
        svg.rect(0, y + 31, width, BAR, rx=3, fill=LINE_GREY, opacity=0.18),
        svg.rect(0, y + 31, max(1.0, width * share), BAR, rx=3, fill=colour),
        aria_current=svg.current(is_current),
        data_key=key,
    )
