"""What is measured through the depth of a plain and a residual network, and what it comes to. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Generic, Literal, TypeVar

from resnet_explorer.common.numbers import scientific_text
from resnet_explorer.network.table_rows import Row

P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Pair(Generic[P]):
    """What was measured of both networks of a config."""

    plain: P
    residual: P

    @property
    def both(self) -> tuple[P, P]:
        """The plain network's, and the residual one's."""
        return self.plain, self.residual


@dataclass(frozen=True)
class Place:
    """A place in the depth of a network.

    Attributes:
        name: the layer's or the block's, as torchvision's.
        stage: "stem", "stage n" or "head".
        number: of the layer as the paper counts, or of the block, from 1; 0 for the stem before the blocks.
    """

    name: str
    stage: str
    number: int


@dataclass(frozen=True)
class LayerGradient(Place):
    """The gradient of the loss by the weights of a layer.

    Attributes:
        norm: Euclidean; 0, inf and nan are possible.
    """

    norm: float


@dataclass(frozen=True)
class BlockGradient(Place):
    """The gradient of the loss on its way back through a block.

    Attributes:
        into: norm of the gradient by the block's input.
        out: norm of the gradient by its output.
        shortcut: norm of what came to the input through the shortcut; None in a plain network.
        branch: norm of what came through the convolutions; None in a plain network.
    """

    into: float
    out: float
    shortcut: float | None = None
    branch: float | None = None

    @property
    def factor(self) -> float:
        """By how much the block lengthens the gradient; nan where there is none to lengthen."""
        return ratio(self.into, self.out)


@dataclass(frozen=True)
class BackwardPass:
    """The gradient through the depth.

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

        It equals the product of the factors, since each block's input is the output before.
        """
        return ratio(self.blocks[0].into, self.blocks[-1].out)

    @property
    def is_lost(self) -> bool:
        """Whether the product of the factors, or a factor of it, is no number."""
        return math.isnan(self.product) or math.isnan(self.end_to_end)

    @property
    def mean_factor(self) -> float:
        """The geometric mean of the factors; nan where the gradient is lost."""
        whole = self.end_to_end
        return whole if not math.isfinite(whole) else whole ** (1 / len(self.blocks))

    @property
    def outcome(self) -> Literal["vanishes", "stays", "grows", "lost"]:
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
        texts = ["0/0" if b.into == b.out == 0 else scientific_text(b.factor) for b in self.blocks]
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

    @property
    def odd_layers(self) -> list[tuple[str, list[LayerGradient]]]:
        """Layers whose gradient is no positive number, by what it is instead."""
        return not_positive(self.layers, lambda layer: layer.norm)


@dataclass(frozen=True)
class Moments:
    """Mean and variance over all numbers of a feature map: images, channels and pixels.

    Either may be inf or nan.
    """

    mean: float
    variance: float


@dataclass(frozen=True)
class PlaceSignal(Place):
    """What leaves the stem or a block.

    Attributes:
        size: height and width of the feature map, in pixels.
        output: what leaves it.
        shortcut: what came along its shortcut, at the addition; None where there is none.
        branch: what the convolutions added; None where nothing is added.
        identity: whether the shortcut changes neither size nor channels; False where there is none.
    """

    size: int
    output: Moments
    shortcut: Moments | None = None
    branch: Moments | None = None
    identity: bool = False


@dataclass(frozen=True)
class ForwardPass:
    """The signal through the depth.

    Attributes:
        residual: whether the network has shortcuts.
        places: the stem and each block, in the order of the data.
    """

    residual: bool
    places: tuple[PlaceSignal, ...]

    @property
    def end_to_end(self) -> float:
        """The variance behind the last block over that behind the stem; nan where there is none."""
        return ratio(self.places[-1].output.variance, self.places[0].output.variance)

    @property
    def outcome(self) -> Literal["shrinks", "stays", "grows", "lost"]:
        """What becomes of the variance between the stem and the last block.

        "shrinks" below a tenth, "grows" above ten times or beyond float32; "lost" where there was none.
        """
        whole = self.end_to_end
        if math.isnan(whole):
            return "grows" if self.places[0].output.variance > 0 else "lost"
        return "shrinks" if whole < 0.1 else "grows" if whole > 10 else "stays"

    @property
    def stages(self) -> list[str]:
        """The stages that have blocks, in order."""
        return list(dict.fromkeys(place.stage for place in self.places if place.number))

    def growth(self, stage: str) -> float | None:
        """By how much the variance grows in an identity block of a stage, on the average, if there is one."""
        variances = (
            (before.output.variance, after.output.variance)
            for before, after in zip(self.places, self.places[1:], strict=False)
            if after.identity and after.stage == stage
        )
        return _mean(after - before for before, after in variances if math.isfinite(before + after))

    def added(self, stage: str) -> float | None:
        """The variance that branches of a stage’s identity blocks add, on the average, if there are any."""
        blocks = (place for place in self.places if place.identity and place.stage == stage)
        return _mean(place.branch.variance for place in blocks if place.branch)

    @property
    def odd_places(self) -> list[tuple[str, list[PlaceSignal]]]:
        """Blocks behind which the variance is no positive number, by what it is instead."""
        return not_positive(self.places[1:], lambda place: place.output.variance)


def ratio(over: float, under: float) -> float:
    """over / under; nan where under is zero or either is not finite."""
    if under == 0 or not math.isfinite(over) or not math.isfinite(under):
        return math.nan
    return over / under


def not_positive(items: Sequence[T], value: Callable[[T], float]) -> list[tuple[str, list[T]]]:
    """Items whose value is 0, infinite or not a number, by what it is in words: no figure leaves them out."""
    tests = ((0.0, lambda number: number == 0), (math.inf, math.isinf), (math.nan, math.isnan))
    found = [(scientific_text(odd), [item for item in items if is_so(value(item))]) for odd, is_so in tests]
    return [(words, some) for words, some in found if some]


def border_share(size: int, stride: int = 1) -> float:
    """The share of a 3×3 window that lies on the map and not on its padding of zeros, on the average.

    Over s × s places ((3s − 2) / 3s)², for the window leaves the map at both ends. By steps of 2 over 2s
    pixels it leaves it at the near end alone, where the floor leaves the padding at the far end unread:
    ((3s − 1) / 3s)². With Kaiming's weights and an input whose square is 1/2 on the average, so large is the
    variance of a convolution's output.

    Args:
        size: s.
        stride: 1, or 2 where the map is halved.
    """
    ends = 2 if stride == 1 else 1
    return ((3 * size - ends) / (3 * size)) ** 2


def layer_rows(found: Pair[BackwardPass]) -> list[Row]:
    """A row for each layer: the norms of both networks' gradients by its weights."""
    pairs = zip(found.plain.layers, found.residual.layers, strict=True)
    return [
        {"layer": a.number, "name": a.name, "stage": a.stage, "plain": a.norm, "residual": b.norm}
        for a, b in pairs
    ]


def block_rows(found: Pair[BackwardPass]) -> list[Row]:
    """A row for each block: the norms at its two ends, its factor, and its two parts."""
    return [
        {
            "network": "residual" if each.residual else "plain",
            "block": block.number,
            "name": block.name,
            "stage": block.stage,
            "gradient by output": block.out,
            "gradient by input": block.into,
            "factor": block.factor,
            "through shortcut": block.shortcut,
            "through branch": block.branch,
        }
        for each in found.both
        for block in each.blocks
    ]


def place_rows(found: Pair[ForwardPass]) -> list[Row]:
    """A row for each place: mean and variance of both networks, and what met at the addition."""
    return [
        {
            "block": a.number,
            "name": a.name,
            "stage": a.stage,
            "plain mean": a.output.mean,
            "plain variance": a.output.variance,
            "residual mean": b.output.mean,
            "residual variance": b.output.variance,
            "shortcut variance": b.shortcut.variance if b.shortcut else None,
            "branch variance": b.branch.variance if b.branch else None,
        }
        for a, b in zip(found.plain.places, found.residual.places, strict=True)
    ]


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return mean(known) if known else None
