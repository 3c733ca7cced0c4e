"""Score-CAM: show the network what each channel marks, and ask how much of the class is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from resnet_explorer.module import ResNet
from resnet_explorer.predictor import check_input
from resnet_explorer.progress import Step
from resnet_explorer.stage_pass import check_stage
from resnet_explorer.target import Target, check_target, score_of

BATCH_PIXELS: Final = 4 * 224 * 224
"""Pixels of a batch: on a processor, larger ones are no faster by the image and leave its cache."""
MOST_IMAGES: Final = 64


def images_in_batch(height: int, width: int) -> int:
    """How many images of a size to run at once."""
    return max(1, min(MOST_IMAGES, BATCH_PIXELS // (height * width)))


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
    features = _features(model, tensor, stage)  # (C, h, w)
    batches = features.split(images_in_batch(*tensor.shape[2:]))
    scores = features.new_empty(0)
    for number, channels in enumerate(batches, start=1):
        scores = torch.cat([scores, _scores(model, tensor, channels, target)])
        weights = scores.softmax(dim=0)
        balance = torch.einsum("c,chw->hw", weights, features[: len(weights)])
        yield Step(number, len(batches), balance)


@torch.no_grad()
def _features(model: ResNet, tensor: Tensor, stage: int) -> Tensor:
    x = model.stem(tensor)
    for each in model.stages[:stage]:
        x = each(x)
    return x[0].contiguous()


@torch.no_grad()
def _scores(model: ResNet, tensor: Tensor, channels: Tensor, target: Target) -> Tensor:
    """The class's logit, or the kind's probability, under each channel (n, h, w) as a mask: (n,)."""
    size = (tensor.shape[2], tensor.shape[3])
    masks = interpolate(channels.unsqueeze(1), size, mode="bilinear", align_corners=True)  # (n, 1, H, W)
    low, high = masks.amin(dim=(2, 3), keepdim=True), masks.amax(dim=(2, 3), keepdim=True)
    masks = (masks - low) / (high - low + 1e-8)  # a channel that is even shows nothing
    logits: Tensor = model(tensor * masks)
    return score_of(logits, target)
