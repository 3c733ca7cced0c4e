"""A network's drawing in a place of a given size, with as many words as can be read there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from resnet_explorer.graph.cell_layout import ALL_WORDS, TEXT_SIZE, Words
from resnet_explorer.graph.diagram import Direction
from resnet_explorer.graph.svg import Picture, network_svg
from resnet_explorer.network.layers import Plan

LEAST: Final = 14.0
"""Pixels of the smallest word that a projector shows well."""

_HOPELESS: Final = 0.6
"""Words that are smaller than so much of `LEAST` grow too little where others go."""

_FEWER: Final = (
    ALL_WORDS,
    Words("lines"),
    Words("changes"),
    Words("lines", contents=False),
    Words("changes", contents=False),
    Words("changes", contents=False, reasons=False),
    Words("none", contents=False),
    Words("none", contents=False, reasons=False),
)
_WITHOUT_SHAPES: Final = (Words("none"), *_FEWER[-2:])


def fitting_svg(
    plan: Plan,
    place: tuple[float, float],
    *,
    shapes: bool = True,
    layers: bool = False,
    folds: bool | Collection[str] = True,
    direction: Direction = "LR",
    heading: str = "",
    beside: Plan | None = None,
) -> Picture:
    """The graph of a network that fills a place, with the most words that are no smaller than `LEAST` there.

    Where no words can be read at all, it has them all, for a reader who zooms in.

    Args:
        plan: the network.
        place: its width and height in pixels.
        shapes: whether shapes are wanted.
        layers, folds, direction, heading, beside: as for `network_svg`.
    """
    found = None
    for words in _FEWER if shapes else _WITHOUT_SHAPES:
        picture = network_svg(
            plan,
            layers=layers,
            folds=folds,
            direction=direction,
            extent=place,
            heading=heading,
            words=words,
            beside=beside,
        )
        height = word_height(picture, place)
        if height >= LEAST:
            return picture
        found = found or picture
        if height < _HOPELESS * LEAST:
            break
    assert found is not None
    return found


def word_height(picture: Picture, place: tuple[float, float]) -> float:
    """Pixels of the smallest words of a picture, when all of it is in a place."""
    return TEXT_SIZE * min(place[0] / picture.width, place[1] / picture.height)
