"""A waterfall chart: totals and the steps between them, one bar below the other, on one scale.

The totals of one network lie close together, so the scale begins where they do, and a bar that is
cut there says so. What was counted double, as FLOPs, would be off the scale: its bar is cut as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, log10
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named

WIDTH: Final = 1100
LEFT, RIGHT = 300, 800
ROW: Final = 48
BAR: Final = 26
FONT: Final = 20
TICK_FONT: Final = 17
BEYOND: Final = 90
"""Room at the right for what is off the scale."""
LEGEND: Final = 40
THINNEST: Final = 3
"""A step of a thousand among billions is drawn no thinner, so that it can be seen at all."""


@dataclass(frozen=True)
class Bar:
    """A total, or a step between two.

    Attributes:
        key: names it for a click.
        label: what stands to its left.
        text: the number to its right, in full.
        short: the same as people say it.
        end: the total that it reaches.
        start: where a step begins; None for a total, whose bar begins with the scale.
        by_stage: a step's amount by stage, for its colours.
        doubled: whether it belongs to a count in FLOPs, off the scale.
    """

    key: str
    label: str
    text: str
    short: str
    end: int
    start: int | None = None
    by_stage: Mapping[str, int] = field(default_factory=dict)
    doubled: bool = False


@dataclass(frozen=True)
class _Scale:
    """From the number `low` at the left edge to `high` at the place `right`."""

    low: float
    high: float
    right: float = RIGHT

    @classmethod
    def of(cls, bars: Sequence[Bar]) -> _Scale:
        ends = [bar.end for bar in bars if not bar.doubled] or [bar.end for bar in bars]
        least, most = min(ends), max(ends)
        low = least - 0.3 * (most - least)
        right = RIGHT - BEYOND if any(bar.doubled for bar in bars) else RIGHT
        return cls(low, most, right) if 0 < low < least else cls(0, max(most, 1), right)

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return LEFT + (self.right - LEFT) * min(1, max(0, share))

    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers on the scale, with as many digits as tell them apart and as many as fit."""
        power = 10 ** floor(log10((self.high - self.low) / 4))
        for step in (factor * power for factor in (1, 2, 5, 10, 20, 50)):
            size, letter = next(((size, letter) for size, letter in _UNITS if self.high >= size), (1, ""))
            digits = max(0, round(log10(size)) - floor(log10(step)))
            numbers = range(floor(self.low / step) + 1, floor(self.high / step) + 1)
            ticks = [
                (number * step, f"{number * step / size:.{digits}f} {letter}".strip()) for number in numbers
            ]
            widest = max((len(text) for _, text in ticks), default=0) * TICK_FONT * 0.55
            if self.x(self.low + step) - LEFT > widest:
                break
        return ticks


_UNITS: Final = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def waterfall_svg(bars: Sequence[Bar], name: str, chosen: str = "") -> str:
    """The picture.

    Args:
        bars: from the top to the bottom; a step starts where the bar above it ends.
        name: what it shows, for those who hear it.
        chosen: key of the bar to underlay, or "" for none.
    """
    scale = _Scale.of(bars)
    legend = _legend(bars)
    top = LEGEND if legend else 0
    bottom = top + ROW * len(bars)
    parts = [legend, _axis(scale, top, bottom)]
    for row, bar in enumerate(bars):
        parts.append(_row(bar, top + ROW * row, scale, bar.key == chosen))
    parts += [
        _joint(scale.x(above.end), top + ROW * row)
        for row, (above, below) in enumerate(pairwise(bars), start=1)
        if _joined(above, below)
    ]
    return svg.document(WIDTH, bottom + 34, *parts, name=name, font_size=FONT)


