"""Batch normalization of one channel as a picture: its numbers in a row, and again after each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from resnet_explorer.batch_norm.steps import Affine, Array, Forward, statistics
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bracketed, compact_text, significant_text

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


@dataclass(frozen=True)
class Row:
    """One step: what it is, the channel's numbers after it, and what is computed from them.

    Attributes:
        label: the step as a formula.
        values: (images, rows, columns).
        results: one or two lines that stand at the end of the row.
    """

    label: str
    values: Array
    results: tuple[str, ...] = ()


def training_rows(x: Array, channel: int, layer: Affine, step: Forward) -> list[Row]:
    """The steps of a training pass for one channel, every one with its numbers."""
    batch = statistics(x)
    count, mean = batch.count, significant_text(batch.mean[channel])
    total, squares = significant_text(batch.total[channel]), significant_text(batch.squares[channel])
    variance = significant_text(batch.variance[channel])
    centred = step.centred[:, channel]
    return [
        Row("x", x[:, channel], (_sum(total), f"μ = {total} / {count} = {mean}")),
        Row("x − μ", centred, (_subtracted(mean),)),
        Row("(x − μ)²", centred**2, (_sum(squares), f"σ² = {squares} / {count} = {variance}")),
        *_last_rows(channel, layer, step),
    ]


def evaluation_rows(x: Array, channel: int, layer: Affine, step: Forward) -> list[Row]:
    """The steps of a pass in evaluation for one channel: nothing is computed from the batch."""
    mean, variance = significant_text(step.mean[channel]), significant_text(step.variance[channel])
    running = t("running {value}")
    return [
        Row("x", x[:, channel], (t("no sum over the batch:"), running.format(value=f"μ = {mean}"))),
        Row(
            f"x − {running.format(value='μ')}",
            step.centred[:, channel],
            (_subtracted(mean), running.format(value=f"σ² = {variance}")),
        ),
        *_last_rows(channel, layer, step),
    ]


def _last_rows(channel: int, layer: Affine, step: Forward) -> list[Row]:
    variance = step.variance[channel]
    root = significant_text(np.sqrt(variance + layer.eps))
    gamma, beta = significant_text(layer.gamma[channel]), significant_text(layer.beta[channel])
    normalized, output = step.normalized[:, channel], step.output[:, channel]
    divisor = f"√({significant_text(variance)} + {layer.eps:g}) = {root}"
    return [
        Row("x̂ = … / √(σ² + ε)", normalized, (divisor, _moments(normalized))),
        Row("y = γ · x̂ + β", output, (f"{gamma} · x̂ + {bracketed(beta)}", _moments(output))),
    ]


def bias_rows(
    x: Array, channel: int, bias: float, layer: Affine, before: Forward, after: Forward
) -> list[Row]:
    """A channel with a bias added: its numbers and its mean move, and nothing after them."""
    mean, new_mean = significant_text(before.mean[channel]), significant_text(after.mean[channel])
    added = bracketed(significant_text(bias))
    apart = significant_text(np.abs(before.output - after.output).max())
    return [
        Row("x + b", x[:, channel] + bias, (f"μ = {mean} + {added} = {new_mean}",)),
        Row("(x + b) − μ", after.centred[:, channel], (_subtracted(new_mean),)),
        Row(t("y with b"), after.output[:, channel]),
        Row(
            t("y without b"),
            before.output[:, channel],
            (t("largest difference {number}").format(number=apart),),
        ),
    ]


def _sum(total: str) -> str:
    return t("sum {total}").format(total=total)


def _subtracted(mean: str) -> str:
    return t("every number − {mean}").format(mean=bracketed(mean))


def _moments(values: Array) -> str:
    return t("mean {mean}, variance {variance}").format(
        mean=significant_text(values.mean()), variance=significant_text(values.var())
    )


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
    parts = [
        svg.text(
            LABEL + image * (block + GAP) + block / 2,
            22,
            t("image {number}").format(number=image + 1),
            text_anchor="middle",
            font_size=SMALL,
            opacity=0.72,
        )
        for image in range(images)
    ]
    for number, row in enumerate(rows):
        y = HEAD + number * pitch
        parts.append(svg.group(_cells(row, y, colour), _under(row, y) if under else _beside(row, y, right)))
    width, height = right + RESULT * (not under), HEAD + len(rows) * pitch
    return svg.document(width, height, *parts, name=title, standalone=standalone, font_size=FONT)


def _cells(row: Row, y: float, colour: str) -> str:
    """The label and the numbers, each on a ground that is the stronger the larger it is."""
    wide, high = CELL
    largest = float(np.abs(row.values).max()) or 1.0
    base = y + high / 2 + 7
    parts = [svg.text(LABEL - 16, base, row.label, text_anchor="end", font_weight=600)]
    for image, values in enumerate(row.values):
        left = LABEL + image * (values.size * wide + GAP)
        for place, value in enumerate(values.flat):
            x = left + place * wide
            ground = rgba(colour, round(0.08 + 0.42 * abs(float(value)) / largest, 2))
            parts += [
                svg.rect(x + 2, y, wide - 4, high, rx=6, fill=ground, stroke=LINE_GREY, stroke_opacity=0.5),
                svg.text(x + wide / 2, base, compact_text(value), text_anchor="middle"),
            ]
    return "".join(parts)


def _beside(row: Row, y: float, right: float) -> str:
    """What is computed from a row, at its end, line under line."""
    first = y + CELL[1] / 2 + (7 if len(row.results) == 1 else -4)
    return "".join(
        svg.text(right, first + number * 25, line, font_size=SMALL + 1, font_weight=_weight(line))
        for number, line in enumerate(row.results)
    )


def _under(row: Row, y: float) -> str:
    """What is computed from a row, in one line under it."""
    lines = [svg.tspan(line, font_weight=_weight(line)) for line in row.results]
    return svg.text(LABEL + 4, y + CELL[1] + 23, "", "\u00a0\u00a0\u00a0".join(lines), font_size=SMALL + 1)


def _weight(line: str) -> int:
    return 600 if "μ =" in line or "σ² =" in line else 400
