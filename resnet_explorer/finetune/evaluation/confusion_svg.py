"""The confusion matrix as a picture whose cells can be clicked; of many classes, the worst pairs alone."""

from __future__ import annotations

import math
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.text import letters, named, shortened
from resnet_explorer.finetune.evaluation.predictions import Confusion

Cell = tuple[int, int]
"""The true class, and the predicted one."""
Counts = tuple[tuple[int, ...], ...]
"""A row for each true class, a column for each predicted one."""

MOST_CLASSES: Final = 30
"""More do not fit into a matrix that can be read."""
FEW_CLASSES: Final = 8
"""So many have room beside the photos of a cell, and say 0 where there is none."""
COLOUR: Final = STAGE_COLOURS["stage 1"]
_SIDE: Final = {True: 300, False: 960}
"""Pixels of the matrix itself, of few classes and of many."""
_LARGEST: Final = 130
_LETTER: Final = 0.52
"""Width of a letter over its height, on the average."""
_READABLE: Final = 17
"""Pixels of a letter's height below which names are rather turned than made smaller."""
_LONGEST: Final = 16
"""Characters of a class at the matrix' edge."""
_LEGEND: Final = (0.01, 0.05, 0.2, 0.5, 1.0)
_BEHIND: Final = 100.0
"""Pixels of the words behind the legend."""
_PAIR, _BAR, _PAIR_WIDTH = 52, 16, 560


@language_cache(16)
def confusion_svg(counts: Counts, classes: tuple[str, ...], chosen: Cell | None) -> str:
    """The matrix, each cell that holds a photo with "true-predicted" as its `data-key`.

    A cell's colour is the share of its row, on a square-root scale, so that a few mistakes among many
    right predictions are seen; the scale stands below.
    """
    count = len(classes)
    cell = min(_LARGEST, _SIDE[count <= FEW_CLASSES] / count)
    names = [shortened(name, _LONGEST) for name in classes]
    widest = max(map(letters, names))
    fitting = (cell - 8) / (_LETTER * widest)
    level = fitting >= _READABLE  # the names of the columns fit beside each other
    font = min(24.0, fitting) if level else min(20.0, max(9.0, cell * 0.6))
    longest = _LETTER * font * widest
    left, top = longest + 2.2 * font + 14, (font if level else 0.72 * longest + 0.7 * font) + 2.2 * font + 10
    side = cell * count
    drawn = [_axes(left, top, side, font)]
    for number, name in enumerate(names):
        middle = cell * (number + 0.5)
        drawn.append(_text(left - 12, top + middle, name, font, text_anchor="end", dy="0.35em"))
        anchor, turn = ("middle", None) if level else ("start", _turned(-45, left + middle, top - 10))
        drawn.append(_text(left + middle, top - 10, name, font, text_anchor=anchor, transform=turn))
    drawn += [
        _cell(counts, classes, (i, j), left + cell * j, top + cell * i, cell, chosen == (i, j))
        for i in range(count)
        for j in range(count)
    ]
    if chosen is not None and max(chosen) < count:
        x, y = left + cell * chosen[1] + 1, top + cell * chosen[0] + 1
        red = STAGE_COLOURS["head"]
        drawn.append(
            svg.rect(x, y, cell - 2, cell - 2, fill="none", stroke=red, stroke_width=4, pointer_events="none")
        )
    return svg.document(
        round(left + side + max(0 if level else 0.72 * longest, _BEHIND) + 8),
        round(top + side + 4.4 * font),
        *drawn,
        _legend(left, top + side + 1.2 * font, side, font),
        name=t("Confusion matrix of {count} classes; rows are true, columns predicted").format(count=count),
    )


def opacity(share: float) -> float:
    """How strong the colour of a cell is: the square root of its share of the row, faint for none.

    At its strongest, the number on it is still read in both themes.
    """
    return round(0.04 + 0.7 * math.sqrt(share), 2)


def _cell(
    counts: Counts, classes: tuple[str, ...], place: Cell, x: float, y: float, side: float, is_chosen: bool
) -> str:
    reference, predicted = place
    number, total = counts[reference][predicted], sum(counts[reference])
    ground = svg.rect(
        x + 1,
        y + 1,
        side - 2,
        side - 2,
        rx=min(6, side / 8),
        fill=COLOUR,
        opacity=opacity(number / total if total else 0),
    )
    if not number and len(classes) > FEW_CLASSES:
        return ground
    words = _text(
        x + side / 2,
        y + side / 2,
        str(number),
        min(32.0, side * 0.55, side * 0.85 / (max(2, len(str(number))) * _LETTER)),
        dy="0.35em",
        font_weight=700 if number and reference == predicted else 400,
        opacity=None if number else 0.65,
    )
    if not number:
        return ground + words
    sentence = (
        t("{count} of {total} {name}: correct")
        if reference == predicted
        else t("{count} of {total} {name}: predicted as {other}")
    ).format(count=number, total=total, name=classes[reference], other=classes[predicted])
    return svg.group(
        svg.title(sentence),
        ground,
        words,
        aria_current=svg.current(is_chosen),
        data_key=f"{reference}-{predicted}",
    )


