"""One block on one photo as a picture: x, g(x), their sum and what the ReLU leaves, all on one scale.

To the right its numbers; below, the strip of all blocks, this one framed. A click says a block of the strip,
by its name, or the cell of a map, as "part:row,column".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import adding_digits, fixed_text, minus_sign
from resnet_explorer.common.text import shortened
from resnet_explorer.explanation.heatmap import DIVERGING, colour_bar, png_bytes
from resnet_explorer.features.grid_svg import ColourScale
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.additions import Addition
from resnet_explorer.inside.additions_svg import WIDTH, ratio_text, strip
from resnet_explorer.inside.captioned_svg import captioned

if TYPE_CHECKING:
    from resnet_explorer.inside.block_values import Map, Part
    from resnet_explorer.inside.logit_parts import LogitParts

STRIP: Final = 290
"""Where the strip begins."""
_TOP: Final = 46
_SMALL: Final = 14
_SCALE: Final = 252
"""Length of the colour bar."""


@dataclass(frozen=True, eq=False)
class BlockPicture:
    """What the picture shows.

    Attributes:
        addition: the block's numbers.
        maps: the maps of its parts, in the order of the data.
        notes: what stands below the name of a part: its shape, or its channel.
        parts: how much of the logit comes by which way.
        label: the class of that logit.
    """

    addition: Addition
    maps: Mapping[Part, Map]
    notes: Mapping[Part, str]
    parts: LogitParts
    label: str

    @property
    def reach(self) -> float:
        """The largest absolute value of all its maps: both ends of their one scale."""
        return max(float(np.abs(each).max()) for each in self.maps.values())

    @property
    def scale(self) -> ColourScale:
        """The one of all its maps; 0 is in the middle, and dark."""
        return ColourScale.of(self.reach, signed=True, colour_map="")


def block_svg(shown: BlockPicture, found: Sequence[Addition], caption: Sequence[str] = ()) -> Picture:
    """The picture; a click on a block of the strip picks it by its name.

    Args:
        shown: of the block.
        found: what every block of the network adds.
        caption: lines below it, of a picture that is a file of its own.
    """
    blocks, high = strip(found, shown.addition.index)
    maps, right = _maps(shown)
    name = t("{block} on the photo: x, g(x) and their sum").format(block=shown.addition.block.name)
    return captioned(
        WIDTH,
        STRIP + high,
        maps,
        _numbers(shown, right + 30),
        svg.group(blocks, transform=f"translate(0 {STRIP})"),
        caption=caption,
        name=name,
        font_size=16,
    )


def part_words(part: Part, shown: Addition) -> str:
    """What a part is called in this block."""
    names = {
        "x": "x",
        "shortcut": t("x, padded") if shown.block.shortcut == "zero_pad" else t("x, projected"),
        "branch": "g(x)",
        "total": "x + g(x)",
        "output": t("behind the ReLU"),
    }
    return names[part]


def _maps(shown: BlockPicture) -> tuple[str, float]:
    """The maps side by side with the signs between them, and where they end."""
    side, gap = (200.0, 44.0) if len(shown.maps) < 5 else (158.0, 40.0)
    colour, scale = STAGE_COLOURS[shown.addition.block.stage], shown.scale
    parts, x = [], 0.0
    before: Part | None = None
    for part, values in shown.maps.items():
        if before:
            parts.append(_sign(before, part, shown, x - gap / 2, _TOP + side / 2))
        low, high = (minus_sign(f"{value:.2g}") for value in (values.min(), values.max()))
        parts += [
            svg.text(x, 17, part_words(part, shown.addition), font_weight=700, font_size=17),
            svg.text(x, 37, shown.notes[part], font_size=_SMALL, opacity=0.85),
            svg.cells(x, _TOP, side, side, svg.data_address(png_bytes(scale.picture(values)))),
            svg.rect(
                *(x, _TOP, side, side),
                data_key="cells",
                data_name=part,
                data_rows=values.shape[0],
                data_columns=values.shape[1],
                fill="currentColor",
                fill_opacity=0,
                stroke=colour,
                stroke_width=2,
            ),
            svg.text(x, _TOP + side + 19, t("{low} to {high}").format(low=low, high=high), font_size=_SMALL),
        ]
        before, x = part, x + side + gap
    return svg.group(*parts, class_="maps"), x - gap


def _sign(before: Part, part: Part, shown: BlockPicture, x: float, y: float) -> str:
    """What happens between two maps: an addition, its result, a layer."""
    sign, words = "→", ""
    if part == "total":
        sign = "="
    elif part == "branch" and shown.addition.block.shortcut != "none":
        sign = "+"
    elif part == "output":
        words = "ReLU"
    elif part == "shortcut":
        words = t("zeros") if shown.addition.block.shortcut == "zero_pad" else "1×1"
    return svg.text(x, y + 10, sign, text_anchor="middle", font_size=30, font_weight=700) + (
        svg.text(x, y - 22, words, text_anchor="middle", font_size=_SMALL) if words else ""
    )


def _numbers(shown: BlockPicture, x: float) -> str:
    """The colour bar, the sizes, and the ways of the logit."""
    each, right = shown.addition, x + _SCALE
    reach = f"{shown.reach:.2g}"
    words = [
        svg.text(x, 17, t("one scale for all maps"), font_size=_SMALL, opacity=0.85),
        svg.cells(x, 24, _SCALE, 12, svg.data_address(png_bytes(colour_bar(DIVERGING, (256, 1))))),
        svg.text(x, 52, f"−{reach}", font_size=_SMALL),
        svg.text(x + _SCALE / 2, 52, "0", font_size=_SMALL, text_anchor="middle"),
        svg.text(right, 52, reach, font_size=_SMALL, text_anchor="end"),
    ]
    lines = []
    if each.ratio is not None:
        lines.append(("‖g(x)‖ / ‖x‖", ratio_text(each)))
    if each.angle is not None:
        lines.append((t("angle between them"), f"{each.angle:.0f}°"))
    if each.open_share is not None:
        lines.append((t("cells open, all channels"), f"{each.open_share:.0%}"))
    for number, (said, value) in enumerate(lines):
        y = 84 + 24 * number
        words.append(svg.text(x, y, said))
        words.append(svg.text(right, y, value, text_anchor="end", font_weight=700))
    return svg.group(*words, _logit(shown, x, 170), class_="numbers")


def logit_digits(parts: LogitParts) -> int:
    """Behind the point, so that the parts as they are written add up to the logit as it is written."""
    return adding_digits([(parts.shortcut, parts.branch, parts.rest)]) or 2


def _logit(shown: BlockPicture, x: float, y: float) -> str:
    """The logit of the class, and the bars of its three parts from one line at 0."""
    parts, right = shown.parts, x + _SCALE
    digits = logit_digits(parts)
    label = t("logit of {label}").format(label=shortened(shown.label, 20))
    drawn = [
        svg.text(x, y, label, svg.title(shown.label)),
        svg.text(right, y, fixed_text(parts.logit, digits), text_anchor="end", font_weight=700),
    ]
    is_preactivated = shown.addition.block.preactivation
    at_end = t("bias, last norm") if is_preactivated else t("bias")
    rest = at_end if parts.exact else t("added later")
    rows = [
        (t("new: g(x)"), parts.branch, STAGE_COLOURS[shown.addition.block.stage]),
        (rest, parts.rest, LINE_GREY),
    ]
    if shown.addition.block.shortcut != "none":
        rows.insert(0, (t("by the shortcut"), parts.shortcut, "currentColor"))
    most = max(abs(value) for _, value, _ in rows) or 1.0
    middle, half = x + 146, 36.0
    for number, (words, value, colour) in enumerate(rows, start=1):
        line = y + 23 * number
        length = half * abs(value) / most
        drawn += [
            svg.text(x, line, words, font_size=15),
            svg.rect(middle - (length if value < 0 else 0), line - 11, length, 11, fill=colour),
            svg.text(right, line, fixed_text(value, digits), text_anchor="end", font_size=15),
        ]
    low, high = y + 9, y + 23 * len(rows) + 3
    drawn.append(svg.line(middle, low, middle, high, stroke=LINE_GREY))
    said = (
        t("exact: the last ReLU’s open cells as they are")
        if parts.exact
        else t("first order: gradient × value")
    )
    return svg.group(*drawn, svg.text(x, high + 20, said, font_size=_SMALL, opacity=0.85))
