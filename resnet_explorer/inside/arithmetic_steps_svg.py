"""What is made of a window's sum, step by step, in boxes: the right of the picture of a number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.numbers import (
    NEGLIGIBLE,
    adding_digits,
    bracketed,
    minus_sign,
    scientific_text,
    significant_text,
)
from resnet_explorer.inside.arithmetic import Arithmetic, NormNumbers, Step
from resnet_explorer.inside.text_line_svg import SMALL, line

WIDTH: Final = 1232
STEPS: Final = 886
"""Where the boxes begin."""
MOST_LETTERS: Final = 34
"""On a line of a box."""

MOST_WITH_RESULT: Final = 27
"""On a line of a box that has a result at its end."""

Line = tuple[str, str]
"""What stands at the left of a line, and the number at its end."""
Box = tuple[str, list[Line], str | None]
"""A box's name, its lines, and what a click on it says."""


@dataclass(frozen=True)
class SumText:
    """How all that is added in a picture is written: with the same digits behind the point.

    Attributes:
        digits: so many.
        is_rounded: whether a sum as it is written may be out by one in its last digit.
    """

    digits: int
    is_rounded: bool

    @classmethod
    def of(cls, found: Arithmetic, drawn: int) -> SumText:
        """The fewest digits at which all sums of a picture are those of their terms, if any are."""
        if found.weights is None:
            sums = []
        else:
            order = found.order
            channels = [float(found.parts[place]) for place in order[:drawn]]
            rest = float(found.parts[order[drawn:]].sum())
            sums = [channels, [sum(channels), rest, found.bias or 0.0]]
        sums += [[step.before, step.added] for step in found.steps if step.added is not None]
        sizes = [abs(each) for terms in sums[1:] for each in (*terms, sum(terms)) if abs(each) > NEGLIGIBLE]
        if not sizes:
            sizes = [abs(found.total) or 1.0]
        # four digits of the largest that count; of the smallest two, if it takes no more than two digits
        most, least = (3 - math.floor(math.log10(max(sizes))), 1 - math.floor(math.log10(min(sizes))))
        digits = min(8, max(0, most, min(least, most + 2)))
        fitting = adding_digits(sums, digits, digits + 3)
        return cls(digits if fitting is None else fitting, fitting is None)

    def __call__(self, value: float) -> str:
        """A number that is added, or a sum."""
        text = f"{value:,.{self.digits}f}"
        return minus_sign(text) if any(digit in text for digit in "123456789") else "0"


def steps(found: Arithmetic, drawn: int, write: SumText) -> str:
    """The sum, and what is made of it, each in a box.

    Args:
        found: the arithmetic.
        drawn: how many of the channels are drawn.
        write: makes the text of what is added.
    """
    boxes: list[Box] = [
        (t("Maximum") if found.weights is None else t("Convolution"), _sum_lines(found, drawn, write), None)
    ]
    boxes += [_step(step, write) for step in found.steps]
    parts, y = [], 0.0
    for name, lines, key in boxes:
        height = 30 + 20 * (len(lines) - 1)
        parts += [
            svg.rect(
                STEPS, y + 1, WIDTH - STEPS - 1, height + 2, rx=6, stroke=LINE_GREY, stroke_width=1,
                fill="currentColor", fill_opacity=0.04, data_key=key,
                aria_label=name if key else None,
            ),
            line(STEPS + 10, y + 21, name, weight="700"),
        ]  # fmt: skip
        for number, (words, result) in enumerate(lines):
            at = y + 21 + 20 * number
            parts.append(line(STEPS + 116, at, words, size=SMALL) if words else "")
            if result:
                bold = "700" if number == len(lines) - 1 else "400"
                parts.append(line(WIDTH - 10, at, result, anchor="end", weight=bold))
        y += height + 9
    words = t("torch: {value}, at most {difference} apart").format(
        value=significant_text(found.shown), difference=scientific_text(found.difference)
    )
    parts.append(line(WIDTH - 10, y + 16, words, anchor="end", size=SMALL, opacity=0.85))
    if write.is_rounded:
        words = t("rounded: a last digit may be one off")
        parts.append(line(WIDTH - 10, y + 36, words, anchor="end", size=SMALL, opacity=0.85))
    return "".join(parts)


def _sum_lines(found: Arithmetic, drawn: int, write: SumText) -> list[Line]:
    if found.weights is None:
        real = int((~found.in_padding).sum())
        words = (
            t("of {count} values") if real == found.in_padding.size else t("of {count}, the rest is padding")
        )
        return [(words.format(count=real), write(found.total))]
    order = found.order
    largest, rest = (float(found.parts[places].sum()) for places in (order[:drawn], order[drawn:]))
    words = nt("{count} channel", "{count} channels", len(order))
    lines = [(words.format(count=drawn), write(largest))]
    if len(order) > drawn:
        others = t("+ the other {count:,}") if len(order) - drawn > 1 else t("+ the other one")
        lines.append((others.format(count=len(order) - drawn), write(rest)))
    if found.bias is not None:
        lines.append((t("+ bias"), write(found.bias)))
    return [*lines, (t("= {count:,} products").format(count=found.products), write(found.total))]


def _step(step: Step, write: SumText) -> Box:
    result, before = write(step.value), write(step.before)
    if step.norm:
        return t("Batch norm"), [*((part, "") for part in _norm_lines(step.norm, before)), ("", result)], None
    if step.added is not None:
        names = {"identity": t("x, as it is"), "projection": t("projected x"), "zero_pad": t("padded x")}
        addition = f"{before} + {bracketed(write(step.added))}"
        fits = len(addition + result) <= MOST_WITH_RESULT
        lines = [(addition, result)] if fits else [(addition, ""), ("", result)]
        return t("Shortcut"), [(names.get(step.shortcut or "", ""), ""), *lines], "shortcut"
    return t("ReLU"), [(f"max(0, {before})", result)], None


def _norm_lines(norm: NormNumbers, before: str) -> tuple[str, ...]:
    mean, gamma, beta = (bracketed(significant_text(each)) for each in (norm.mean, norm.gamma, norm.beta))
    epsilon = scientific_text(norm.epsilon).removeprefix("1.0 × ")
    root = f"/ √({significant_text(norm.variance)} + {epsilon})"
    scaled = f"· {gamma} + {beta}"
    first = f"({before} − {mean})"
    # Four numbers with a sign before each are wider than the box.
    return (first, root, scaled) if len(root + scaled) > MOST_LETTERS else (first, f"{root} {scaled}")
