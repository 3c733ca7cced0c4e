"""Batch normalization of one channel as a picture: its numbers in a row, and again after each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from resnet_explorer.batch_norm import Affine, Array, Forward, statistics
from resnet_explorer.colours import LINE_GREY, rgba

CHANNEL_COLOURS: Final = ("#2b8cd6", "#e69f00")
"""Okabe and Ito's hues (2008), one per channel."""

CELL: Final = (72, 50)
GAP: Final = 18
LABEL: Final = 204
RESULT: Final = 300
WIDEST: Final = 700
"""Numbers beyond which the results stand under a row and not at its end, so that they stay large."""
UNDER: Final = 30
HEAD: Final = 34
FONT: Final = 21
SMALL: Final = 18
NOTHING: Final = 5e-9
"""Below it, a number is what rounding left of 0: numbers from −1000 to 1000 in steps of 0.001 come in."""


@dataclass(frozen=True)
class Row:
    """One step: what it is, the channel's numbers after it, and what is reckoned from them.

    Attributes:
        label: the step as a formula.
        values: (images, rows, columns).
        results: one or two lines that stand at the end of the row.
        digits: significant digits of the values.
    """

    label: str
    values: Array
    results: tuple[str, ...] = ()


def training_rows(x: Array, channel: int, layer: Affine, step: Forward) -> list[Row]:
    """The steps of a training pass for one channel, every one with its numbers."""
    batch, number = statistics(x), number_text
    mean, squares, variance = batch.mean[channel], batch.squares[channel], batch.variance[channel]
    centred = step.centred[:, channel]
    return [
        Row(
            "x",
            x[:, channel],
            (f"sum {number(batch.total[channel])}", _mean_text(batch.total[channel], batch.count, mean)),
        ),
        Row("x − μ", centred, (f"every number − {bracketed(mean)}",)),
        Row(
            "(x − μ)²",
            centred**2,
            (f"sum {number(squares)}", f"σ² = {number(squares)} / {batch.count} = {number(variance)}"),
        ),
        *_last_rows(channel, layer, step, ("μ", "σ²")),
    ]


def evaluation_rows(x: Array, channel: int, layer: Affine, step: Forward) -> list[Row]:
    """The steps of a pass in evaluation for one channel: nothing is reckoned from the batch."""
    mean, variance = step.mean[channel], step.variance[channel]
    return [
        Row("x", x[:, channel], ("no sum over the batch:", f"running μ = {number_text(mean)}")),
        Row(
            "x − running μ",
            step.centred[:, channel],
            (f"every number − {bracketed(mean)}", f"running σ² = {number_text(variance)}"),
        ),
        *_last_rows(channel, layer, step, ("running μ", "running σ²")),
    ]


def _last_rows(channel: int, layer: Affine, step: Forward, names: tuple[str, str]) -> list[Row]:
    variance = step.variance[channel]
    root = float(np.sqrt(variance + layer.eps))
    gamma, beta = layer.gamma[channel], layer.beta[channel]
    normalized, output = step.normalized[:, channel], step.output[:, channel]
    return [
        Row(
            "x̂ = … / √(σ² + ε)",
            normalized,
            (f"√({number_text(variance)} + {layer.eps:g}) = {number_text(root)}", _moments(normalized)),
        ),
        Row("y = γ · x̂ + β", output, (f"{number_text(gamma)} · x̂ + {bracketed(beta)}", _moments(output))),
    ]


def bias_rows(
    x: Array, channel: int, bias: float, layer: Affine, before: Forward, after: Forward
) -> list[Row]:
    """A channel with a bias added: its numbers and its mean move, and nothing after them."""
    mean, moved = before.mean[channel], after.mean[channel]
    return [
        Row(
            "x + b",
            x[:, channel] + bias,
            (f"μ = {number_text(mean)} + {bracketed(bias)} = {number_text(moved)}",),
        ),
        Row("(x + b) − μ", after.centred[:, channel], (f"every number − {bracketed(moved)}",)),
        Row("y with b", after.output[:, channel], ()),
        Row("y without b", before.output[:, channel], (_apart(before, after),)),
    ]


