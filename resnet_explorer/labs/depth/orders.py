"""A thousand layers in two orders: norm and ReLU behind the convolutions, or before them. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from resnet_explorer.common.i18n import t
from resnet_explorer.labs.depth.findings import arrives
from resnet_explorer.labs.depth.passes import BackwardPass, ForwardPass, Pair
from resnet_explorer.network.spec import Activation, ResNetSpec, preset

DEPTHS: Final = (29, 110, 164, 326, 1001)
"""9n + 2: three convolutions a bottleneck, three stages; He et al. 2016 have 110, 164 and 1,001."""
ORDERS: Final[tuple[Activation, Activation]] = ("post", "pre")
STEPS: Final = 30
"""Of a training, unless told."""
MOST_STEPS: Final = 300
BATCH: Final = 16
RATE: Final = 0.01
"""Of the first 400 steps of the paper's (He et al. 2016, appendix: a warm-up)."""
WIDEST: Final = 8
MOST_IMAGES: Final = 16
ALIKE: Final = 2.0
"""Times, up to which two gradients are called about the same."""
Losses = tuple[tuple[float, ...], tuple[float, ...]]
"""Cross-entropy of each batch so far, before its step: post-activation, pre-activation."""


@dataclass(frozen=True)
class OrdersConfig:
    """Two networks of bottlenecks that differ in the order of norm and ReLU alone, and a batch.

    Attributes:
        depth: layers, 9n + 2.
        width: channels of stage 1 inside a bottleneck; the paper's is 16.
        count: images of the batch that is measured.
        seed: of the weights, the crops and the labels.
        steps: of the training.

    Raises:
        ValueError: for a depth that is not among `DEPTHS`.
    """

    depth: int = 1001
    width: int = 4
    count: int = 4
    seed: int = 0
    steps: int = STEPS

    def __post_init__(self) -> None:
        if self.depth not in DEPTHS:
            raise ValueError(
                t("depth is {depth}; {listed} are allowed.").format(
                    depth=self.depth, listed=", ".join(map(str, DEPTHS))
                )
            )

    @property
    def blocks(self) -> int:
        """Of all stages."""
        return (self.depth - 2) // 3

    def spec(self, order: Activation) -> ResNetSpec:
        """The pre-activation network of He et al. 2016, or its post-activation twin."""
        paper = preset("resnet1001_preact_cifar")
        return paper.with_(depths=(self.blocks // 3,) * 3, width=self.width, activation=order)


@dataclass(frozen=True)
class Orders:
    """What was measured at the start: the post-activation network as the first of each pair."""

    signal: Pair[ForwardPass]
    gradient: Pair[BackwardPass]


def steadier(found: Orders) -> Literal["post", "pre", "same"]:
    """Which network's gradient is nearer to its size when it arrives at the first block."""
    post, pre = (_change(each) for each in found.gradient.both)
    if abs(post - pre) <= math.log(ALIKE):
        return "same"
    return "post" if post < pre else "pre"


def orders_finding(found: Orders) -> str:
    """What arrives at the first block of both networks, in a sentence."""
    words = t("Back at the first block the gradient is {post} post-activation, {pre} pre-activation.")
    post, pre = map(arrives, found.gradient.both)
    return words.format(post=post, pre=pre)


def losses_finding(losses: Losses) -> str:
    """What the first steps came to, in a sentence of Markdown; none before a step of both."""
    if not all(losses):
        return ""
    words = t(
        "In {steps} steps the loss was **{a:.1f} to {b:.1f}** post-activated, **{c:.1f} to {d:.1f}** "
        "pre-activated; guessing among ten gives {guessing:.1f}."
    )
    (a, b), (c, d) = ((min(values), max(values)) for values in losses)
    return words.format(steps=len(losses[1]), a=a, b=b, c=c, d=d, guessing=math.log(10))


def _change(found: BackwardPass) -> float:
    whole = found.end_to_end
    return abs(math.log(whole)) if 0 < whole < math.inf else math.inf
