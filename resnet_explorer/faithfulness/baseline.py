"""Baselines: what the pixels become that a test removes. Torch is loaded when one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown

if TYPE_CHECKING:
    from torch import Tensor

BLUR: Final = 1 / 16
"""Deviation of the blur as a share of the side: 2 pixels of 32, 14 of 224."""


@dataclass(frozen=True)
class Baseline:
    """A photo that removed pixels are taken from.

    Attributes:
        name: what people call it.
        photo: makes it: the photo as the network takes it (1, C, H, W) → the same size.
    """

    name: str
    photo: Callable[[Tensor], Tensor]


def _mean_colour(tensor: Tensor) -> Tensor:
    """0 to the network: the mean colour of the training photos, or black where no mean is subtracted."""
    return tensor.new_zeros(tensor.shape)


def _blurred(tensor: Tensor) -> Tensor:
    """The photo blurred: the colours stay, the shapes go (Fong and Vedaldi 2017, section 4.1).

    Petsiuk et al. 2018, section 4.3, begin their insertion with one.
    """
    from torchvision.transforms.functional import gaussian_blur

    height, width = tensor.shape[2:]
    deviation = max(BLUR * min(height, width), 0.5)
    reach = min(round(3 * deviation), min(height, width) - 1)  # its reflection must lie inside the photo
    blurred: Tensor = gaussian_blur(tensor, [2 * reach + 1, 2 * reach + 1], [deviation, deviation])
    return blurred


BASELINES: Final[Mapping[str, Baseline]] = {
    "mean": Baseline(msg("Mean colour"), _mean_colour),
    "blur": Baseline(msg("Blurred photo"), _blurred),
}
"""The baselines, by the key that stands in links."""


def baseline_name(baseline: str, mean: Sequence[float]) -> str:
    """What people call a baseline, before a network that subtracts a mean from photos.

    Args:
        baseline: a key of `BASELINES`.
        mean: of each channel; where it is 0, as after torchvision's ToTensor alone, 0 is black.
    """
    return t("Black") if baseline == "mean" and not any(mean) else t(BASELINES[baseline].name)


def baseline_photo(tensor: Tensor, baseline: str) -> Tensor:
    """What the removed pixels of a photo become.

    Args:
        tensor: (1, C, H, W), the photo as the network takes it.
        baseline: a key of `BASELINES`.

    Returns:
        A photo of the same size.

    Raises:
        ValueError: for a baseline that there is not.
    """
    if baseline not in BASELINES:
        raise unknown(msg("{name!r} is no baseline; there are {listed}."), baseline, BASELINES)
    return BASELINES[baseline].photo(tensor)
