"""The far edge of a map, column by column: where the last windows stand, and what none of them reads."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from resnet_explorer.colours import LINE_GREY, rgba
from resnet_explorer.steps import Window

CELL: Final = 60
LEFT: Final = 30
TOP: Final = 34
FONT: Final = 17
SHOWN_WINDOWS: Final = 3
UNREAD: Final = "#d55e00"


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
    parts = [_text(LEFT - 4, TOP + CELL / 2 + 6, "…", "end")] if first else []
    parts += [_cell(window, index, first, colour, filler) for index in cells]
    parts += [_bracket(window, place, first, row) for row, place in enumerate(places)]
    label = escape(f"The last {len(cells)} {line}s of the padded input and the last {len(places)} windows")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}"><title>{label}</title>{"".join(parts)}</svg>'
    )


def _cell(window: Window, index: int, first: int, colour: str, filler: str) -> str:
    x = LEFT + (index - first) * CELL
    real = window.padding <= index < window.padding + window.size
    unread = index > window.last_end
    fill = rgba(colour, 0.55) if real else "none"
    frame = (
        f'stroke="{UNREAD}" stroke-width="3"'
        if unread
        else f'stroke="{LINE_GREY}" stroke-width="1.5"' + ("" if real else ' stroke-dasharray="5 4"')
    )
    parts = [
        _text(x + CELL / 2, TOP - 10, str(index), opacity=0.72),
        f'<rect x="{x + 3}" y="{TOP}" width="{CELL - 6}" height="{CELL - 6}" rx="6" fill="{fill}" {frame}/>',
    ]
    if not real and not unread:
        parts.append(_text(x + CELL / 2, TOP + CELL / 2 + 3, filler))
    if unread:  # crossed out
        low, high = TOP + 8, TOP + CELL - 14
        parts.append(
            f'<path d="M{x + 11} {low}L{x + CELL - 11} {high}M{x + CELL - 11} {low}L{x + 11} {high}" '
            f'stroke="{UNREAD}" stroke-width="3" opacity="0.8"/>'
        )
    return "".join(parts)


def _bracket(window: Window, place: int, first: int, row: int) -> str:
    """The window number `place` (0-based) as a bracket under the columns that it reads."""
    start = LEFT + (place * window.stride - first) * CELL + 5
    end = start + window.kernel * CELL - 10
    y = TOP + CELL + 8 + row * 34
    last = place == window.out - 1
    opacity = 1 if last else 0.5
    name = f"{place + 1}"
    text = f"window {name}" if window.kernel > 1 else name
    return (
        f'<g opacity="{opacity}"><path d="M{start} {y}v8H{end}v-8" fill="none" stroke="currentColor" '
        f'stroke-width="{3 if last else 2}"/>' + _text((start + end) / 2, y + 25, text) + "</g>"
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", opacity: float = 1) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor" '
        f'opacity="{opacity:g}">{escape(text)}</text>'
    )
