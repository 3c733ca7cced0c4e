"""The strip of blocks: how large each block's addition is beside what it is added to.

Few blocks are cards with the map of their addition; more of them stand closer; very many are columns.
Each part of a block carries its name as `data-key`, so that a click picks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import fixed_text
from resnet_explorer.common.text import enumerated, named
from resnet_explorer.explanation.heatmap import png_bytes
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.additions import Addition, largest_ratio

if TYPE_CHECKING:
    from resnet_explorer.inside.block_values import Map

WIDTH: Final = 1232
HEAD: Final = 26
MOST_CARDS: Final = 9
MOST_MAPS: Final = 20
"""Blocks beyond which their maps would be smaller than a finger's nail on a projector."""
_GAP: Final = 10
_MAP: Final = 56
_TALL: Final = 78
"""Of the columns."""
_SQUARE: Final = 20
"""Of the columns of a plain network, which have nothing to measure."""
_SMALL: Final = 14


def strip_picture(found: Sequence[Addition], where: str = "") -> Picture:
    """The strip as a picture of its own, with the ratios in words; `strip` says the rest."""
    drawn, height = strip(found, where=where)
    words = t("What each block adds: the size of g(x) beside its x")
    name = (_plain_words() if _is_plain(found) else words) + where
    if any(each.ratio is not None for each in found):
        name = named(name, enumerated(f"{each.block.name} {ratio_text(each)}" for each in found))
    return Picture(svg.document(WIDTH, height, drawn, name=name, font_size=16), WIDTH, height)


def strip(found: Sequence[Addition], chosen: int | None = None, where: str = "") -> tuple[str, float]:
    """The strip as elements to put into a picture, from 0, 0, and its height; it is `WIDTH` wide.

    Args:
        found: of every block, in their order.
        chosen: index of the block that is framed.
        where: more for its heading: at which size the photo was looked at.
    """
    words = _plain_words() if _is_plain(found) else t("What each block adds: ‖g(x)‖ / ‖x‖")
    heading = svg.text(0, 16, words + where, font_size=16, font_weight=700, pointer_events="none")
    if len(found) <= MOST_CARDS:
        drawn, height = _cards(found, chosen)
    elif len(found) <= MOST_MAPS:
        drawn, height = _narrow_cards(found, chosen)
    else:
        drawn, height = _columns(found, chosen)
    return heading + svg.group(drawn, transform=f"translate(0 {HEAD})"), HEAD + height


def _is_plain(found: Sequence[Addition]) -> bool:
    return all(each.block.shortcut == "none" for each in found)


def _plain_words() -> str:
    return t("Nothing is added: without shortcuts, each block hands on g(x) alone")


def ratio_text(each: Addition) -> str:
    """The ratio of a block, a dash where it is not known, nothing without a shortcut."""
    if each.block.shortcut == "none":
        return ""
    return "–" if each.ratio is None else fixed_text(each.ratio)


def block_words(each: Addition) -> str:
    """ "block 2.0": a block as people say it, by torchvision's numbers."""
    return t("block {number}").format(number=each.block.name.removeprefix("layer"))


def _cards(found: Sequence[Addition], chosen: int | None) -> tuple[str, float]:
    """Name above, the map left, ratio and bar right of it."""
    pitch, most = (WIDTH + _GAP) / len(found), largest_ratio(found)
    high, wide = _MAP + 38, pitch - _GAP
    parts = []
    for number, each in enumerate(found):
        x = number * pitch
        room = wide - _MAP - 26
        parts.append(
            svg.group(
                _ground(each, x, wide, high, each.index == chosen),
                svg.text(x + 9, 20, block_words(each), font_size=_SMALL, font_weight=600),
                _map(each, x + 9, 29, _MAP),
                svg.text(x + _MAP + 18, 55, ratio_text(each), font_size=16),
                _bar(each, x + _MAP + 18, 64, room, most),
                aria_current=svg.current(each.index == chosen),
                data_key=each.block.name,
            )
        )
    return "".join(parts), high


def _narrow_cards(found: Sequence[Addition], chosen: int | None) -> tuple[str, float]:
    """Name, map, ratio and bar, one below the other."""
    gap = 6
    pitch, most = (WIDTH + gap) / len(found), largest_ratio(found)
    wide = pitch - gap
    side = min(_MAP, wide - 12)
    high = side + 54
    parts = []
    for number, each in enumerate(found):
        x = number * pitch
        middle = x + wide / 2
        name = each.block.name.removeprefix("layer")
        parts.append(
            svg.group(
                _ground(each, x, wide, high, each.index == chosen),
                svg.text(middle, 17, name, text_anchor="middle", font_size=_SMALL, font_weight=600),
                _map(each, middle - side / 2, 23, side),
                svg.text(middle, side + 39, ratio_text(each), text_anchor="middle", font_size=_SMALL),
                _bar(each, x + 6, side + 44, wide - 12, most, high=6),
                aria_current=svg.current(each.index == chosen),
                data_key=each.block.name,
            )
        )
    return "".join(parts), high


