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

CELL: Final = (76, 50)
GAP: Final = 18
LABEL: Final = 214
RESULT: Final = 330
HEAD: Final = 34
FONT: Final = 21
SMALL: Final = 18


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
    width, height = right + RESULT, HEAD + len(rows) * (CELL[1] + 12)
    parts = [
        _text(LABEL + image * (block + GAP) + block / 2, 22, f"image {image + 1}", "middle", SMALL, 0.72)
        for image in range(images)
    ]
    for number, row in enumerate(rows):
        parts.append(_row(row, HEAD + number * (CELL[1] + 12), colour, right))
    ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>' if standalone else ""
    ink = ' color="#1b2430"' if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}"{ink}><title>{escape(title)}</title>{ground}{"".join(parts)}</svg>'
    )


def number_text(value: float) -> str:
    """A number with four significant digits, a real minus sign, and no −0."""
    value = float(value)
    if abs(value) < 5e-7:
        return "0"
    text = f"{value:.4g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.2e}"
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


def _row(row: Row, y: float, colour: str, right: float) -> str:
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
            parts.append(_text(x + wide / 2, y + high / 2 + 7, _short(value), "middle"))
    first = y + high / 2 + (7 if len(row.results) == 1 else -4)
    for number, line in enumerate(row.results):
        weight = 600 if line.startswith(("μ", "σ²", "running")) else 400
        parts.append(_text(right, first + number * 25, line, "start", SMALL + 1, weight=weight))
    return f"<g>{''.join(parts)}</g>"


def _short(value: float) -> str:
    """A number that fits into a cell."""
    value = float(value)
    if abs(value) < 5e-4:
        return "0"
    if abs(value) >= 1e4:
        return f"{value:.0e}".replace("-", "−").replace("e+0", "e")
    return f"{value:.3g}".replace("-", "−")


def _text(
    x: float, y: float, text: str, anchor: str, size: int = FONT, opacity: float = 1, weight: int = 400
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor" font-size="{size}" '
        f'opacity="{opacity:g}" font-weight="{weight}">{escape(text)}</text>'
    )
