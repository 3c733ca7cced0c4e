"""One number of a network on one photo, down to its arithmetic: products, sum, batch norm, addition, ReLU.

A convolution's value is the sum over the channels of its group of kernel × input under the window, and the
bias, if it has one. A batch norm that has stopped learning makes (v − mean) / √(variance + ε) · γ + β of it
(Ioffe and Szegedy 2015, algorithm 2). All is computed here in float64 from the network's own numbers, and
held against what torch's float32 gave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.i18n import t
from resnet_explorer.features.statistics import Features, Values
from resnet_explorer.inside.map_origin import Cell, block_of
from resnet_explorer.network.layers import Layer, Plan, ShortcutKind
from resnet_explorer.network.table_rows import Row
from resnet_explorer.network.window import windows


@dataclass(frozen=True, eq=False)
class Norm:
    """A batch norm's numbers, (C,) each: its running mean and variance, γ and β; and ε."""

    mean: Values
    variance: Values
    gamma: Values
    beta: Values
    epsilon: float


@dataclass(frozen=True, eq=False)
class Following:
    """A layer that follows, and what torch made there.

    Attributes:
        layer: its record.
        output: (C, h, w).
        shortcut: (C, h, w), what is added, where it is an addition.
        norm: its numbers, where it is one.
    """

    layer: Layer
    output: Features
    shortcut: Features | None = None
    norm: Norm | None = None


@dataclass(frozen=True, eq=False)
class LayerValues:
    """A layer on one photo.

    Attributes:
        plan: of the network, at the size of the photo.
        layer: its record.
        input: (C, H, W), what it reads.
        output: (C', h, w), what torch made of it.
        weight: (C', C / groups, k, k); None for the max-pool.
        bias: (C',), where it has one.
        after: what follows before another window reads it.
    """

    plan: Plan
    layer: Layer
    input: Features
    output: Features
    weight: Values | None
    bias: Values | None
    after: tuple[Following, ...]

    @property
    def last(self) -> Features:
        """(C', h, w), as it leaves the layer's branch, shortcut, block or stem: the map on the screen."""
        return self.after[-1].output if self.after else self.output


@dataclass(frozen=True)
class NormNumbers:
    """What a batch norm does to one channel."""

    mean: float
    variance: float
    gamma: float
    beta: float
    epsilon: float

    def __call__(self, value: float) -> float:
        """(v − mean) / √(variance + ε) · γ + β."""
        return (value - self.mean) / math.sqrt(self.variance + self.epsilon) * self.gamma + self.beta


@dataclass(frozen=True)
class Step:
    """One value on its way, behind the window.

    Attributes:
        layer: the norm, the addition or the ReLU.
        before, value: what comes in and what leaves, from our own sum on.
        measured: what torch gave.
        norm: its numbers, where it is one.
        added: by the shortcut, where it is an addition.
        shortcut: what kind of shortcut that is.
    """

    layer: Layer
    before: float
    value: float
    measured: float
    norm: NormNumbers | None = None
    added: float | None = None
    shortcut: ShortcutKind | None = None


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """How one value came about.

    Attributes:
        layer: the layer whose window it is.
        channel, row, column: of the value, 0-based.
        rows, columns: under the window, numbered as in the map that is read; padding is below 0 or beyond.
        first: the first of the channels that are read.
        window: (channels that are read, k, k), the input under the window; padding is 0, under a max-pool −∞.
        in_padding: (k, k), which of it is padding.
        weights: (channels that are read, k, k); None for the max-pool.
        parts: (channels that are read,), the sum of each channel's products; the max-pool's maximum.
        bias: where there is one.
        total: the sum of it all; the max-pool's maximum.
        measured: what torch gave.
        steps: what is made of it.
    """

    layer: Layer
    channel: int
    row: int
    column: int
    rows: range
    columns: range
    first: int
    window: NDArray[np.float64]
    in_padding: NDArray[np.bool_]
    weights: NDArray[np.float64] | None
    parts: NDArray[np.float64]
    bias: float | None
    total: float
    measured: float
    steps: tuple[Step, ...]

    @property
    def order(self) -> list[int]:
        """The places in `parts`, the largest contributions of either sign first."""
        return [int(place) for place in np.argsort(-np.abs(self.parts), kind="stable")]

    @property
    def products(self) -> int:
        """How many products are summed."""
        return 0 if self.weights is None else self.weights.size

    @property
    def shown(self) -> float:
        """The value on the screen, as torch has it."""
        return self.steps[-1].measured if self.steps else self.measured

    @property
    def difference(self) -> float:
        """The largest difference from torch on the way, without its sign."""
        pairs = [(self.total, self.measured), *((step.value, step.measured) for step in self.steps)]
        return max(abs(ours - theirs) for ours, theirs in pairs)


