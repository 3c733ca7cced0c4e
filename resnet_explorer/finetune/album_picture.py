"""Photos of an album as pictures: its classes with their counts, twins, augmentation."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from resnet_explorer.cell_grid import document, label
from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

WIDTH: Final = 1200.0
TO_LEARN: Final = STAGE_COLOURS["stage 1"]
TO_TEST: Final = STAGE_COLOURS["stage 3"]

_LEGEND: Final = 44.0
_ROW: Final = 128.0
_BAR: Final = 380.0
_THUMB: Final = 112.0
_SHARED: Final = 430.0
"""Where the thumbnails of a class begin."""
_GAP: Final = 10.0


@dataclass(frozen=True)
class ClassRow:
    """A class of an album.

    Attributes:
        key: what a click on it says.
        name: as people call it.
        learnt: how many photos there are to learn from.
        tested: how many to test on.
        left_out: how many were left out.
        thumbnails: of some, as JPEG files.
    """

    key: str
    name: str
    learnt: int
    tested: int
    left_out: int
    thumbnails: tuple[bytes, ...]


@dataclass(frozen=True)
class Twin:
    """A photo of a pair.

    Attributes:
        name: the way to it.
        file: a JPEG file.
        is_out: whether it is left out.
    """

    name: str
    file: bytes
    is_out: bool = False


def class_rows(rows: Sequence[ClassRow], most: int, chosen: str = "") -> str:
    """Classes one below the other, each a part for a click: name, counts, a bar to scale, thumbnails.

    Args:
        rows: the classes.
        most: photos of the largest class, whose bar is the longest.
        chosen: key of the class that stands out.
    """
    body = _key(0, TO_LEARN, t("to learn from")) + _key(190, TO_TEST, t("to test on"))
    body += "".join(
        _class_row(row, _LEGEND + _ROW * number, most, row.key == chosen) for number, row in enumerate(rows)
    )
    return document(WIDTH - 8, _LEGEND + _ROW * len(rows), t("The classes and their photos"), body)


def _key(x: float, colour: str, words: str) -> str:
    return f'<rect x="{x:g}" y="4" width="18" height="18" rx="4" fill="{colour}"/>' + label(
        x + 27, 20, words, "start", 20, 0.8
    )


def _class_row(row: ClassRow, y: float, most: int, is_chosen: bool) -> str:
    counts = f"{row.learnt:,} + {row.tested:,}"
    if row.left_out:
        counts += " · " + t("{count:,} left out").format(count=row.left_out)
    unit = _BAR / max(1, most)
    learnt, tested = unit * row.learnt, unit * row.tested
    bar = f'y="{y + 74:g}" height="18"'
    parts = [
        f'<g data-key="{escape(row.key)}"><title>{escape(f"{row.name}: {counts}")}</title>',
        f'<rect x="-8" y="{y - 4:g}" width="{WIDTH:g}" height="{_ROW - 4:g}" rx="8" fill="currentColor" '
        f'fill-opacity="{0.1 if is_chosen else 0:g}"/>',
        label(0, y + 36, shortened(row.name, 30), "start", 26, 1, "700"),
        label(0, y + 62, counts, "start", 21, 0.8),
        f'<rect {bar} width="{learnt:.1f}" fill="{TO_LEARN}"/>',
        f'<rect {bar} x="{learnt:.1f}" width="{tested:.1f}" fill="{TO_TEST}"/>',
    ]
    parts += [
        _image(_SHARED + (_THUMB + 14) * number, y + 4, _THUMB, _THUMB, jpeg)
        for number, jpeg in enumerate(row.thumbnails)
    ]
    return "".join((*parts, "</g>"))


def twin_pairs(pairs: Sequence[tuple[Twin, Twin]]) -> str:
    """Pairs of photos that show the same, three in a row: the one to learn from, the one to test on.

    One that is left out is pale.
    """
    side, gap, height, across = 166.0, 32.0, 228.0, 3
    step = WIDTH / across

    def pair(number: int, learnt: Twin, tested: Twin) -> str:
        x, y = (number % across) * step, (number // across) * height
        return (
            _described(learnt, x, y, side, TO_LEARN)
            + label(x + side + gap / 2, y + side / 2 + 10, "=", size=30, opacity=0.8)
            + _described(tested, x + side + gap, y, side, TO_TEST)
        )

    body = "".join(pair(number, *both) for number, both in enumerate(pairs))
    return document(WIDTH, -(-len(pairs) // across) * height, t("Twins across the split"), body)


def _described(twin: Twin, x: float, y: float, side: float, colour: str) -> str:
    name = twin.name.rpartition("/")[2]
    return (
        f"<g><title>{escape(twin.name)}</title>"
        f'<g opacity="{0.3 if twin.is_out else 1:g}">{_image(x, y, side, side, twin.file)}</g>'
        f'<rect x="{x:g}" y="{y + side:g}" width="{side:g}" height="8" fill="{colour}"/>'
        f"{label(x, y + side + 30, shortened(name, 19), 'start', 18, 0.8)}</g>"
    )


def augmented_views(photo: bytes, views: Sequence[bytes], words: tuple[str, str]) -> str:
    """A photo as it is beside views of it, four in a row.

    Args:
        photo: as a JPEG file.
        views: square ones, as files; PNG files are shown with their pixels.
        words: what stands above the photo, and above the views.
    """
    left, top, across = 400.0, 38.0, 4
    side = (WIDTH - left - _GAP * (across - 1)) / across
    height = 2 * side + _GAP
    body = label(0, 22, words[0], "start", 22, 0.8) + label(left, 22, words[1], "start", 22, 0.8)
    body += _image(0, top, left - 24, height, photo, "xMidYMin meet")
    for number, view in enumerate(views):
        x, y = left + (number % across) * (side + _GAP), top + (number // across) * (side + _GAP)
        body += _image(x, y, side, side, view)
    return document(WIDTH, top + height, words[1], body)


def _image(x: float, y: float, width: float, height: float, file: bytes, fit: str = "xMidYMid slice") -> str:
    is_png = file.startswith(b"\x89PNG")
    kind, look = ("png", ' style="image-rendering: pixelated"') if is_png else ("jpeg", "")
    return (
        f'<image x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" preserveAspectRatio="{fit}"'
        f'{look} href="data:image/{kind};base64,{base64.b64encode(file).decode()}"/>'
    )
