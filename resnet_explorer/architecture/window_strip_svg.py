"""The far edge of a map, column by column: where the last windows stand, and what none of them reads."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, UNREAD, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.network.window import Window

CELL: Final = 60
LEFT: Final = 30
TOP: Final = 34
FONT: Final = 17
SHOWN_WINDOWS: Final = 3


def strip_svg(window: Window, colour: str, line: str = "column", filler: str = "0") -> str:
    """The last columns of the padded input, with the last windows drawn under them.

    Args:
        window: the window along one axis.
        colour: of the columns that belong to the map itself.
        line: what a cell stands for, "column" or "row".
        filler: what the padding holds, "0" or "−∞".
    """
    places = range(max(0, window.out - SHOWN_WINDOWS), window.out)
    first = places[0] * window.stride
    cells = range(first, window.padded)
    width = LEFT + len(cells) * CELL + LEFT
    height = TOP + CELL + 14 + len(places) * 34 + 4
    before = _text(LEFT - 4, TOP + CELL / 2 + 6, "…", "end") if first else ""
    drawn = "".join(_cell(window, index, first, colour, filler) for index in cells)
    brackets = (_bracket(window, place, first, row) for row, place in enumerate(places))
    words = (
        t("The last {cells} columns of the padded input and the last {places} windows")
        if line == "column"
        else t("The last {cells} rows of the padded input and the last {places} windows")
    )
    name = words.format(cells=len(cells), places=len(places))
    return svg.document(width, height, before, drawn, *brackets, name=name, font_size=FONT)


def _cell(window: Window, index: int, first: int, colour: str, filler: str) -> str:
    x = LEFT + (index - first) * CELL
    real = window.padding <= index < window.padding + window.size
    unread = index > window.last_end
    fill = rgba(colour, 0.55) if real else "none"
    number = _text(x + CELL / 2, TOP - 10, str(index), opacity=0.72)
    if unread:  # crossed out
        low, high = TOP + 8, TOP + CELL - 14
        cross = f"M{x + 11} {low}L{x + CELL - 11} {high}M{x + CELL - 11} {low}L{x + 11} {high}"
        frame: dict[str, svg.Attribute] = {"stroke": UNREAD, "stroke_width": 3}
        above = svg.path(cross, stroke=UNREAD, stroke_width=3, opacity=0.8)
    else:
        frame = {"stroke": LINE_GREY, "stroke_width": 1.5, "stroke_dasharray": None if real else "5 4"}
        above = "" if real else _text(x + CELL / 2, TOP + CELL / 2 + 3, filler)
    return number + svg.rect(x + 3, TOP, CELL - 6, CELL - 6, rx=6, fill=fill, **frame) + above


def _bracket(window: Window, place: int, first: int, row: int) -> str:
    """The window number `place` (0-based) as a bracket under the columns that it reads."""
    start = LEFT + (place * window.stride - first) * CELL + 5
    end = start + window.kernel * CELL - 10
    y = TOP + CELL + 8 + row * 34
    last = place == window.out - 1
    text = t("window {number}").format(number=place + 1) if window.kernel > 1 else f"{place + 1}"
    return svg.group(
        svg.path(
            f"M{start} {y}v8H{end}v-8", fill="none", stroke="currentColor", stroke_width=3 if last else 2
        ),
        _text((start + end) / 2, y + 25, text),
        opacity=1 if last else 0.5,
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", opacity: float = 1) -> str:
    return svg.text(x, y, text, text_anchor=anchor, fill="currentColor", opacity=opacity)