def rows_svg(rows: Sequence[Row], colour: str, title: str, standalone: bool = False) -> str:
    """The rows under one another, image by image.

    Args:
        rows: at least one; all of the same shape.
        colour: of the channel.
        title: what screen readers call it.
        standalone: for a file of its own: with a white ground.
    """
    images, down, across = rows[0].values.shape
    block = down * across * CELL[0]
    right = LABEL + images * (block + GAP)
    under = images * block > WIDEST
    pitch = CELL[1] + 12 + UNDER * under
    width, height = right + RESULT * (not under), HEAD + len(rows) * pitch
    parts = [
        _text(LABEL + image * (block + GAP) + block / 2, 22, f"image {image + 1}", "middle", SMALL, 0.72)
        for image in range(images)
    ]
    for number, row in enumerate(rows):
        y = HEAD + number * pitch
        parts.append(f"<g>{_cells(row, y, colour)}{_under(row, y) if under else _beside(row, y, right)}</g>")
    ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>' if standalone else ""
    ink = ' color="#1b2430"' if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}"{ink}><title>{escape(title)}</title>{ground}{"".join(parts)}</svg>'
    )


def number_text(value: float) -> str:
    """A number with four significant digits, or its whole part, with a real minus sign, and no −0."""
    value = float(value)
    if abs(value) < NOTHING:
        return "0"
    if abs(value) >= 1e4:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.4g}" if abs(value) >= 1e-3 else f"{value:.3g}"
    return text.replace("-", "−")


def bracketed(value: float) -> str:
    """The same, in brackets if it is negative: "(−3)"."""
    text = number_text(value)
    return f"({text})" if text.startswith("−") else text


def _mean_text(total: float, count: int, mean: float) -> str:
    return f"μ = {number_text(total)} / {count} = {number_text(mean)}"


def _moments(values: Array) -> str:
    return f"mean {number_text(values.mean())}, variance {number_text(values.var())}"


def _apart(one: Forward, other: Forward) -> str:
    """How far two outputs are apart at most."""
    return f"largest difference {number_text(float(np.abs(one.output - other.output).max()))}"


def _cells(row: Row, y: float, colour: str) -> str:
    """The label and the numbers."""
    wide, high = CELL
    largest = float(np.abs(row.values).max()) or 1.0
    parts = [_text(LABEL - 16, y + high / 2 + 7, row.label, "end", weight=600)]
    for image, values in enumerate(row.values):
        left = LABEL + image * (values.size * wide + GAP)
        for place, value in enumerate(values.flat):
            x = left + place * wide
            depth = 0.08 + 0.42 * abs(float(value)) / largest
            parts.append(
                f'<rect x="{x + 2:g}" y="{y:g}" width="{wide - 4}" height="{high}" rx="6" '
                f'fill="{rgba(colour, round(depth, 2))}" stroke="{LINE_GREY}" stroke-opacity=".5"/>'
            )
            parts.append(_text(x + wide / 2, y + high / 2 + 7, cell_text(value), "middle"))
    return "".join(parts)


def _beside(row: Row, y: float, right: float) -> str:
    """What is reckoned from a row, at its end, line under line."""
    first = y + CELL[1] / 2 + (7 if len(row.results) == 1 else -4)
    return "".join(
        _text(right, first + number * 25, line, "start", SMALL + 1, weight=_weight(line))
        for number, line in enumerate(row.results)
    )


def _under(row: Row, y: float) -> str:
    """The same in one line under the row."""
    spans = (f'<tspan font-weight="{_weight(line)}">{escape(line)}</tspan>' for line in row.results)
    return (
        f'<text x="{LABEL + 4}" y="{y + CELL[1] + 23:g}" fill="currentColor" font-size="{SMALL + 1}">'
        f"{'&#160;&#160;&#160;'.join(spans)}</text>"
    )


def _weight(line: str) -> int:
    return 600 if line.startswith(("μ", "σ²", "running")) else 400


def cell_text(value: float) -> str:
    """A number that fits into a cell: all its digits if they are few ("12.25"), else three of them."""
    value = float(value)
    if abs(value) < NOTHING:
        return "0"
    text = f"{value:.10g}"
    if "e" in text or len(text.replace(".", "")) > 6:
        if abs(value) < 0.01 or abs(value) >= 99_999.5:
            mantissa, exponent = f"{value:.1e}".split("e")
            text = f"{mantissa}e{int(exponent)}"
        else:
            text = f"{value:.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
    return text.replace("-", "−")


def _text(
    x: float, y: float, text: str, anchor: str, size: int = FONT, opacity: float = 1, weight: int = 400
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor" font-size="{size}" '
        f'opacity="{opacity:g}" font-weight="{weight}">{escape(text)}</text>'
    )
