"""Two classes held against each other: where a map speaks more for the one than for the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from resnet_explorer.cam import evidence
from resnet_explorer.target import members_of

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.stage_pass import StagePass


@dataclass(frozen=True, eq=False)
class Contrast:
    """The maps of two classes by one method at one stage, each with what is for and against.

    Attributes:
        ours: (h, w), the balance of the class.
        theirs: (h, w), the balance of its rival.
        logits: of the class and of its rival.
    """

    ours: Tensor
    theirs: Tensor
    logits: tuple[float, float]

    @cached_property
    def difference(self) -> Tensor:
        """(h, w), above 0 where there is more for the class than for its rival."""
        return self.ours - self.theirs

    @cached_property
    def extent(self) -> float:
        """The largest value of the three, without its sign: the end of the scale that they share."""
        return max(float(each.abs().max()) for each in (self.ours, self.theirs, self.difference))

    @cached_property
    def largest(self) -> tuple[int, int]:
        """Row and column of the cell of the largest difference, of either sign."""
        row, column = divmod(int(self.difference.abs().argmax()), self.difference.shape[1])
        return row, column

    @property
    def total(self) -> float:
        """The difference over all cells."""
        return float(self.difference.sum())

    @property
    def lead(self) -> float:
        """By how much the class's logit is above that of its rival."""
        return self.logits[0] - self.logits[1]


def contrast(ours: StagePass, theirs: StagePass, stage: int, method: str) -> Contrast:
    """Hold the maps of two passes against each other.

    A balance is linear in the gradient for Grad-CAM and HiResCAM, so that there the difference is the
    map of the difference of the two logits.

    Args:
        ours: a pass for the class, over all stages from the stem on.
        theirs: a pass of the same input for its rival.
        stage: 0 for the stem, n for stage n.
        method: a key of `cam.ONE_PASS`.

    Raises:
        ValueError: for a kind.
    """
    mine, other = (evidence(each.outputs[stage], method).balance for each in (ours, theirs))
    return Contrast(mine, other, (_logit(ours), _logit(theirs)))


def _logit(result: StagePass) -> float:
    if not isinstance(result.target, int):
        raise ValueError("Two classes are held against each other by their logits; a kind has none.")
    return float(result.prediction.logits[result.target])


def rival_of(result: StagePass) -> int:
    """The most probable class but those that the pass is for.

    Raises:
        ValueError: for a network that knows no other.
    """
    ours = members_of(result.target)
    for index, _ in result.prediction.top(len(ours) + 1):
        if index not in ours:
            return index
    raise ValueError("The network knows no other class: there is none to hold against it.")


def place_in_words(row: int, column: int, height: int, width: int) -> str:
    """Which ninth of a map a cell is in."""
    return _NINTHS[3 * row // height][3 * column // width]


_NINTHS: Final = (
    ("upper left", "upper middle", "upper right"),
    ("middle left", "centre", "middle right"),
    ("lower left", "lower middle", "lower right"),
)
