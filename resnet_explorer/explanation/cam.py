"""Class activation maps: where the evidence for a class or a kind is, by several readings of it.

Those of one pass read the same two things, a stage's output A (C, h, w) and the gradient G of the score by
it, and differ in how they weigh the one by the other. The score of a class is its logit, that of a kind its
probability (`target`). Score-CAM asks the network about each channel (`score_cam`), and Integrated Gradients
about a path of inputs (`integrated_gradients`). None is normalised: the unit of a map is that of the score,
except where a method's own weights have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import msg
from resnet_explorer.common.text import unknown

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.explanation.activations_and_gradients import StageOutput


PIXELS: Final = -1
"""In the place of a stage's number: the input, which is before the stem."""


@dataclass(frozen=True)
class Method:
    """A way to read a map.

    Attributes:
        name: what people call it.
        claim: what it says, in a sentence.
        source: the paper.
        place: where in the paper.
        of_pixels: whether its map is of the input's pixels, and not of a stage's output.
        one_sided: whether it weighs by nothing negative, so that only what is negative in the stage's
            output could speak against a class.
    """

    name: str
    claim: str
    source: str
    place: str
    of_pixels: bool = False
    one_sided: bool = False

    @property
    def citation(self) -> str:
        """Its name with its paper, as a caption has it: "Grad-CAM (Selvaraju et al. 2017)"."""
        return f"{self.name} ({self.source})"


@dataclass(frozen=True, eq=False)
class Evidence:
    """A map.

    Attributes:
        signed_map: (h, w), the evidence for the class less the evidence against it.
        stage: whose output was read; `PIXELS` for the input itself.
        negative: whether the map keeps the negative evidence, against the class.
    """

    signed_map: Tensor
    stage: int
    negative: bool = False

    @cached_property
    def map(self) -> Tensor:
        """(h, w), ≥ 0: the positive part of the signed map or, of negative evidence, its negative part."""
        return (-self.signed_map if self.negative else self.signed_map).relu()

    @cached_property
    def peak(self) -> float:
        """The largest value of the map."""
        return float(self.map.max())

    @property
    def is_empty(self) -> bool:
        """Whether the map is zero everywhere: no evidence for the class here, and that is a result."""
        return self.peak == 0.0


def evidence(output: StageOutput, method: str = "gradcam", *, negative: bool = False) -> Evidence:
    """The map of a stage: the evidence for the class, or the negative evidence.

    Args:
        output: the stage, of a pass for the class.
        method: a key of `ONE_PASS`.
        negative: whether to keep the negative part instead of the positive one, with its sign turned.

    Raises:
        ValueError: for a method that is none, or that needs more than a pass.
    """
    if method not in ONE_PASS:
        raise unknown(msg("{name!r} is no method of one pass; there are {listed}."), method, ONE_PASS)
    return Evidence(_SIGNED_MAPS[method](output.features, output.gradient), output.stage, negative)


def _grad_cam(features: Tensor, gradient: Tensor) -> Tensor:
    """Σ_k α_k A^k, α_k the mean of the gradient over the pixels (equations 1 and 2, before the ReLU)."""
    alpha = gradient.mean(dim=(1, 2), keepdim=True)  # (C, 1, 1)
    return (alpha * features).sum(dim=0)


def _grad_cam_plus_plus(features: Tensor, gradient: Tensor) -> Tensor:
    """Σ_k w_k A^k with w_k = Σ_ij α_ij ReLU(G_ij) and α = G² / (2 G² + ΣA G³) (equations 7 and 19)."""
    square, total = gradient**2, features.sum(dim=(1, 2), keepdim=True)
    below = 2 * square + total * gradient**3
    alpha = (square / below).where(below != 0, 0)
    weights = (alpha * gradient.relu()).sum(dim=(1, 2), keepdim=True)
    return (weights * features).sum(dim=0)


def _hires_cam(features: Tensor, gradient: Tensor) -> Tensor:
    """Σ_k G^k ∘ A^k: each pixel by its own gradient (equation 4)."""
    return (gradient * features).sum(dim=0)


def _layer_cam(features: Tensor, gradient: Tensor) -> Tensor:
    """Σ_k ReLU(G^k) ∘ A^k: each pixel by the positive part of its own gradient (equations 4 and 5)."""
    return (gradient.relu() * features).sum(dim=0)


_SIGNED_MAPS: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "gradcam": _grad_cam,
    "gradcampp": _grad_cam_plus_plus,
    "hirescam": _hires_cam,
    "layercam": _layer_cam,
}
"""(A, G) → (h, w), the evidence for the class less the evidence against it."""

METHODS: Final[Mapping[str, Method]] = {
    "gradcam": Method(
        "Grad-CAM",
        msg(
            "Weighs each channel by its mean gradient: which channels speak for the class, and where "
            "they fire."
        ),
        "Selvaraju et al. 2017",
        msg("equations 1 and 2"),
    ),
    "gradcampp": Method(
        "Grad-CAM++",
        msg(
            "Weighs the pixels of a channel before it averages them: several small objects count as "
            "one large."
        ),
        "Chattopadhay et al. 2018",
        msg("equations 7 and 19"),
        one_sided=True,
    ),
    "hirescam": Method(
        "HiResCAM",
        msg(
            "Multiplies each pixel by its own gradient: what it marks is what this stage put into the logit, "
            "to first order."
        ),
        "Draelos & Carin 2020",
        msg("equation 4"),
    ),
    "layercam": Method(
        "Layer-CAM",
        msg("Multiplies each pixel by the positive part of its own gradient: finer maps at early stages."),
        "Jiang et al. 2021",
        msg("equations 4 and 5"),
        one_sided=True,
    ),
    "scorecam": Method(
        "Score-CAM",
        msg(
            "Shows the network only what a channel marks, and weighs the channel by the logit that is left: "
            "no gradients, but a forward pass for each channel."
        ),
        "Wang et al. 2020",
        msg("section 3"),
        one_sided=True,
    ),
    "integrated": Method(
        "Integrated Gradients",
        msg(
            "Sums the gradient by every pixel on the way from zeros, to most networks the mean colour, to "
            "the photo: the pixels share out the difference of the two logits."
        ),
        "Sundararajan, Taly & Yan 2017",
        msg("equations 1 and 3"),
        of_pixels=True,
    ),
}
"""The methods, by the key that stands in links; what computes each is in `_SIGNED_MAPS` or `MULTI_PASS`."""

ONE_PASS: Final = {key: METHODS[key] for key in _SIGNED_MAPS}
"""The methods that read what one pass gives for all stages and that `evidence` knows."""
