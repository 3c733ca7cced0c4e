"""Integrated Gradients: what each pixel adds on the way from a picture without content to the photo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.predict import check_input, scores_by_batch
from resnet_explorer.explanation.score_cam import images_in_batch
from resnet_explorer.explanation.target import Target, check_target, score_of
from resnet_explorer.model.resnet import ResNet

MORE_FOR_GRADIENTS: Final = 4
"""Times the images of a batch without gradients: the way back gains by larger batches."""
STEPS: Final = 50
"""Points on the path, as captum's default."""


@dataclass(frozen=True, eq=False)
class PathIntegral:
    """The integral along the path, and what it should sum to.

    Attributes:
        attributions: (channels, H, W), signed.
        score: for the photo: the class's logit, or the kind's probability.
        baseline_score: the same where the path begins.
        steps: points on the path.
    """

    attributions: Tensor
    score: float
    baseline_score: float
    steps: int

    @property
    def signed_map(self) -> Tensor:
        """(H, W), the channels of each pixel added up."""
        return self.attributions.sum(dim=0)

    @property
    def total(self) -> float:
        """The sum of all attributions."""
        return float(self.attributions.sum(dtype=torch.float64))

    @property
    def difference(self) -> float:
        """What the total would be were the integral exact: completeness (proposition 1)."""
        return self.score - self.baseline_score


def integrated_gradients(
    model: ResNet, tensor: Tensor, target: Target, steps: int = STEPS
) -> Iterator[Step[PathIntegral]]:
    """Integrated Gradients from zero, batch by batch of the path (Sundararajan, Taly & Yan 2017).

    x ∘ ∫₀¹ ∇F(α x) dα (equation 1 with the baseline x' = 0), F the class's logit or the kind's probability.
    Instead of the sum of equation 3 over even steps, the integral is taken by Gauss and Legendre's rule, as
    captum does, which gets nearer with as many points. Zero in the input is the mean colour of the training
    images, grey without content; or black, for a network that subtracts no mean.

    Args:
        model: a network in evaluation mode; no parameter gets a `.grad`.
        tensor: x, (1, channels, H, W), normalised.
        target: index of the class, or a kind.
        steps: points on the path.

    Returns:
        Steps, the last with the answer: a part of the path attributes nothing that is of use.

    Raises:
        ValueError: for a class or kind that the network has not, a tensor that it does not take, or no steps.
    """
    check_input(model, tensor)
    check_target(target, model.spec.num_classes)
    if steps < 1:
        raise ValueError(t("steps is {steps}; at least 1 is needed.").format(steps=steps))
    return _steps(model, tensor, target, steps)


def _steps(model: ResNet, tensor: Tensor, target: Target, steps: int) -> Iterator[Step[PathIntegral]]:
    height, width = tensor.shape[2:]
    most = MORE_FOR_GRADIENTS * images_in_batch(height, width, model.spec)
    nodes, weights = np.polynomial.legendre.leggauss(steps)  # on −1…1, the weights sum to 2
    alphas, shares = (torch.from_numpy(each).to(tensor.dtype) for each in ((nodes + 1) / 2, weights / 2))
    size = -(-steps // -(-steps // most))  # batches as even as can be
    batches = list(zip(alphas.split(size), shares.split(size), strict=True))
    gradient = torch.zeros_like(tensor)
    for number, (points, parts) in enumerate(batches, start=1):
        gradient = gradient + _weighed_gradient(model, tensor, target, points, parts)
        if number < len(batches):
            yield Step(number, len(batches))
    ends = torch.cat([tensor, torch.zeros_like(tensor)])
    score, baseline_score = next(scores_by_batch(model, [ends], lambda logits: score_of(logits, target)))
    answer = PathIntegral((gradient * tensor)[0], float(score), float(baseline_score), steps)
    yield Step(len(batches), len(batches), answer)


def _weighed_gradient(
    model: ResNet, tensor: Tensor, target: Target, alphas: Tensor, shares: Tensor
) -> Tensor:
    """Σ_i w_i ∇F(α_i x), for points α and shares w: (1, channels, H, W)."""
    with torch.inference_mode(False), torch.enable_grad():
        inputs = (alphas.view(-1, 1, 1, 1) * tensor.detach().clone()).requires_grad_()
        total = (score_of(model(inputs), target) * shares.clone()).sum()
        (gradients,) = torch.autograd.grad(total, inputs)
    return gradients.sum(dim=0, keepdim=True)