def _row(bar: Bar, y: float, scale: _Scale, chosen: bool) -> str:
    middle = y + ROW / 2 + FONT * 0.35
    weight = 700 if bar.start is None else 400
    return svg.group(
        svg.title(named(bar.label, bar.text)),
        # A ground over the whole row takes the click, not the few painted pixels alone.
        svg.rect(0, y + 2, WIDTH, ROW - 4, rx=8, fill="currentColor", opacity=0.1 if chosen else 0),
        _total_bar(bar, y, scale) if bar.start is None else _step_bar(bar, bar.start, y, scale),
        svg.text(10, middle, bar.label, font_weight=weight),
        svg.text(RIGHT + 100, middle, bar.short, text_anchor="end", font_weight=weight),
        svg.text(WIDTH - 10, middle, bar.text, text_anchor="end", font_weight=weight, opacity=0.75),
        aria_current=svg.current(chosen),
        data_key=bar.key,
    )


def _total_bar(bar: Bar, y: float, scale: _Scale) -> str:
    end = RIGHT if bar.doubled else max(scale.x(bar.end), LEFT + THINNEST)
    cuts = [LEFT + 26] if scale.low > 0 else []
    if bar.doubled:
        cuts.append(RIGHT - 26)
    return _bar(LEFT, end, y, LINE_GREY) + "".join(_cut(x, y) for x in cuts)


def _step_bar(bar: Bar, start: int, y: float, scale: _Scale) -> str:
    if bar.doubled:
        return _bar(scale.x(start), RIGHT, y, LINE_GREY, opacity=0.6) + _cut(RIGHT - 26, y)
    left, right = sorted((scale.x(start), scale.x(bar.end)))
    if right - left < THINNEST:  # all of it together is hardly a line
        stage = max(bar.by_stage, key=lambda name: abs(bar.by_stage[name]))
        return _bar(left - THINNEST / 2, left + THINNEST / 2, y, STAGE_COLOURS[stage])
    parts, here = [], start
    for stage, amount in bar.by_stage.items():
        left, right = sorted((scale.x(here), scale.x(here + amount)))
        parts.append(_bar(left, right, y, STAGE_COLOURS[stage], svg.title(named(t(stage), f"{amount:+,}"))))
        here += amount
    return "".join(parts)


def _bar(left: float, right: float, y: float, colour: str, *children: str, opacity: float = 1) -> str:
    top = y + (ROW - BAR) / 2
    return svg.rect(left, top, right - left, BAR, *children, fill=colour, opacity=opacity)


def _cut(x: float, y: float) -> str:
    """Two slanted lines: here the bar is not to scale."""
    low, high = y + (ROW + BAR) / 2 + 5, y + (ROW - BAR) / 2 - 5
    lines = "".join(f"M{left - 8} {low}L{left + 4} {high}" for left in (x, x + 8))
    return svg.path(lines, stroke="currentColor", stroke_width=2)


def _joined(above: Bar, below: Bar) -> bool:
    """Whether the one goes on where the other ends: a step, or the total that steps arrive at."""
    goes_on = below.start == above.end or (above.start is not None and below.end == above.end)
    return goes_on and not above.doubled


def _joint(x: float, y: float) -> str:
    """A line from the end of a bar down to where the next one takes over."""
    reach = (ROW - BAR) / 2
    return svg.line(x, y - reach, x, y + reach, stroke=LINE_GREY, stroke_width=2, stroke_dasharray="3 4")


def _axis(scale: _Scale, top: float, bottom: float) -> str:
    look: dict[str, svg.Attribute] = {"text_anchor": "middle", "opacity": 0.75, "font_size": TICK_FONT}
    return "".join(
        svg.line(x, top, x, bottom, stroke=LINE_GREY, opacity=0.35) + svg.text(x, bottom + 24, words, **look)
        for x, words in ((scale.x(value), words) for value, words in scale.ticks())
    )


def _legend(bars: Sequence[Bar]) -> str:
    """The colours of the stages that occur, at the top right."""
    shown = {stage for bar in bars if not bar.doubled for stage in bar.by_stage}
    x, parts = LEFT, []
    for stage, colour in STAGE_COLOURS.items():
        if stage in shown:
            parts.append(svg.rect(x, 8, 16, 16, rx=3, fill=colour))
            parts.append(svg.text(x + 23, 22, t(stage), font_size=TICK_FONT))
            x += 40 + len(stage) * 9
    return "".join(parts)
