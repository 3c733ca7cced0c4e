"""The likeliest classes as bars, their names above them: long names have room in a narrow column."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS

WIDTH: Final = 400
ROW: Final = 54
BAR: Final = 16
FONT: Final = 20
LETTER: Final = 10
"""Pixels of a letter, on the average; a name too long is cut, and shown whole on hovering."""
BESIDE: Final = 76
"""Pixels that the probability takes beside the name."""


def answer_bars(best: Sequence[tuple[str, float]], chosen: str, network: str, width: int = WIDTH) -> str:
    """An SVG whose rows carry the class's name as `data-key`.

    Args:
        best: classes and their probabilities, the likeliest first.
        chosen: the class in colour.
        network: whose answer it is, for those who hear the picture.
        width: in pixels; the narrower, the larger the letters in a column.
    """
    height = ROW * len(best)
    said = ", ".join(f"{name} {value:.1%}" for name, value in best)
    rows = "".join(
        _row(name, value, ROW * number, name == chosen, width) for number, (name, value) in enumerate(best)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}" aria-label="{escape(f"{network}: {said}")}">{rows}</svg>'
    )


def _row(name: str, value: float, y: float, chosen: bool, width: int) -> str:
    longest = (width - BESIDE) // LETTER
    text = f'y="{y + 24}" fill="currentColor" font-weight="{700 if chosen else 400}"'
    shown = name if len(name) <= longest else name[: longest - 1].rstrip() + "…"
    colour = STAGE_COLOURS["stage 1"] if chosen else LINE_GREY
    bar = f'y="{y + 31}" height="{BAR}" rx="3"'
    return (
        f'<g data-key="{escape(name)}"><title>{escape(name)}: {value:.2%}</title>'
        f'<rect y="{y}" width="{width}" height="{ROW}" fill-opacity="0"/>'
        f"<text {text}>{escape(shown)}</text>"
        f'<text x="{width}" text-anchor="end" {text}>{value:.1%}</text>'
        f'<rect width="{width}" {bar} fill="{LINE_GREY}" opacity="0.18"/>'
        f'<rect width="{max(1.0, width * value):.1f}" {bar} fill="{colour}"/></g>'
    )
