"""Small photos in a grid, each of which can be clicked, and left out."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.i18n import t
from resnet_explorer.short_text import shortened

SIDE: Final = 168
"""Pixels of a photo in the grid."""
OUT: Final = "out"
"""Begins the key of a photo's box that leaves it out."""
_GAP, _LINE, _FONT = 14, 25, 20
_LONGEST: Final = 17
"""Characters below a photo."""
_WRONG: Final = STAGE_COLOURS["head"]


@dataclass(frozen=True)
class Tile:
    """A photo in the grid.

    Attributes:
        key: what a click on it gives.
        name: of the photo, seen on hovering.
        picture: a square as a JPEG file; empty if it cannot be read.
        lines: what stands below, at most two.
        out: whether it is left out of the next training; None if that is not asked here.
    """

    key: str
    name: str
    picture: bytes
    lines: tuple[str, ...]
    out: bool | None = None


def grid_svg(tiles: Sequence[Tile], columns: int) -> str:
    """The photos in rows; a click gives a tile's key, or "out:" and its key for the box below it.

    Args:
        tiles: at least one.
        columns: in a row.
    """
    lines = max(len(tile.lines) for tile in tiles) + any(tile.out is not None for tile in tiles)
    across, down = SIDE + _GAP, SIDE + lines * _LINE + _GAP + 4
    width, height = across * columns - _GAP, down * -(-len(tiles) // columns) - 4
    parts = [
        _tile(tile, across * (number % columns), down * (number // columns))
        for number, tile in enumerate(tiles)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(t("{count} photos").format(count=len(tiles)))}" '
        f'font-family="Source Sans, Source Sans 3, sans-serif" font-size="{_FONT}">{"".join(parts)}</svg>'
    )


def _tile(tile: Tile, x: float, y: float) -> str:
    faded = ' opacity="0.35"' if tile.out else ""
    words = "".join(
        f'<text x="{x}" y="{y + SIDE + _LINE * (number + 1) - 3}" fill="currentColor" '
        f'font-weight="{400 if number else 600}">{escape(shortened(line, _LONGEST))}</text>'
        for number, line in enumerate(tile.lines)
    )
    box = "" if tile.out is None else _box(tile, x, y + SIDE + _LINE * (len(tile.lines) + 1) - 3)
    return (
        f'<g data-key="{escape(tile.key)}"><title>{escape(tile.name)}</title>'
        f"<g{faded}>{_picture(tile, x, y)}</g>{words}</g>{box}"
    )


def _picture(tile: Tile, x: float, y: float) -> str:
    if not tile.picture:
        return (
            f'<rect x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" rx="6" fill="{LINE_GREY}" opacity="0.25"/>'
            f'<text x="{x + SIDE / 2}" y="{y + SIDE / 2}" text-anchor="middle" fill="currentColor" '
            f'opacity="0.7">{escape(t("cannot be read"))}</text>'
        )
    data = base64.b64encode(tile.picture).decode()
    return f'<image x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" href="data:image/jpeg;base64,{data}"/>'


def _box(tile: Tile, x: float, y: float) -> str:
    """The box that leaves a photo out, as a check box is drawn."""
    tick = (
        f'<path d="M {x + 4} {y - 6} l 4 4 l 7 -9" fill="none" stroke="#ffffff" stroke-width="2.5"/>'
        if tile.out
        else ""
    )
    fill = (
        f'fill="{_WRONG}" stroke="{_WRONG}"'
        if tile.out
        else 'fill="currentColor" fill-opacity="0" stroke="currentColor"'
    )
    checked = "true" if tile.out else "false"
    return (
        f'<g data-key="{OUT}:{escape(tile.key)}" role="checkbox" aria-checked="{checked}">'
        f'<rect x="{x}" y="{y - 18}" width="{SIDE}" height="{_LINE}" fill-opacity="0"/>'
        f'<rect x="{x + 1}" y="{y - 15}" width="17" height="17" rx="4" {fill} stroke-opacity="0.6" '
        f'stroke-width="1.5"/>{tick}'
        f'<text x="{x + 26}" y="{y}" fill="currentColor" opacity="0.75">{escape(t("leave out"))}</text></g>'
    )
