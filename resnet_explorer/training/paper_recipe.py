"""The paper's recipe for CIFAR-10, for plain and residual networks alike (He et al. 2015, section 4.2).

SGD with momentum, a rate that is divided by ten at a half and at three quarters of the training, images
that are padded, cropped and mirrored; no warm-up, no label smoothing, no averages. (The paper warms its
110 layers up, at a rate of 0.01 until the training error is below 80 %; here they are trained like the rest.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from resnet_explorer.network.spec import ResNetSpec, preset

Kind = Literal["plain", "residual"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
DEPTHS: Final = (20, 32, 44, 56, 110)
"""The paper's depths, but for 1202."""
DROPS: Final = (1 / 2, 3 / 4)
"""Where the rate is divided by ten: 32,000 and 48,000 of the paper's 64,000 iterations."""


def network(kind: Kind, depth: int) -> ResNetSpec:
    """The paper's network for CIFAR-10: with shortcuts of option A, or the same layers without."""
    residual = preset(f"resnet{depth}_cifar")
    return residual if kind == "residual" else residual.with_(shortcut="none")


def run_name(kind: Kind, depth: int) -> str:
    """What a network of the study is called, in keys and files: "plain-56"."""
    return f"{kind}-{depth}"


@dataclass(frozen=True)
class PaperRecipe:
    """All that decides a run, but for the network and the images.

    Attributes:
        epochs: passes over the training images; the paper's 64,000 steps of 128 images are 164.
        batch_size: images a step.
        rate: the learning rate at the start.
        momentum: of SGD.
        weight_decay: on all parameters.
        side: pixels of the images' sides; larger ones are shrunk by whole factors. The paper's are 32.
        precision: of convolutions and products.
        seed: of the initial weights, the order, the crops and the mirror images.
    """

    epochs: int = 164
    batch_size: int = 128
    rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 1e-4
    side: int = 32
    precision: Literal["float32", "bfloat16"] = "float32"
    seed: int = 0

    @property
    def padding(self) -> int:
        """Pixels added on each side before the crop: the paper's 4 for 32 pixels, in proportion."""
        return max(1, self.side // 8)

    def rate_at(self, progress: float) -> float:
        """The learning rate at a part of the run, from 0 to 1."""
        return self.rate * 0.1 ** sum(progress >= drop for drop in DROPS)


@dataclass(frozen=True)
class PaperEpoch:
    """What an epoch came to: a row of the log.

    Attributes:
        epoch: from 1.
        rate: the learning rate at its beginning.
        train_loss: cross-entropy, the mean over the epoch's batches as they were trained on.
        train_error: the part of those images that was answered wrongly, from 0 to 1.
        test_loss: cross-entropy of the test images after the epoch.
        test_error: the part of the test images that is answered wrongly, from 0 to 1.
    """

    epoch: int
    rate: float
    train_loss: float
    train_error: float
    test_loss: float
    test_error: float
