"""The norms of a gradient on its way back through a network, and what is made of them. No torch here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeVar

from resnet_explorer.i18n import t

Way = Literal["vanishes", "stays", "grows", "lost"]
T = TypeVar("T")


@dataclass(frozen=True)
class LayerGradient:
    """The gradient of the loss by the weights of a layer.

    Attributes:
        name: the layer's, as torchvision's.
        stage: "stem", "stage n" or "head".
        number: of the layer, from 1 as the paper counts.
        norm: Euclidean; 0, inf and nan are possible.
    """

    name: str
    stage: str
    number: int
    norm: float


@dataclass(frozen=True)
class BlockGradient:
    """The gradient of the loss on its way back through a block.

    Attributes:
        name: the block's.
        stage: "stage n".
        number: of the block, from 1.
        into: norm of the gradient by the block's input.
        out: the same by its output.
        shortcut: norm of what came to the input through the shortcut; None in a plain network.
        branch: norm of what came through the convolutions; None in a plain network.
    """

    name: str
    stage: str
    number: int
    into: float
    out: float
    shortcut: float | None = None
    branch: float | None = None

    @property
    def factor(self) -> float:
        """By how much the block lengthens the gradient; nan where there is none to lengthen."""
        return ratio(self.into, self.out)


@dataclass(frozen=True)
class Flow:
    """One backward pass.

    Attributes:
        residual: whether the network has shortcuts.
        loss: of the batch; may be inf or nan.
        layers: each convolution and the fully connected layer, first to last.
        blocks: first to last.
    """

    residual: bool
    loss: float
    layers: tuple[LayerGradient, ...]
    blocks: tuple[BlockGradient, ...]

    @property
    def product(self) -> float:
        """Of all factors, last block to first; once it is 0 it stays so."""
        product = 1.0
        for block in reversed(self.blocks):
            if product == 0:
                return 0.0
            product *= block.factor
        return product

    @property
    def end_to_end(self) -> float:
        """The norm at the input of the first block over that at the output of the last.

        The same as the product of the factors, since each block's input is the output before.
        """
        return ratio(self.blocks[0].into, self.blocks[-1].out)

    @property
    def is_lost(self) -> bool:
        """Whether the product of the factors, or a factor of it, is no number."""
        return math.isnan(self.product) or math.isnan(self.end_to_end)

    @property
    def mean_factor(self) -> float:
        """The geometric mean of the factors; nan where the way is lost."""
        whole = self.end_to_end
        return whole if not math.isfinite(whole) else whole ** (1 / len(self.blocks))

    @property
    def way(self) -> Way:
        """What becomes of the gradient between the last block and the first.

        "vanishes" below a tenth, "grows" above ten times or beyond float32; "lost" if the last block has no
        finite gradient to begin with.
        """
        whole, begin = self.end_to_end, self.blocks[-1].out
        if self.blocks[0].into == 0:
            return "vanishes"
        if math.isnan(whole):
            return "grows" if math.isfinite(begin) and math.isfinite(self.loss) else "lost"
        return "vanishes" if whole < 0.1 else "grows" if whole > 10 else "stays"

    @property
    def factors_text(self) -> str:
        """The factors as a product, first to last, in the middle as dots; 0/0 where all is lost."""
        texts = ["0/0" if b.into == b.out == 0 else number_text(b.factor) for b in self.blocks]
        return " · ".join(texts if len(texts) <= 6 else [*texts[:3], "…", *texts[-2:]])

    @property
    def typical_parts(self) -> tuple[float, float]:
        """What passes the shortcut, and what passes the branch, as parts of the gradient at the output.

        The medians over the blocks whose shortcut is an identity: it has the output's norm, or less after
        a ReLU. Nan in a plain network.
        """
        parts = [
            (ratio(block.shortcut, block.out), ratio(block.branch, block.out))
            for block, before in zip(self.blocks[1:], self.blocks, strict=False)
            if block.shortcut is not None and block.branch is not None and block.stage == before.stage
        ]
        known = [each for each in parts if not any(map(math.isnan, each))]
        if not known:
            return math.nan, math.nan
        shortcut, branch = (median(side) for side in zip(*known, strict=True))
        return shortcut, branch


def ratio(over: float, under: float) -> float:
    """over / under; nan where under is zero or either is not finite."""
    if under == 0 or not math.isfinite(over) or not math.isfinite(under):
        return math.nan
    return over / under


def number_text(value: float) -> str:
    """A number of any size as people read it: "1.23", "0.0041", "3.1 × 10⁻¹²"; 0, inf and nan in words."""
    if math.isnan(value):
        return t("not a number")
    if math.isinf(value):
        return t("infinite")
    if value == 0:
        return t("exactly 0")
    if 0.001 <= abs(value) < 10_000:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:,.{min(digits, 4)}f}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def odd_layers(layers: Sequence[LayerGradient]) -> list[tuple[str, list[LayerGradient]]]:
    """Layers whose gradient is no positive number, by what it is instead."""
    return odd(layers, lambda layer: layer.norm)


def odd(items: Sequence[T], value: Callable[[T], float]) -> list[tuple[str, list[T]]]:
    """Items whose value is no positive number, by what it is instead: none is left out of a figure."""
    kinds = (
        (t("exactly 0"), lambda number: number == 0),
        (t("infinite"), math.isinf),
        (t("not a number"), math.isnan),
    )
    found = [(words, [item for item in items if is_so(value(item))]) for words, is_so in kinds]
    return [(words, some) for words, some in found if some]
