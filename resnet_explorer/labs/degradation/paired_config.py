"""What a paired training depends on: nothing else decides its curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, get_args

from resnet_explorer.common.i18n import t
from resnet_explorer.labs.depth.config import DepthConfig, check_depth
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.training.paper_recipe import Kind, PaperEpoch, PaperRecipe

DEEPEST: Final = 110
MOST_EPOCHS: Final = 200
LAST_SEED: Final = 9999
PHOTOS: Final = 1000
"""Test photos of CIFAR-10 that ship."""
LEARNT: Final = 800
"""Of those, how many are trained on; the others test."""
RECIPE: Final = PaperRecipe(batch_size=64, side=16)
"""The paper's, with smaller batches, because 800 photos make few of 128, and small photos, for time."""

PairedLogs = tuple[tuple[PaperEpoch, ...], tuple[PaperEpoch, ...]]
"""What the epochs of both networks came to so far."""
Running = tuple[tuple[float, float], ...]
"""Of the epoch that is under way: how many epochs are done, in parts; the training error of its batches."""


class PairedTraining(NamedTuple):
    """How far a paired training is.

    Attributes:
        logs: of the epochs that are done.
        running: of each network, a point for each batch of the epoch that is under way.
    """

    logs: PairedLogs = ((), ())
    running: tuple[Running, Running] = ((), ())


@dataclass(frozen=True)
class PairedNetwork:
    """A network that is trained: the paper's for CIFAR-10, with its shortcuts or without.

    Attributes:
        kind: plain or residual.
        depth: layers, 6n + 2.

    Raises:
        ValueError: in one sentence, for a depth that there is not.
    """

    kind: Kind
    depth: int

    def __post_init__(self) -> None:
        check_depth(self.depth, DEEPEST)
        if self.kind not in get_args(Kind):
            raise ValueError(t("kind is {kind!r}; plain or residual is allowed.").format(kind=self.kind))

    @property
    def spec(self) -> ResNetSpec:
        """The network, of width 16."""
        return DepthConfig(depth=self.depth, width=16).spec(self.kind == "residual")

    @property
    def name(self) -> str:
        """What people read."""
        return f"{t(self.kind)} {self.depth}"


@dataclass(frozen=True)
class PairedConfig:
    """Two networks, trained on the same batches.

    Attributes:
        networks: both; they may be the same, with the same curve.
        epochs: passes over the photos, of each.
        seed: of both networks' initial weights, the order, the crops and the mirror images.
    """

    networks: tuple[PairedNetwork, PairedNetwork]
    epochs: int
    seed: int = 0
