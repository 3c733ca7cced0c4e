"""A class and a contrast class: where there is more evidence for the one than for the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.target import members_of

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.explanation.activations_and_gradients import StagePass


@dataclass(frozen=True, eq=False)
class Contrast:
    """The signed maps of a class and a contrast class, by one method at one stage.

    Attributes:
        map: (h, w), of the class.
        contrast_map: (h, w), of the contrast class.
        logits: of the class and of the contrast class.
    """

    map: Tensor
    contrast_map: Tensor
    logits: tuple[float, float]

    @cached_property
    def difference(self) -> Tensor:
        """(h, w), above 0 where there is more for the class than for the contrast class."""
        return self.map - self.contrast_map

    @cached_property
    def extent(self) -> float:
        """The largest value of the three, without its sign: the end of the scale that they share."""
        return max(float(each.abs().max()) for each in (self.map, self.contrast_map, self.difference))

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
        """By how much the class's logit is above that of the contrast class."""
        return self.logits[0] - self.logits[1]


def contrast(result: StagePass, contrast_result: StagePass, stage: int, method: str) -> Contrast:
    """Compare the signed maps of two passes.

    A signed map is linear in the gradient for Grad-CAM and HiResCAM, so that there the difference is the
    map of the difference of the two logits.

    Args:
        result: a pass for the class, over all stages from the stem on.
        contrast_result: a pass of the same input for the contrast class.
        stage: 0 for the stem, n for stage n.
        method: a key of `cam.ONE_PASS`.

    Raises:
        ValueError: for a kind, or a method that is none of one pass.
    """
    passes = (result, contrast_result)
    one, other = (evidence(each.outputs[stage], method).signed_map for each in passes)
    return Contrast(one, other, (_logit(result), _logit(contrast_result)))


def _logit(result: StagePass) -> float:
    if not isinstance(result.target, int):
        raise ValueError(t("Two classes are compared by their logits; a kind has none."))
    return float(result.prediction.logits[result.target])


def contrast_class_of(result: StagePass) -> int:
    """The default contrast class: the most probable one but those that the pass is for.

    Raises:
        ValueError: for a network that knows no other.
    """
    ours = members_of(result.target)
    for index, _ in result.prediction.top(len(ours) + 1):
        if index not in ours:
            return index
    raise ValueError(t("The network knows no other class: there is none to compare it with."))


def place_in_words(row: int, column: int, height: int, width: int) -> str:
    """Which ninth of a map a cell is in."""
    return _NINTHS[3 * row // height][3 * column // width]


_NINTHS: Final = (
    (msg("upper left"), msg("upper middle"), msg("upper right")),
    (msg("middle left"), msg("centre"), msg("middle right")),
    (msg("lower left"), msg("lower middle"), msg("lower right")),
)
