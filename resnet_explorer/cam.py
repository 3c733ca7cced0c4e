"""Class activation maps: where the evidence for a class or a kind is, by six readings of it.

Four read the same two things of one pass, a stage's output A (C, h, w) and the gradient G of the score by it,
and differ in how they weigh the one by the other. The score of a class is its logit, that of a kind its
probability (`target`). Score-CAM asks the network about each channel (`score_cam`), and Integrated Gradients
about a path of inputs (`integrated_gradients`). None is normalised: the unit of a map is that of the score,
except where a method's own weights have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.stage_pass import StageOutput


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
        needs: what it asks of the network: one "pass" forward and back for all stages; a forward pass
            for each of a stage's "channels"; or a "path" of inputs, for a map of the input's pixels.
        one_sided: whether it weighs by nothing negative, so that only what is negative in the stage's
            output could speak against a class.
    """

    name: str
    claim: str
    source: str
    place: str
    needs: Literal["pass", "channels", "path"] = "pass"
    one_sided: bool = False


@dataclass(frozen=True, eq=False)
class Evidence:
    """A map.

    Attributes:
        balance: (h, w), what speaks for the class less what speaks against it.
        stage: whose output was read; `PIXELS` for the input itself.
        against: whether the map keeps what speaks against the class.
    """

    balance: Tensor
    stage: int
    against: bool = False

    @cached_property
    def map(self) -> Tensor:
        """(h, w), one side of the balance: the positive part or, against, the negative one, as ≥ 0."""
        return (-self.balance if self.against else self.balance).relu()

    @cached_property
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
        method: a key of `ONE_PASS`.
        against: whether to keep the negative part instead of the positive one, with its sign turned.

    Raises:
        ValueError: for a method that is none, or that needs more than a pass.
    """
    if method not in ONE_PASS:
        raise ValueError(f"{method!r} is no method of one pass; there are {', '.join(ONE_PASS)}.")
    return Evidence(_BALANCES[method](output.features, output.gradient), output.stage, against)


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


_BALANCES: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "gradcam": _grad_cam,
    "gradcampp": _grad_cam_plus_plus,
    "hirescam": _hires_cam,
    "layercam": _layer_cam,
}
"""(A, G) → (h, w), what speaks for the class less what speaks against it."""

METHODS: Final[Mapping[str, Method]] = {
    "gradcam": Method(
        "Grad-CAM",
        "Weighs each channel by its mean gradient: which channels speak for the class, and where they fire.",
        "Selvaraju et al. 2017",
        "equations 1 and 2",
    ),
    "gradcampp": Method(
        "Grad-CAM++",
        "Weighs the pixels of a channel before it averages them: several small objects count as one large.",
        "Chattopadhay et al. 2018",
        "equations 7 and 19",
        one_sided=True,
    ),
    "hirescam": Method(
        "HiResCAM",
        "Multiplies each pixel by its own gradient: what it marks is what this stage put into the logit, "
        "to first order.",
        "Draelos & Carin 2020",
        "equation 4",
    ),
    "layercam": Method(
        "Layer-CAM",
        "Multiplies each pixel by the positive part of its own gradient: finer maps at early stages.",
        "Jiang et al. 2021",
        "equations 4 and 5",
        one_sided=True,
    ),
    "scorecam": Method(
        "Score-CAM",
        "Shows the network only what a channel marks, and weighs the channel by the logit that is left: "
        "no gradients, but a forward pass for each channel.",
        "Wang et al. 2020",
        "section 3",
        needs="channels",
        one_sided=True,
    ),
    "integrated": Method(
        "Integrated Gradients",
        "Sums the gradient by every pixel on the way from the mean colour to the photo: the pixels share "
        "out the difference of the two logits.",
        "Sundararajan, Taly & Yan 2017",
        "equations 1 and 3",
        needs="path",
    ),
}
"""The methods, by the key that stands in links."""

ONE_PASS: Final = {key: method for key, method in METHODS.items() if method.needs == "pass"}
"""The methods that read what one pass gives for all stages and that `evidence` knows."""
