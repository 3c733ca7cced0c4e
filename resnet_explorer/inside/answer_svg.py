"""Which channels made an answer: a list for the class, one for another class, one for their difference.

Each channel is a row with its cells over the photo, its weight · its mean, and a bar; its key is
"channel:number".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import adding_digits, fixed_text, significant_text
from resnet_explorer.common.text import named, shortened
from resnet_explorer.graph.svg import Picture
from resnet_explorer.inside.answer import Contributions
from resnet_explorer.inside.captioned_svg import captioned
from resnet_explorer.inside.text_line_svg import line

WIDTH: Final = 1232
HEIGHT: Final = 416
GAP: Final = 34
HEAD: Final = 50
ROW: Final = 47
THUMBNAIL: Final = 42
"""Side of a channel's picture."""
MOST, LEAST = 4, 2
"""Channels of a list that give most, and that take most."""
LINE: Final = 20
DIGITS: Final = 3
"""Behind the point, of what is added."""
POSITIVE, NEGATIVE = "#e69f00", "#2b8cd6"
LETTER: Final = 0.56
"""Width of a letter on average, in sizes of the type."""


@dataclass(frozen=True, eq=False)
class ChannelList:
    """One list.

    Attributes:
        name: of the class, or of the difference.
        words: below it.
        found: the contributions.
        sum_name: what their sum is.
        pair: (C,) each, the two weights of which the difference is taken; None for a single class.
    """

    name: str
    words: str
    found: Contributions
    sum_name: str
    pair: tuple[Sequence[float], Sequence[float]] | None = None

    @property
    def channels(self) -> list[int]:
        """Those that are shown."""
        return self.found.strongest(MOST, LEAST)


def answer_svg(
    lists: Sequence[ChannelList], pictures: Mapping[int, bytes], title: str, caption: Sequence[str] = ()
) -> Picture:
    """The picture.

    Args:
        lists: one, or three: a class, another one, and their difference.
        pictures: of each channel that is shown, its cells over the photo, as a file.
        title: what it shows, for those who do not see it.
        caption: lines below it, of a picture that is a file of its own.
    """
    width = (WIDTH - 2 * GAP) / 3
    largest = max((abs(float(each.found.parts[c])) for each in lists for c in each.channels), default=1.0)
    columns = [
        svg.group(_list(each, pictures, width, largest), transform=f"translate({place * (width + GAP):g} 0)")
        for place, each in enumerate(lists)
    ]
    return captioned(WIDTH, HEIGHT, *columns, caption=caption, name=title, font_size=15)


def _list(shown: ChannelList, pictures: Mapping[int, bytes], width: float, largest: float) -> str:
    parts = [
        line(0, 18, shortened(shown.name, int(width / (19 * LETTER))), size=19, weight="700"),
        line(0, 40, shown.words, size=14, opacity=0.85),
    ]
    channels = shown.channels
    for place, channel in enumerate(channels):
        parts.append(_row(shown, channel, pictures[channel], HEAD + place * ROW, width, largest))
    (more, gain), (less, loss) = shown.found.rest(channels)
    lines = [
        (t("{count:,} more above 0").format(count=more), gain),
        (t("{count:,} more below 0").format(count=less), loss),
        (t("bias") if shown.pair is None else t("difference of the biases"), shown.found.bias),
    ]
    terms = [*(float(shown.found.parts[channel]) for channel in channels), *(value for _, value in lines)]
    adds_up = adding_digits([terms], DIGITS, DIGITS) is not None
    y = HEAD + (MOST + LEAST) * ROW + 14
    for name, value in lines:
        parts += [line(THUMBNAIL + 10, y, name, size=14), line(width, y, _signed(value), "end", size=14)]
        y += LINE
    parts += [
        svg.line(THUMBNAIL + 10, y - LINE + 5, width, y - LINE + 5, stroke=LINE_GREY, stroke_width=1),
        line(THUMBNAIL + 10, y + 1, shown.sum_name + ("" if adds_up else t(", rounded")), weight="700"),
        line(width, y + 1, fixed_text(shown.found.total, DIGITS), "end", size=16, weight="700"),
    ]
    return "".join(parts)


def _row(shown: ChannelList, channel: int, picture: bytes, top: float, width: float, largest: float) -> str:
    value = float(shown.found.parts[channel])
    left, middle = THUMBNAIL + 10.0, (THUMBNAIL + 10 + width) / 2
    length = abs(value) / (largest or 1.0) * (width - left) / 2
    colour, start = (POSITIVE, middle) if value > 0 else (NEGATIVE, middle - length)
    name = t("channel {number}").format(number=channel)
    return svg.group(
        svg.rect(
            *(0, top, width, ROW - 4),
            fill="currentColor",
            fill_opacity=0,
            data_key=f"channel:{channel}",
            aria_label=named(name, f"{_factors(shown, channel)} = {_signed(value)}"),
        ),
        svg.image(
            *(0, top, THUMBNAIL, THUMBNAIL, svg.data_address(picture)),
            preserveAspectRatio="none",
            pointer_events="none",
        ),
        line(left, top + 16, name, weight="700"),
        line(left + 102, top + 16, _factors(shown, channel), size=14, opacity=0.85),
        line(width, top + 16, _signed(value), "end", weight="700"),
        svg.line(middle, top + 22, middle, top + 40, stroke=LINE_GREY, stroke_width=1),
        svg.rect(start, top + 25, max(length, 1.0), 12, rx=2, fill=colour, pointer_events="none"),
        class_="channel",
    )


def _factors(shown: ChannelList, channel: int) -> str:
    """Weight · mean as numbers."""
    mean = significant_text(round(float(shown.found.means[channel]), 3))
    if shown.pair is None:
        return f"{fixed_text(float(shown.found.weights[channel]), 3)} · {mean}"
    one, other = (float(each[channel]) for each in shown.pair)
    sign = "−" if other >= 0 else "+"
    return f"({fixed_text(one, 3)} {sign} {fixed_text(abs(other), 3)}) · {mean}"


def _signed(value: float) -> str:
    text = fixed_text(value, DIGITS)
    return text if value <= 0 else f"+{text}"
