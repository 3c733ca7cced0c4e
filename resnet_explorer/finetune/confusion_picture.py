"""The confusion matrix as a picture whose cells can be clicked; of many classes, the worst pairs alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Final

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.finetune.verdicts import Confusion
from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

Cell = tuple[int, int]
"""The true class, and the one that it was taken for."""

MOST_CLASSES: Final = 30
"""More do not fit into a matrix that can be read."""
FEW_CLASSES: Final = 12
"""So many have room beside the photos of a cell, and say 0 where there is none."""
COLOUR: Final = STAGE_COLOURS["stage 1"]
_SIDE: Final = {True: 560, False: 960}
"""Pixels of the matrix itself, of few classes and of many."""
_LARGEST: Final = 190
_LETTER: Final = 0.52
"""Width of a letter over its height, on the average."""
_READABLE: Final = 17
"""Pixels of a letter's height below which names are rather turned than made smaller."""
_LONGEST: Final = 16
"""Characters of a class at the matrix' edge."""
_SCALE: Final = (0.01, 0.05, 0.2, 0.5, 1.0)
_PAIR, _BAR, _PAIR_WIDTH = 52, 16, 560


@lru_cache(maxsize=16)
def confusion_svg(rows: tuple[tuple[int, ...], ...], classes: tuple[str, ...], chosen: Cell | None) -> str:
    """The matrix, each cell that holds a photo with "truth-answer" as its `data-key`.

    A cell's colour is the share of its row, on a square-root scale, so that a few mistakes among many
    right answers are seen; the scale stands below.

    Args:
        rows: counts, a row for each true class.
        classes: their names.
        chosen: the cell with a frame.
    """
    count = len(classes)
    cell = min(_LARGEST, _SIDE[count <= FEW_CLASSES] / count)
    names = [shortened(name, _LONGEST) for name in classes]
    letters = max(map(len, names))
    fitting = (cell - 8) / (_LETTER * letters)
    level = fitting >= _READABLE  # the names of the columns fit beside each other
    font = min(24.0, fitting) if level else min(20.0, max(9.0, cell * 0.6))
    longest = _LETTER * font * letters
    left, top = longest + 2.2 * font + 14, (font if level else 0.72 * longest + 0.7 * font) + 2.2 * font + 10
    side = cell * count
    width, height = left + side + (0 if level else 0.72 * longest) + 8, top + side + 4.4 * font
    parts = [_axes(left, top, side, font)]
    parts += [_row_name(name, left - 12, top + cell * (i + 0.5), font) for i, name in enumerate(names)]
    parts += [
        _column_name(name, left + cell * (i + 0.5), top - 10, font, level) for i, name in enumerate(names)
    ]
    parts += [
        _cell(rows, classes, (i, j), left + cell * j, top + cell * i, cell)
        for i in range(count)
        for j in range(count)
    ]
    if chosen is not None and chosen[0] < count and chosen[1] < count:
        x, y = left + cell * chosen[1], top + cell * chosen[0]
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{cell - 2:.1f}" height="{cell - 2:.1f}" '
            f'fill="none" stroke="{STAGE_COLOURS["head"]}" stroke-width="4" pointer-events="none"/>'
        )
    parts.append(_scale(left, top + side + 1.2 * font, side, font))
    said = t("Confusion matrix of {count} classes; rows are true, columns answered").format(count=count)
    return _svg(width, height, said, parts)


def _svg(width: float, height: float, said: str, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(said)}" '
        f'font-family="Source Sans, Source Sans 3, sans-serif">{"".join(parts)}</svg>'
    )


def opacity(share: float) -> float:
    """How strong the colour of a cell is: the square root of its share of the row, faint for none."""
    return 0.04 + 0.9 * share**0.5 if share else 0.04


def _cell(
    rows: tuple[tuple[int, ...], ...], classes: tuple[str, ...], place: Cell, x: float, y: float, side: float
) -> str:
    truth, answer = place
    number, total = rows[truth][answer], sum(rows[truth])
    share = number / total if total else 0.0
    rect = (
        f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{side - 2:.1f}" height="{side - 2:.1f}" '
        f'rx="{min(6, side / 8):.1f}" fill="{COLOUR}" opacity="{opacity(share):.3f}"/>'
    )
    few = len(classes) <= FEW_CLASSES
    if not number and not few:
        return rect
    digits = max(2, len(str(number)))
    font = min(32.0, side * 0.55, side * 0.85 / (digits * _LETTER))
    strength = 700 if number and truth == answer else 400
    text = (
        f'<text x="{x + side / 2:.1f}" y="{y + side / 2:.1f}" dy="0.35em" text-anchor="middle" '
        f'font-size="{font:.1f}" font-weight="{strength}" fill="currentColor"'
        f"{'' if number else ' opacity=' + chr(34) + '0.35' + chr(34)}>{number}</text>"
    )
    if not number:
        return rect + text
    title = (
        t("{count} of {total} {name}: named right")
        if truth == answer
        else t("{count} of {total} {name}: taken for {other}")
    ).format(count=number, total=total, name=classes[truth], other=classes[answer])
    return f'<g data-key="{truth}-{answer}"><title>{escape(title)}</title>{rect}{text}</g>'


