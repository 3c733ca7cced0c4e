"""Totals and the steps between them as a picture: one rung below the other, on one scale.

The totals of one network lie close together, so the scale begins where they do, and a bar that is
cut there says so. What was counted double, as FLOPs, would be off the scale: its bar is cut as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor, log10
from typing import Final
from xml.sax.saxutils import escape

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS

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
class Rung:
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
    def of(cls, rungs: Sequence[Rung]) -> _Scale:
        ends = [rung.end for rung in rungs if not rung.doubled] or [rung.end for rung in rungs]
        least, most = min(ends), max(ends)
        low = least - 0.3 * (most - least)
        right = RIGHT - BEYOND if any(rung.doubled for rung in rungs) else RIGHT
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


def ladder_svg(rungs: Sequence[Rung], name: str, chosen: str = "") -> str:
    """The picture.

    Args:
        rungs: from the top to the bottom; a step starts where the rung above it ends.
        name: what it shows, for those who hear it.
        chosen: key of the rung to underlay, or "" for none.
    """
    scale = _Scale.of(rungs)
    legend = _legend(rungs)
    top = LEGEND if legend else 0
    bottom = top + ROW * len(rungs)
    parts = [legend, _axis(scale, top, bottom)]
    for row, rung in enumerate(rungs):
        parts.append(_rung(rung, top + ROW * row, scale, rung.key == chosen))
    parts += [
        _joint(scale.x(above.end), top + ROW * row)
        for row, (above, below) in enumerate(pairwise(rungs), start=1)
        if _joined(above, below)
    ]
    height = bottom + 34
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}"><title>{escape(name)}</title>{"".join(parts)}</svg>'
    )


def _rung(rung: Rung, y: float, scale: _Scale, chosen: bool) -> str:
    hover = f"<title>{escape(rung.label)}: {escape(rung.text)}</title>"
    # A ground over the whole row takes the click, not the few painted pixels alone.
    ground = (
        f'<rect x="0" y="{y + 2}" width="{WIDTH}" height="{ROW - 4}" rx="8" fill="currentColor" '
        f'opacity="{0.1 if chosen else 0}"/>'
    )
    weight = "700" if rung.start is None else "400"
    middle = y + ROW / 2 + FONT * 0.35
    style = f'y="{middle:.1f}" fill="currentColor" font-weight="{weight}"'
    texts = (
        f'<text x="10" {style}>{escape(rung.label)}</text>'
        f'<text x="{RIGHT + 100}" text-anchor="end" {style}>{escape(rung.short)}</text>'
        f'<text x="{WIDTH - 10}" text-anchor="end" {style} opacity="0.75">{escape(rung.text)}</text>'
    )
    bar = _total_bar(rung, y, scale) if rung.start is None else _step_bar(rung, y, scale)
    return f'<g data-key="{escape(rung.key)}">{hover}{ground}{bar}{texts}</g>'


def _total_bar(rung: Rung, y: float, scale: _Scale) -> str:
    end = RIGHT if rung.doubled else max(scale.x(rung.end), LEFT + THINNEST)
    cuts = [LEFT + 26] if scale.low > 0 else []
    if rung.doubled:
        cuts.append(RIGHT - 26)
    return _bar(LEFT, end, y, LINE_GREY) + "".join(_cut(x, y) for x in cuts)


def _step_bar(rung: Rung, y: float, scale: _Scale) -> str:
    assert rung.start is not None
    if rung.doubled:
        return _bar(scale.x(rung.start), RIGHT, y, LINE_GREY, 0.6) + _cut(RIGHT - 26, y)
    parts, here = [], rung.start
    for stage, amount in rung.by_stage.items():
        left, right = sorted((scale.x(here), scale.x(here + amount)))
        hover = f"<title>{escape(stage)}: {amount:+,}</title>"
        parts.append(_bar(left, right, y, STAGE_COLOURS[stage], title=hover))
        here += amount
    left, right = sorted((scale.x(rung.start), scale.x(rung.end)))
    if right - left < THINNEST:  # all of it together is hardly a line
        stage = max(rung.by_stage, key=lambda name: abs(rung.by_stage[name]))
        return _bar(left - THINNEST / 2, left + THINNEST / 2, y, STAGE_COLOURS[stage])
    return "".join(parts)


def _bar(left: float, right: float, y: float, colour: str, opacity: float = 1, title: str = "") -> str:
    return (
        f'<rect x="{left:.1f}" y="{y + (ROW - BAR) / 2:.1f}" width="{right - left:.1f}" height="{BAR}" '
        f'fill="{colour}" opacity="{opacity:g}">{title}</rect>'
    )


def _cut(x: float, y: float) -> str:
    """Two slanted lines: here the bar is not to scale."""
    low, high = y + (ROW + BAR) / 2 + 5, y + (ROW - BAR) / 2 - 5
    return (
        f'<path d="M{x - 8:.1f} {low}L{x + 4:.1f} {high}M{x:.1f} {low}L{x + 12:.1f} {high}" '
        f'stroke="currentColor" stroke-width="2"/>'
    )


def _joined(above: Rung, below: Rung) -> bool:
    """Whether the one goes on where the other ends: a step, or the total that steps arrive at."""
    goes_on = below.start == above.end or (above.start is not None and below.end == above.end)
    return goes_on and not above.doubled


def _joint(x: float, y: float) -> str:
    """A line from the end of a rung down to where the next one takes over."""
    reach = (ROW - BAR) / 2
    return (
        f'<path d="M{x:.1f} {y - reach:.1f}V{y + reach:.1f}" stroke="{LINE_GREY}" stroke-width="2" '
        f'stroke-dasharray="3 4"/>'
    )


def _axis(scale: _Scale, top: float, bottom: float) -> str:
    ticks = scale.ticks()
    return "".join(
        f'<path d="M{scale.x(value):.1f} {top}V{bottom}" stroke="{LINE_GREY}" opacity="0.35"/>'
        f'<text x="{scale.x(value):.1f}" y="{bottom + 24}" text-anchor="middle" fill="currentColor" '
        f'opacity="0.75" font-size="{TICK_FONT}">{text}</text>'
        for value, text in ticks
    )


def _legend(rungs: Sequence[Rung]) -> str:
    """The colours of the stages that occur, at the top right."""
    stages = [
        stage for stage in STAGE_COLOURS if any(stage in rung.by_stage for rung in rungs if not rung.doubled)
    ]
    x, parts = float(LEFT), []
    for stage in stages:
        parts.append(
            f'<rect x="{x:.1f}" y="8" width="16" height="16" rx="3" fill="{STAGE_COLOURS[stage]}"/>'
            f'<text x="{x + 23:.1f}" y="22" fill="currentColor" font-size="17">{stage}</text>'
        )
        x += 40 + len(stage) * 9
    return "".join(parts)
