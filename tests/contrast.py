"""Contrast as WCAG 2 defines it, on the grounds of the app's two themes."""

from __future__ import annotations

import tomllib
from typing import Final

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


def _inks() -> list[tuple[Colour, Colour]]:
    themes = (_THEMES[name] for name in ("light", "dark"))
    return [(colour(theme["textColor"]), colour(theme["backgroundColor"])) for theme in themes]


def _mixed(ink: Colour, ground: Colour, opacity: float) -> Colour:
    red, green, blue = (a * opacity + b * (1 - opacity) for a, b in zip(ink, ground, strict=True))
    return red, green, blue


def _luminance(seen: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in seen)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