def _axes(left: float, top: float, side: float, font: float) -> str:
    edge, middle = 1.1 * font, top + side / 2
    return _text(left + side / 2, edge, t("predicted class"), font, opacity=0.65) + _text(
        edge, middle, t("true class"), font, opacity=0.65, transform=_turned(-90, edge, middle)
    )


def _legend(left: float, top: float, side: float, font: float) -> str:
    """What the colours mean: five of them, each with its share of the row."""
    font = max(18.5, 0.85 * font)
    words = t("of the row")
    width = min(78.0, side / len(_LEGEND))
    drawn = []
    for number, share in enumerate(_LEGEND):
        x = left + number * width
        drawn += [
            svg.rect(x + 1, top, width - 2, 0.7 * font, rx=3, fill=COLOUR, opacity=opacity(share)),
            _text(x + width / 2, top + 2 * font, f"{share:.0%}", font, opacity=0.75),
        ]
    end = left + len(_LEGEND) * width + 8
    return "".join(drawn) + _text(end, top + 2 * font, words, font, opacity=0.75, text_anchor="start")


def _text(x: float, y: float, words: str, size: float, **attributes: svg.Attribute) -> str:
    look: dict[str, svg.Attribute] = {
        "text_anchor": "middle",
        "font_size": float(size),
    }
    return svg.text(x, y, words, **(look | attributes))


def _turned(degrees: int, x: float, y: float) -> str:
    return f"rotate({degrees} {x:.1f} {y:.1f})"


def pairs_svg(pairs: tuple[Confusion, ...], classes: tuple[str, ...], chosen: Cell | None) -> str:
    """The most frequent mistakes as bars, each with "true-predicted" as its `data-key`.

    Args:
        pairs: the most frequent first; at least one.
        classes: the names of all classes.
        chosen: the one that is marked.
    """
    drawn = [
        _pair(pair, classes, _PAIR * number, pairs[0].count, chosen) for number, pair in enumerate(pairs)
    ]
    return svg.document(_PAIR_WIDTH, _PAIR * len(pairs), *drawn, name=t("The most frequent mistakes"))


def _pair(pair: Confusion, classes: tuple[str, ...], y: float, most: int, chosen: Cell | None) -> str:
    marked = chosen == (pair.reference, pair.predicted)
    reference, predicted = classes[pair.reference], classes[pair.predicted]
    words = t("{reference}, predicted as {predicted}").format(
        reference=shortened(reference, 20), predicted=shortened(predicted, 20)
    )
    weight = 700 if marked else 400
    return svg.group(
        svg.title(named(f"{reference} → {predicted}", str(pair.count))),
        svg.rect(0, y, _PAIR_WIDTH, _PAIR, fill_opacity=0),
        _text(0, y + 24, words, 19, text_anchor="start", font_weight=weight),
        _text(_PAIR_WIDTH, y + 24, str(pair.count), 19, text_anchor="end", font_weight=weight),
        svg.rect(
            0,
            y + 31,
            _PAIR_WIDTH * pair.count / most,
            _BAR,
            rx=3,
            fill=COLOUR if marked or chosen is None else LINE_GREY,
        ),
        aria_current=svg.current(marked),
        data_key=f"{pair.reference}-{pair.predicted}",
    )


def empty_matrix() -> str:
    """How a confusion matrix is read, where there is none yet: of three classes, without numbers."""
    side, left, top, names = 92.0, 250.0, 70.0, [t("one class"), t("another"), t("a third")]
    cells = [
        svg.rect(
            left + side * j + 2,
            top + side * i + 2,
            side - 4,
            side - 4,
            rx=6,
            fill=COLOUR,
            opacity=opacity(1.0 if i == j else 0.04),
        )
        for i in range(3)
        for j in range(3)
    ]
    columns = [_text(left + side * (n + 0.5), top - 10, name, 17) for n, name in enumerate(names)]
    rows = [
        _text(left - 12, top + side * (n + 0.5), name, 17, text_anchor="end", dy="0.35em")
        for n, name in enumerate(names)
    ]
    readings = (
        (t("On the diagonal: photos that it predicts right"), 1.0, "700"),
        (t("Beside it: what it takes for what; a click shows these photos"), 0.8, "400"),
        (t("and of each photo, where the network looked before and after"), 0.8, "400"),
    )
    words = [
        _text(
            left + 3 * side + 50,
            top + side * (n + 0.55),
            each,
            20,
            opacity=shown,
            font_weight=weight,
            text_anchor="start",
        )
        for n, (each, shown, weight) in enumerate(readings)
    ]
    axes = _axes(left, 24, 3 * side, 17)
    return svg.document(
        1232, 416, axes, *cells, *columns, *rows, *words, name=t("How a confusion matrix is read")
    )
