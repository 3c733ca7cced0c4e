"""Thumbnails in a grid, each of which can be clicked and, with a box below it, excluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated, named, shortened

EXCLUDE: Final = "out:"
"""Begins the key of the box that excludes a photo."""
_GAP, _LINE, _FONT = 14, 21, 16
_LETTER: Final = 8.2
"""Pixels of a letter, on the average."""
_EXCLUDED: Final = STAGE_COLOURS["head"]


@dataclass(frozen=True)
class Thumbnail:
    """A photo in the grid.

    Attributes:
        key: what a click on it gives.
        name: of the photo, seen on hovering.
        file: a square as a JPEG file; empty if the photo cannot be read.
        lines: what stands below, at most two.
        is_excluded: whether the next training excludes it; None if that is not asked here.
    """

    key: str
    name: str
    file: bytes
    lines: tuple[str, ...]
    is_excluded: bool | None = None


def thumbnail_grid(thumbnails: Sequence[Thumbnail], columns: int, rows: int, side: int) -> str:
    """The thumbnails in rows; a click gives a photo's key, or "out:" and its key for the box below it.

    Args:
        thumbnails: at least one, at most as many as there is room for.
        columns: in a row.
        rows: that there is room for, however many are needed.
        side: pixels of a thumbnail.
    """
    lines = max(len(each.lines) + (each.is_excluded is not None) for each in thumbnails)
    across, down = side + _GAP, side + lines * _LINE + _GAP
    drawn = [
        _thumbnail(each, across * (number % columns), down * (number // columns), side)
        for number, each in enumerate(thumbnails)
    ]
    return svg.document(
        across * columns - _GAP,
        down * rows - _GAP + 4,
        *drawn,
        name=t("{count} photos").format(count=len(thumbnails)),
        font_size=_FONT,
    )


def _thumbnail(photo: Thumbnail, x: float, y: float, side: int) -> str:
    below = [
        svg.text(
            x,
            y + side + _LINE * (number + 1) - 3,
            shortened(line, int(side / _LETTER)),
            font_weight=400 if number else 600,
        )
        for number, line in enumerate(photo.lines)
    ]
    picture = svg.group(_picture(photo, x, y, side), opacity=0.35 if photo.is_excluded else None)
    told = named(photo.name, enumerated(photo.lines)) if photo.lines else photo.name
    drawn = svg.group(svg.title(photo.name), picture, *below, data_key=photo.key, aria_label=told)
    return drawn + _exclude_box(photo, x, y + side + _LINE * (len(photo.lines) + 1) - 3, side)


def _picture(photo: Thumbnail, x: float, y: float, side: int) -> str:
    if photo.file:
        return svg.image(x, y, side, side, svg.data_address(photo.file))
    return svg.rect(x, y, side, side, rx=6, fill=LINE_GREY, opacity=0.25) + svg.text(
        x + side / 2,
        y + side / 2,
        t("cannot be read"),
        text_anchor="middle",
        font_size=14,
        opacity=0.7,
    )


def _exclude_box(photo: Thumbnail, x: float, y: float, side: int) -> str:
    """The box that excludes a photo, as a check box is drawn; nothing where that is not asked."""
    if photo.is_excluded is None:
        return ""
    colour, opacity = (_EXCLUDED, 1) if photo.is_excluded else ("currentColor", 0)
    tick = svg.path(f"M {x + 3} {y - 5} l 4 4 l 6 -8", fill="none", stroke="#ffffff", stroke_width=2.5)
    return svg.group(
        svg.rect(x, y - 16, side, _LINE, fill_opacity=0),
        svg.rect(
            x + 1,
            y - 13,
            15,
            15,
            rx=4,
            fill=colour,
            fill_opacity=opacity,
            stroke=colour,
            stroke_opacity=0.6,
            stroke_width=1.5,
        ),
        tick if photo.is_excluded else "",
        svg.text(x + 23, y, t("exclude"), opacity=0.8),
        data_key=f"{EXCLUDE}{photo.key}",
        role="checkbox",
        aria_label=named(photo.name, t("exclude")),
        aria_checked="true" if photo.is_excluded else "false",
    )