def _axes(left: float, top: float, side: float, font: float) -> str:
    middle = top + side / 2
    answer, truth = escape(t("the network’s answer")), escape(t("what it is"))
    look = f'font-size="{font:.1f}" fill="currentColor" opacity="0.65" text-anchor="middle"'
    return (
        f'<text x="{left + side / 2:.1f}" y="{1.1 * font:.1f}" {look}>{answer}</text>'
        f'<text x="{1.1 * font:.1f}" y="{middle:.1f}" {look} '
        f'transform="rotate(-90 {1.1 * font:.1f} {middle:.1f})">{truth}</text>'
    )


def _row_name(name: str, x: float, y: float, font: float) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" dy="0.35em" text-anchor="end" font-size="{font:.1f}" '
        f'fill="currentColor">{escape(name)}</text>'
    )


def _column_name(name: str, x: float, y: float, font: float, level: bool) -> str:
    turned = "" if level else f' transform="rotate(-45 {x:.1f} {y:.1f})"'
    anchor = "middle" if level else "start"
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{font:.1f}" '
        f'fill="currentColor"{turned}>{escape(name)}</text>'
    )


def _scale(left: float, top: float, side: float, font: float) -> str:
    """What the colours mean: five of them, each with its share of the row."""
    font = max(16.0, 0.85 * font)
    words = t("of the row")
    room = _LETTER * font * (len(words) + 1)
    width = min(78.0, (side - room) / len(_SCALE))
    parts = []
    for number, share in enumerate(_SCALE):
        x = left + number * width
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{top:.1f}" width="{width - 2:.1f}" height="{0.7 * font:.1f}" rx="3" '
            f'fill="{COLOUR}" opacity="{opacity(share):.3f}"/>'
            f'<text x="{x + width / 2:.1f}" y="{top + 2 * font:.1f}" text-anchor="middle" '
            f'font-size="{font:.1f}" fill="currentColor" opacity="0.75">{share:.0%}</text>'
        )
    parts.append(
        f'<text x="{left + len(_SCALE) * width + 8:.1f}" y="{top + 2 * font:.1f}" font-size="{font:.1f}" '
        f'fill="currentColor" opacity="0.75">{escape(words)}</text>'
    )
    return "".join(parts)


@lru_cache(maxsize=16)
def pairs_svg(pairs: tuple[Confusion, ...], classes: tuple[str, ...], chosen: Cell | None) -> str:
    """The most frequent mistakes as bars, each with "truth-answer" as its `data-key`.

    Args:
        pairs: the most frequent first; at least one.
        classes: the names of all classes.
        chosen: the one that is marked.
    """
    most = pairs[0].count
    parts = []
    for number, pair in enumerate(pairs):
        y = _PAIR * number
        marked = chosen == (pair.truth, pair.answer)
        words = t("{truth}, taken for {answer}").format(
            truth=shortened(classes[pair.truth], 20), answer=shortened(classes[pair.answer], 20)
        )
        text = f'y="{y + 24}" fill="currentColor" font-size="19" font-weight="{700 if marked else 400}"'
        colour = COLOUR if marked or chosen is None else LINE_GREY
        whole = f"{classes[pair.truth]} → {classes[pair.answer]}: {pair.count}"
        parts.append(
            f'<g data-key="{pair.truth}-{pair.answer}"><title>{escape(whole)}</title>'
            f'<rect y="{y}" width="{_PAIR_WIDTH}" height="{_PAIR}" fill-opacity="0"/>'
            f"<text {text}>{escape(words)}</text>"
            f'<text x="{_PAIR_WIDTH}" text-anchor="end" {text}>{pair.count}</text>'
            f'<rect y="{y + 31}" height="{_BAR}" rx="3" width="{_PAIR_WIDTH * pair.count / most:.1f}" '
            f'fill="{colour}"/></g>'
        )
    said = t("The most frequent mistakes")
    return _svg(_PAIR_WIDTH, _PAIR * len(pairs), said, parts)
