"""Photos of a dataset as pictures: its classes with their counts, near-duplicates, augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named, shortened

WIDTH: Final = 1200.0
TO_LEARN: Final = STAGE_COLOURS["stage 1"]
TO_TEST: Final = STAGE_COLOURS["stage 3"]

HEIGHT: Final = 410.0
_LEGEND: Final = 34.0
_HIGHEST: Final = 128.0
"""Of a class's row; the more classes there are, the lower they are."""
_ONE_COLUMN: Final = 4
"""Classes that stand one below the other; more stand in two columns."""
_WORDS: Final = 290.0
"""Width of a class's name, counts and bar, before its thumbnails."""
NARROW: Final = 400.0
_GAP: Final = 10.0


@dataclass(frozen=True)
class ClassRow:
    """A class of a dataset.

    Attributes:
        key: what a click on it says.
        name: as people call it.
        learnt: how many photos there are to learn from.
        tested: how many to test on.
        excluded: how many are excluded.
        thumbnails: of some, as JPEG files.
    """

    key: str
    name: str
    learnt: int
    tested: int
    excluded: int
    thumbnails: tuple[bytes, ...]


@dataclass(frozen=True)
class NearDuplicate:
    """A photo of a pair.

    Attributes:
        name: its path in the dataset.
        file: a JPEG file.
        is_excluded: whether it is excluded.
    """

    name: str
    file: bytes
    is_excluded: bool = False


def class_rows(rows: Sequence[ClassRow], most: int, chosen: str = "", width: float = WIDTH) -> str:
    """The classes, each a part for a click: name, counts, a bar to scale and, given room, thumbnails.

    Args:
        rows: the classes, at most eight.
        most: photos of the largest class, whose bar is the longest.
        chosen: key of the class that stands out.
        width: of the picture; `NARROW` for one column without thumbnails.
    """
    columns = 1 if len(rows) <= _ONE_COLUMN or width < WIDTH else 2
    down = -(-len(rows) // columns)
    wide, high = width / columns, min(_HIGHEST, (HEIGHT - _LEGEND) / max(1, down))
    drawn = [
        _class_row(
            row,
            (wide * (number // down), _LEGEND + high * (number % down)),
            (wide - 16, high),
            most,
            row.key == chosen,
        )
        for number, row in enumerate(rows)
    ]
    return svg.document(
        width,
        HEIGHT,
        _legend_entry(8, TO_LEARN, t("to learn from")),
        _legend_entry(170, TO_TEST, t("to test on")),
        *drawn,
        name=t("The classes and their photos"),
    )


def _legend_entry(x: float, colour: str, words: str) -> str:
    return svg.rect(x, 4, 16, 16, rx=4, fill=colour) + svg.text(x + 24, 18, words, font_size=17)


def _class_row(
    row: ClassRow, place: tuple[float, float], size: tuple[float, float], most: int, is_chosen: bool
) -> str:
    """A class; its bar is as long as its photos are many beside `most`, those of the largest."""
    (x, y), (width, height) = place, size
    counts = f"{row.learnt:,} + {row.tested:,}"
    if row.excluded:
        counts += " · " + t("{count:,} excluded").format(count=row.excluded)
    unit, bar = (min(_WORDS, width) - 24) / max(1, most), min(14.0, height / 6)
    side = min(height - 10, 112.0)
    room = int((width - _WORDS) // (side + 8))
    thumbnails = [
        _image(x + _WORDS + (side + 8) * n, y + 3, side, side, file)
        for n, file in enumerate(row.thumbnails[: max(0, room)])
    ]
    middle = y + height / 2 - 4
    return svg.group(
        svg.title(named(row.name, counts)),
        svg.rect(
            x, y - 1, width, height - 2, rx=8, fill="currentColor", fill_opacity=0.1 if is_chosen else 0
        ),
        svg.text(x + 8, middle - 2, shortened(row.name, 16), font_size=19, font_weight=700),
        svg.text(x + min(_WORDS, width) - 16, middle - 2, counts, font_size=16, text_anchor="end"),
        svg.rect(x + 8, middle + 5, unit * row.learnt, bar, fill=TO_LEARN),
        svg.rect(x + 8 + unit * row.learnt, middle + 5, unit * row.tested, bar, fill=TO_TEST),
        *thumbnails,
        aria_current=svg.current(is_chosen),
        data_key=row.key,
    )


def near_duplicate_pairs(pairs: Sequence[tuple[NearDuplicate, NearDuplicate]]) -> str:
    """Pairs of photos that show the same, three in a row: the one to learn from, the one to test on.

    One that is excluded is pale.
    """
    side, gap, height, across = 166.0, 32.0, 228.0, 3
    drawn = []
    for number, (learnt, tested) in enumerate(pairs):
        x, y = (number % across) * WIDTH / across, (number // across) * height
        drawn += [
            _captioned(learnt, x, y, side, TO_LEARN),
            svg.text(
                x + side + gap / 2, y + side / 2 + 10, "=", font_size=30, text_anchor="middle", opacity=0.8
            ),
            _captioned(tested, x + side + gap, y, side, TO_TEST),
        ]
    rows = -(-len(pairs) // across)
    return svg.document(WIDTH, rows * height, *drawn, name=t("Near-duplicates across the split"))


def _captioned(photo: NearDuplicate, x: float, y: float, side: float, colour: str) -> str:
    return svg.group(
        svg.title(photo.name),
        svg.group(_image(x, y, side, side, photo.file), opacity=0.3 if photo.is_excluded else 1),
        svg.rect(x, y + side, side, 8, fill=colour),
        svg.text(x, y + side + 30, shortened(photo.name.rpartition("/")[2], 19), font_size=18, opacity=0.8),
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
    step = side + _GAP
    drawn = [
        _image(left + step * (n % across), top + step * (n // across), side, side, view)
        for n, view in enumerate(views)
    ]
    return svg.document(
        WIDTH,
        top + height,
        svg.text(0, 22, words[0], font_size=22, opacity=0.8),
        svg.text(left, 22, words[1], font_size=22, opacity=0.8),
        _image(0, top, left - 24, height, photo, "xMidYMin meet"),
        *drawn,
        name=words[1],
    )


def _image(x: float, y: float, width: float, height: float, file: bytes, fit: str = "xMidYMid slice") -> str:
    address = svg.data_address(file)
    look = "image-rendering: pixelated" if address.startswith("data:image/png") else None
    return svg.image(x, y, width, height, address, preserveAspectRatio=fit, style=look)
