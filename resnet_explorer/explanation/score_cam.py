"""Score-CAM: mask the input by each channel, and weigh the channel by the score that is left of the class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.activations_and_gradients import check_stage
from resnet_explorer.explanation.predict import check_input, scores_by_batch
from resnet_explorer.explanation.target import Target, check_target, score_of
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.budget import images_together
from resnet_explorer.network.spec import ResNetSpec

BATCH_PIXELS: Final = 4 * 224 * 224
"""Pixels of a batch: on a processor, larger ones are no faster by the image and leave its cache."""
MOST_IMAGES: Final = 64


def images_in_batch(height: int, width: int, spec: ResNetSpec | None = None) -> int:
    """How many images of a size to run at once, through a network if it is told."""
    return min(MOST_IMAGES, images_together(height, width, BATCH_PIXELS, spec))


def score_cam(model: ResNet, tensor: Tensor, stage: int, target: Target) -> Iterator[Step[Tensor]]:
    """Score-CAM of a stage, batch by batch of its channels (Wang et al. 2020, section 3, algorithm 1).

    Each channel A^k of the stage's output is enlarged to the input X, brought to 0…1 (equation 5) and
    multiplied with X; the class's logit for that is the channel's score (equation 4; the logit of the
    baseline, the same for all, leaves the softmax). The map is Σ_k α_k A^k with α the softmax over the
    scores (equation 6), before the ReLU.

    Args:
        model: a network in evaluation mode; it is only run, without gradients.
        tensor: X, (1, channels, H, W), normalised.
        stage: 0 for the stem, n for stage n.
        target: index of the class, or a kind, whose score is its probability.

    Returns:
        Steps whose answer is the sum (h, w) over the channels so far, the weights a softmax over these.

    Raises:
        ValueError: for a stage, class or kind that the network does not have, or a tensor it does not take.
    """
    check_input(model, tensor)
    check_stage(model, stage)
    check_target(target, model.spec.num_classes)
    return _steps(model, tensor, stage, target)


def _steps(model: ResNet, tensor: Tensor, stage: int, target: Target) -> Iterator[Step[Tensor]]:
    with torch.no_grad():
        features = model.stage_outputs(tensor)[stage][0].contiguous()  # (C, h, w)
    size = (tensor.shape[2], tensor.shape[3])
    batches = features.split(images_in_batch(*size, model.spec))
    inputs = (tensor * _masks(channels, size) for channels in batches)
    found = scores_by_batch(model, inputs, lambda logits: score_of(logits, target))
    for number, scores in enumerate(found, start=1):
        signed = torch.einsum("c,chw->hw", scores.softmax(dim=0), features[: len(scores)])
        yield Step(number, len(batches), signed)


def _masks(channels: Tensor, size: tuple[int, int]) -> Tensor:
    """Channels (n, h, w) at the size of the input, each brought to 0…1 (equation 5): (n, 1, H, W)."""
    masks = interpolate(channels.unsqueeze(1), size, mode="bilinear", align_corners=True)
    low, high = masks.amin(dim=(2, 3), keepdim=True), masks.amax(dim=(2, 3), keepdim=True)
    return (masks - low) / (high - low + 1e-8)  # a channel that is even shows nothing