def arithmetic(values: LayerValues, channel: int, row: int, column: int) -> Arithmetic:
    """The arithmetic of one cell.

    Args:
        values: of the layer that wrote the cell.
        channel, row, column: of the cell, 0-based.

    Raises:
        ValueError: for a cell that the layer does not write.
    """
    layer = values.layer
    for name, place, count in zip(
        ("channel", "row", "column"), (channel, row, column), layer.out_shape, strict=True
    ):
        if not 0 <= place < count:
            raise ValueError(
                t("{name} is {place}; {layer} has 0 to {last}.").format(
                    name=name, place=place, layer=layer.name, last=count - 1
                )
            )
    down, across = windows(layer)
    rows, columns = down.under(row), across.under(column)
    count = 1 if values.weight is None else values.weight.shape[1]
    first = channel if values.weight is None else channel // (layer.out_shape[0] // layer.groups) * count
    inside = np.ix_(
        range(first, first + count),
        [y for y in rows if 0 <= y < down.size],
        [x for x in columns if 0 <= x < across.size],
    )
    real = np.outer([0 <= y < down.size for y in rows], [0 <= x < across.size for x in columns])
    window = np.full((count, layer.kernel, layer.kernel), 0.0 if layer.kind == "conv" else -np.inf)
    window[:, real] = values.input[inside].reshape(count, -1)
    weights = bias = None
    if values.weight is None:
        parts = window.max(axis=(1, 2))
    else:
        weights = values.weight[channel].astype(np.float64)
        parts = (window * weights).sum(axis=(1, 2))
        bias = None if values.bias is None else float(values.bias[channel])
    total = float(parts.sum()) + (bias or 0.0)
    cell = (channel, row, column)
    return Arithmetic(
        layer,
        *cell,
        rows,
        columns,
        first,
        window,
        ~real,
        weights,
        parts,
        bias,
        total,
        float(values.output[cell]),
        _steps(values, cell, total),
    )


def _steps(values: LayerValues, cell: Cell, value: float) -> tuple[Step, ...]:
    block = block_of(values.plan, values.layer)
    found = []
    for each in values.after:
        before, numbers, added, kind = value, None, None, None
        if each.norm is not None:
            norm = each.norm
            parts = (norm.mean, norm.variance, norm.gamma, norm.beta)
            mean, variance, gamma, beta = (float(part[cell[0]]) for part in parts)
            numbers = NormNumbers(mean, variance, gamma, beta, norm.epsilon)
            value = numbers(value)
        elif each.shortcut is not None:
            added, kind = float(each.shortcut[cell]), block.shortcut if block else None
            value += added
        else:
            value = max(0.0, value)
        found.append(Step(each.layer, before, value, float(each.output[cell]), numbers, added, kind))
    return tuple(found)


def part_rows(found: Arithmetic) -> list[Row]:
    """A row a channel that is read, the largest contribution first."""
    return [
        {"channel": found.first + place, "sum of products": float(found.parts[place])}
        for place in found.order
    ]


def numbers_of(found: Arithmetic) -> Row:
    """All numbers, as JSON can hold them; padding under a max-pool is null."""
    window = [
        [[None if math.isinf(value) else value for value in line] for line in channel]
        for channel in found.window.tolist()
    ]
    return {
        "layer": found.layer.name,
        "channel": found.channel,
        "row": found.row,
        "column": found.column,
        "rows under the window": list(found.rows),
        "columns under the window": list(found.columns),
        "channels that are read": list(range(found.first, found.first + len(found.parts))),
        "input": window,
        "kernel": None if found.weights is None else found.weights.tolist(),
        "sums": found.parts.tolist(),
        "bias": found.bias,
        "total": found.total,
        "torch": found.measured,
        "steps": [
            {
                "layer": step.layer.name,
                "before": step.before,
                "value": step.value,
                "torch": step.measured,
                **(vars(step.norm) if step.norm else {}),
                **({} if step.added is None else {"added": step.added, "shortcut": step.shortcut}),
            }
            for step in found.steps
        ],
        "difference": found.difference,
    }
