"""What a live comparison of two trainings depends on: nothing else decides its curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from resnet_explorer.i18n import t
from resnet_explorer.labs.setting import SHALLOWEST, Setting
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.training.paper_recipe import Kind, PaperEpoch, PaperRecipe

DEEPEST: Final = 110
MOST_EPOCHS: Final = 200
LAST_SEED: Final = 9999
PHOTOS: Final = 1000
"""Test photos of CIFAR-10 that ship."""
LEARNT: Final = 800
"""Of those, how many are trained on; the others test."""
RECIPE: Final = PaperRecipe(batch_size=64, side=16)
"""The study's, with smaller batches, because 800 photos make few of the paper's 128."""


@dataclass(frozen=True)
class Fighter:
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
        if not SHALLOWEST <= self.depth <= DEEPEST or (self.depth - 2) % 6:
            raise ValueError(
                f"depth is {self.depth}; 6n + 2 from {SHALLOWEST} to {DEEPEST} is allowed: 8, 14, 20 …"
            )
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind is {self.kind!r}; plain or residual is allowed.")

    @property
    def spec(self) -> ResNetSpec:
        """The network, of width 16."""
        return Setting(depth=self.depth, width=16).spec(self.kind == "residual")

    @property
    def name(self) -> str:
        """What people read."""
        return f"{t(self.kind)} {self.depth}"


@dataclass(frozen=True)
class Duel:
    """Two networks, trained on the same batches.

    Attributes:
        first: one of them.
        second: the other; it may be the same, with the same curve.
        epochs: passes over the photos, of each.
        seed: of both networks' first values, the order, the crops and the mirror images.
    """

    first: Fighter
    second: Fighter
    epochs: int
    seed: int = 0

    @property
    def fighters(self) -> tuple[Fighter, Fighter]:
        """Both."""
        return self.first, self.second


@dataclass(frozen=True)
class Fought:
    """How far both are: what their epochs came to."""

    first: tuple[PaperEpoch, ...]
    second: tuple[PaperEpoch, ...]

    @property
    def logs(self) -> tuple[tuple[PaperEpoch, ...], tuple[PaperEpoch, ...]]:
        """Both."""
        return self.first, self.second
