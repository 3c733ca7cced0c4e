"""Masked forward passes: how probable is the class without these pixels?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.predict import scores_by_batch
from resnet_explorer.explanation.target import Target, probability_of
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec

_MACS_AT_ONCE: Final = 4 * 10**9
_MOST_AT_ONCE: Final = 64

Mask = NDArray[np.bool_]
"""(H, W), true where a pixel is removed."""


@dataclass(frozen=True, eq=False)
class MaskedForward:
    """Forward passes of a photo whose pixels are removed by masks.

    Attributes:
        model: a network in evaluation mode, which is left as it is.
        tensor: (1, C, H, W), the photo as the network takes it.
        target: index of the class, or the kind, whose probability is measured.
        baseline: (1, C, H, W), what removed pixels become, as `baseline.baseline_photo` makes it.
        at_once: photos of one pass.
    """

    model: nn.Module
    tensor: Tensor
    target: Target
    baseline: Tensor
    at_once: int = 32

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.tensor.shape[2:]
        return height, width

    def masked(self, masks: NDArray[np.bool_]) -> Tensor:
        """The photo without the pixels of each mask: (N, H, W) → (N, C, H, W)."""
        return torch.where(torch.from_numpy(masks)[:, None], self.baseline, self.tensor)

    def probability(self) -> float:
        """Of the class or kind, for the whole photo."""
        return float(next(self._probabilities([self.tensor]))[0])

    def probabilities_without(self, masks: Iterable[Mask], total: int) -> Iterator[Step[NDArray[np.float64]]]:
        """The probability of the class without the pixels of each mask.

        Args:
            masks: are made as they are needed.
            total: how many there are.

        Yields:
            After each pass the probabilities so far; `done` counts photos.
        """
        waiting = iter(masks)
        batches = iter(lambda: list(islice(waiting, self.at_once)), [])
        for found in self._probabilities(self.masked(np.stack(batch)) for batch in batches):
            yield Step(len(found), total, found)

    def _probabilities(self, batches: Iterable[Tensor]) -> Iterator[NDArray[np.float64]]:
        def probability(logits: Tensor) -> Tensor:
            return probability_of(logits.double().softmax(dim=1), self.target)

        for found in scores_by_batch(self.model, batches, probability):
            yield found.cpu().numpy()


def photos_at_once(spec: ResNetSpec, size: tuple[int, int]) -> int:
    """How many photos make a pass of a fraction of a second on two cores."""
    return max(1, min(_MOST_AT_ONCE, _MACS_AT_ONCE // max(plan(spec, size).macs, 1)))
