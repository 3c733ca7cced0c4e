"""The question that the tests put to a network again and again: how sure is it without these pixels?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torchvision.transforms.functional import gaussian_blur

from resnet_explorer.plan import plan
from resnet_explorer.progress import Step
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.target import Target, probability_of

Fill = Literal["mean", "blur"]
FILLS: Final[tuple[Fill, ...]] = get_args(Fill)
"""What takes the place of removed pixels: the mean colour of the training photos, or the photo blurred."""

BLUR: Final = 1 / 16
"""Deviation of the blur as a share of the side: 2 pixels of 32, 14 of 224."""

_MACS_AT_ONCE: Final = 4 * 10**9
_MOST_AT_ONCE: Final = 64

Mask = NDArray[np.bool_]
"""(H, W), true where a pixel is removed."""


@dataclass(frozen=True, eq=False)
class Probe:
    """A photo before a network, and what its pixels become when they are removed.

    Attributes:
        model: a network in evaluation mode, which is left as it is.
        tensor: (1, C, H, W), the photo as the network takes it.
        target: index of the class, or the kind, whose probability is asked.
        blank: (1, C, H, W), as `blank` makes it.
        at_once: photos of one pass.
    """

    model: nn.Module
    tensor: Tensor
    target: Target
    blank: Tensor
    at_once: int = 32

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.tensor.shape[2:]
        return height, width

    def masked(self, masks: NDArray[np.bool_]) -> Tensor:
        """The photo without the pixels of each mask: (N, H, W) → (N, C, H, W)."""
        return torch.where(torch.from_numpy(masks)[:, None], self.blank, self.tensor)

    def probability(self) -> float:
        """Of the class or kind, for the whole photo."""
        return float(self._probabilities(self.tensor)[0])

    def without(self, masks: Iterable[Mask], total: int) -> Iterator[Step[NDArray[np.float64]]]:
        """The probability of the class without the pixels of each mask.

        Args:
            masks: are made as they are needed.
            total: how many there are.

        Yields:
            After each pass the probabilities so far; `done` counts photos.
        """
        waiting, found = iter(masks), np.empty(0)
        while some := list(islice(waiting, self.at_once)):
            found = np.concatenate([found, self._probabilities(self.masked(np.stack(some)))])
            yield Step(len(found), total, found)

    def _probabilities(self, photos: Tensor) -> NDArray[np.float64]:
        with torch.inference_mode():
            answers = probability_of(self.model(photos).double().softmax(dim=1), self.target)
        return np.asarray(answers.cpu().numpy(), dtype=np.float64)


def blank(tensor: Tensor, fill: Fill) -> Tensor:
    """What removed pixels become: (1, C, H, W) of the same size.

    The mean colour is 0 after the normalisation. The blur keeps the colours and loses the shapes (Fong and
    Vedaldi 2017, section 4.1; Petsiuk et al. 2018, section 4.3, begin their insertion with one).
    """
    if fill == "mean":
        return torch.zeros_like(tensor)
    height, width = tensor.shape[2:]
    deviation = max(BLUR * min(height, width), 0.5)
    reach = min(round(3 * deviation), min(height, width) - 1)  # its reflection must lie inside the photo
    blurred: Tensor = gaussian_blur(tensor, [2 * reach + 1, 2 * reach + 1], [deviation, deviation])
    return blurred


def photos_at_once(spec: ResNetSpec, size: tuple[int, int]) -> int:
    """How many photos make a pass of a fraction of a second on two cores."""
    return max(1, min(_MOST_AT_ONCE, _MACS_AT_ONCE // max(plan(spec, size).macs, 1)))
