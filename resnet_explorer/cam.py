"""Class activation maps: where at a stage the evidence for a class is, by four readings of it.

All read the same two things of one pass, a stage's output A (C, h, w) and the gradient G of the class's
logit by it, and differ in how they weigh the one by the other. None is normalised: the unit of a map is
that of the logits, except where a method's own weights have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.stage_pass import StageOutput


@dataclass(frozen=True)
class Method:
    """A way to read a map from a stage.

    Attributes:
        name: what people call it.
        claim: what it says, in a sentence.
        source: the paper.
        balance: (A, G) → (h, w), what speaks for the class less what speaks against it.
    """

    name: str
    claim: str
    source: str
    balance: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A map.

    Attributes:
        map: (h, w), 0 where there is none.
        stage: whose output was read.
    """

    map: Tensor
    stage: int

    @property
    def peak(self) -> float:
        """The largest value of the map."""
        return float(self.map.max())

    @property
    def is_empty(self) -> bool:
        """Whether the map is zero everywhere: nothing speaks for the class here, and that is an answer."""
        return self.peak == 0.0


def evidence(output: StageOutput, method: str = "gradcam", *, against: bool = False) -> Evidence:
    """The map of a stage: what speaks for the class or, if asked, what speaks against it.

    Args:
        output: the stage, of a pass for the class.
        method: a key of `METHODS`.
        against: whether to keep the negative part instead of the positive one, with its sign turned.

    Raises:
        ValueError: for a method that is none.
    """
    if method not in METHODS:
        raise ValueError(f"{method!r} is no method; there are {', '.join(METHODS)}.")
    balance = METHODS[method].balance(output.features, output.gradient)
    return Evidence((-balance if against else balance).relu(), output.stage)


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


METHODS: Final[Mapping[str, Method]] = {
    "gradcam": Method(
        "Grad-CAM",
        "Weighs each channel by its mean gradient: which channels speak for the class, and where they fire.",
        "Selvaraju et al. 2017",
        _grad_cam,
    ),
    "gradcampp": Method(
        "Grad-CAM++",
        "Weighs the pixels of a channel before it averages them: several small objects count as one large.",
        "Chattopadhay et al. 2018",
        _grad_cam_plus_plus,
    ),
    "hirescam": Method(
        "HiResCAM",
        "Multiplies each pixel by its own gradient: what it marks is what this stage put into the logit, "
        "to first order.",
        "Draelos & Carin 2020",
        _hires_cam,
    ),
    "layercam": Method(
        "Layer-CAM",
        "Multiplies each pixel by the positive part of its own gradient: finer maps at early stages.",
        "Jiang et al. 2021",
        _layer_cam,
    ),
}
"""The methods that need one pass, by the key that stands in links."""
