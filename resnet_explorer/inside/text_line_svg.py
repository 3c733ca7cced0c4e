"""A line of text in the pictures of numbers, which are clicked on everywhere else."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common.svg_grid import label

FONT: Final = 15
SMALL: Final = 14


def line(
    x: float,
    y: float,
    words: str,
    anchor: str = "start",
    size: float = FONT,
    weight: str = "400",
    opacity: float = 1,
) -> str:
    """A line of text that lets clicks through."""
    return label(x, y, words, anchor, size, opacity, weight)
