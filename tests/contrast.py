"""Contrast as WCAG 2 defines it, on the grounds of the app's two themes."""

from __future__ import annotations

import re
import tomllib
from typing import Final
from xml.etree.ElementTree import Element

import plotly.graph_objects as go

from resnet_explorer.common.plotly_style import INK
from tests.places import ROOT

Colour = tuple[float, float, float]

_THEMES: Final = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
READABLE: Final = 4.5
"""Of words; of large ones, and of lines that mean something, it is 3."""


def colour(code: str) -> Colour:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def least_contrast(code: str) -> float:
    """Of a colour on the ground of the theme where it is seen worse."""
    return min(contrast(colour(code), ground) for _, ground in _inks())


def faded_contrast(opacity: float) -> float:
    """Of the theme's words so faded, in the theme where they are seen worse."""
    return min(contrast(_mixed(ink, ground, opacity), ground) for ink, ground in _inks())


def contrast_on(code: str, opacity: float) -> float:
    """Of the theme's words on a ground of that colour so strong, in the theme where they are seen worse."""
    return min(contrast(ink, _mixed(colour(code), ground, opacity)) for ink, ground in _inks())


def pale_words(figure: go.Figure) -> list[str]:
    """The words of a chart in a colour of their own that is not read in both themes.

    The style sheet gives those in `INK` the theme's colour.
    """
    fonts = [(each.text, each.font.color) for each in figure.layout.annotations]
    fonts += [(trace.name, trace.textfont.color) for trace in figure.data if trace.type == "scatter"]
    return [words for words, code in fonts if code not in (None, INK) and least_contrast(code) < READABLE]


def pale_texts(picture: Element) -> list[str]:
    """The words of a picture that are not read in both themes, by their colour or because they are faded."""
    texts = [part for part in picture.iter() if part.tag.endswith("}text")]
    return [
        "".join(each.itertext())
        for each in texts
        if faded_contrast(float(each.get("opacity", 1))) < READABLE
        or (each.get("fill", "").startswith("#") and least_contrast(each.get("fill", "")) < READABLE)
    ]


def strong_fills(picture: Element) -> list[str]:
    """The fills of a picture that are so strong that no words are read on them in both themes."""
    fills = {part.get("fill", "") for part in picture.iter()}
    found = {fill: re.fullmatch(r"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)", fill) for fill in fills}
    return [
        fill
        for fill, parts in found.items()
        if parts
        and contrast_on("#{:02x}{:02x}{:02x}".format(*map(int, parts.groups()[:3])), float(parts[4]))
        < READABLE
    ]


def _inks() -> list[tuple[Colour, Colour]]:
    themes = (_THEMES[name] for name in ("light", "dark"))
    return [(colour(theme["textColor"]), colour(theme["backgroundColor"])) for theme in themes]


def _mixed(ink: Colour, ground: Colour, opacity: float) -> Colour:
    red, green, blue = (a * opacity + b * (1 - opacity) for a, b in zip(ink, ground, strict=True))
    return red, green, blue


def _luminance(seen: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