def _columns(found: Sequence[Addition], chosen: int | None) -> tuple[str, float]:
    """A column a block, its height the ratio; below, the stages and what the chosen one is.

    Without shortcuts all are of one height: to choose a block by.
    """
    is_plain, most = _is_plain(found), largest_ratio(found)
    left, tallest = (0.0, _SQUARE) if is_plain else (44.0, _TALL)
    pitch = (WIDTH - left) / len(found)
    gap = min(3.0, 0.2 * pitch)
    foot = tallest + 8.0
    parts = [] if is_plain else [_axis(left, foot, most)]
    for number, each in enumerate(found):
        x, tall = left + number * pitch, tallest if is_plain else tallest * (each.ratio or 0) / most
        words = ": ".join(filter(None, (block_words(each), ratio_text(each))))
        is_chosen = each.index == chosen
        parts.append(
            svg.group(
                svg.title(words),
                svg.rect(x, 0, pitch, foot, fill="currentColor", fill_opacity=0.12 if is_chosen else 0),
                svg.rect(
                    x + gap / 2,
                    foot - tall,
                    pitch - gap,
                    tall,
                    fill=STAGE_COLOURS[each.block.stage],
                    stroke="currentColor" if is_chosen else None,
                    stroke_width=2 if is_chosen else None,
                ),
                aria_current=svg.current(each.index == chosen),
                data_key=each.block.name,
            )
        )
    start = left
    for stage, members in groupby(found, key=lambda each: each.block.stage):
        end = start + pitch * len(list(members))
        parts.append(
            svg.line(start + 1, foot + 3, end - 1, foot + 3, stroke=STAGE_COLOURS[stage], stroke_width=4)
        )
        if end - start > 60:
            middle = (start + end) / 2
            parts.append(svg.text(middle, foot + 20, t(stage), text_anchor="middle", font_size=_SMALL))
        start = end
    return "".join(parts), foot + 26


def _axis(left: float, foot: float, most: float) -> str:
    """0, and the largest ratio; a line at 1, where g(x) is as large as x."""
    parts = [svg.text(left - 6, foot, "0", text_anchor="end", font_size=_SMALL)]
    if most >= 0.75:
        one = foot - _TALL / most
        parts.append(svg.line(left, one, WIDTH, one, stroke=LINE_GREY, stroke_dasharray="4 4"))
        parts.append(svg.text(left - 6, one + 5, "1", text_anchor="end", font_size=_SMALL))
    if not 0.75 <= most < 1.4:
        words = fixed_text(most, 1 if most >= 1 else 2)
        parts.append(svg.text(left - 6, foot - _TALL + 5, words, text_anchor="end", font_size=_SMALL))
    return svg.group(*parts, pointer_events="none")


def _ground(each: Addition, x: float, wide: float, high: float, is_chosen: bool) -> str:
    colour = STAGE_COLOURS[each.block.stage]
    inset = 1.5
    return svg.rect(
        x + inset,
        inset,
        wide - 2 * inset,
        high - 2 * inset,
        svg.title(_sentence(each)),
        rx=7,
        fill=colour,
        fill_opacity=0.15,
        stroke=colour if is_chosen else None,
        stroke_width=3 if is_chosen else None,
    )


def _sentence(each: Addition) -> str:
    said = t("{block}: ‖g(x)‖ is {own:.3g}").format(block=block_words(each), own=each.branch_norm)
    if each.shortcut_norm is not None:
        said += t(", ‖x‖ {other:.3g}").format(other=each.shortcut_norm)
    if each.angle is not None:
        said += t(", {angle:.0f}° between them").format(angle=each.angle)
    return said


def _bar(each: Addition, x: float, y: float, room: float, most: float, high: float = 9) -> str:
    if each.ratio is None:
        return ""
    return svg.rect(
        x, y, max(2.0, room * each.ratio / most), high, rx=3, fill=STAGE_COLOURS[each.block.stage]
    )


def _map(each: Addition, x: float, y: float, side: float) -> str:
    """The map; before it is known it has no cells, and its place stays empty."""
    if not each.branch_mean.size:
        return ""
    return svg.cells(x, y, side, side, svg.data_address(png_bytes(grey_map(each.branch_mean))))


def grey_map(values: Map) -> Image.Image:
    """A map as a picture of a pixel a cell, its least value black and its largest white.

    For looking at the pattern alone: each map has a scale of its own.
    """
    low, high = float(values.min()), float(values.max())
    levels = (values - low) * (255 / (high - low or 1.0))
    return Image.fromarray(np.round(levels).clip(0, 255).astype(np.uint8))
