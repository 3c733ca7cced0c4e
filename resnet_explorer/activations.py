"""What a photo becomes inside a network: the features behind the stem and behind every block.

No hooks: the walk calls the stem and the blocks itself. It hands out one output after the other and
keeps none, so that a network of 600 blocks needs no more memory than its largest map.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import cast

import torch
from torch import Tensor, nn

from resnet_explorer.feature_numbers import ChannelNumbers, Features
from resnet_explorer.feature_places import places
from resnet_explorer.module import ResNet
from resnet_explorer.plan import plan
from resnet_explorer.predictor import Prediction, check_input


@dataclass(frozen=True, eq=False)
class Survey:
    """All places of a network on one photo, in numbers.

    Attributes:
        numbers: of each place, in the order of `feature_places.places`.
        prediction: of the same pass; its time is that of everything.
    """

    numbers: tuple[ChannelNumbers, ...]
    prediction: Prediction


def activations(model: ResNet, tensor: Tensor) -> Iterator[Tensor]:
    """What leaves the stem and each block, (C, h, w), in the order of `feature_places.places`.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: for a tensor that the network does not take.
    """
    return (output[0] for output, _ in _walk(model, tensor))


def features_at(model: ResNet, tensor: Tensor, index: int) -> Features:
    """The features of one place, (C, h, w); what lies behind it is not computed.

    Args:
        model: a network in evaluation mode.
        tensor: (1, channels, H, W).
        index: of the place, 0 for the stem.

    Raises:
        ValueError: for a place that the network does not have, or a tensor it does not take.
    """
    last = sum(model.spec.depths)
    if not 0 <= index <= last:
        raise ValueError(f"place is {index}; 0 (the stem) to {last} (the last block) is allowed.")
    output = next(islice(activations(model, tensor), index, None))
    return cast(Features, output.clone(memory_format=torch.contiguous_format).numpy())


def survey(model: ResNet, tensor: Tensor) -> Survey:
    """One forward pass, every place of it in numbers.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: for a tensor that the network does not take, or where values grow beyond all bounds.
    """
    start = time.perf_counter()
    found: list[ChannelNumbers] = []
    for output, activated in _walk(model, tensor):
        found.append(_numbers(output[0], activated[0]))
    with torch.inference_mode():
        logits = model.head(output)[0]
    _check_finite(model, found)
    milliseconds = (time.perf_counter() - start) * 1000
    return Survey(tuple(found), Prediction(logits.clone(), milliseconds, str(logits.device)))


@torch.inference_mode()
def _walk(model: ResNet, tensor: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Each place's output, and what the next layer's ReLU lets through of it: (1, C, h, w) both."""
    check_input(model, tensor)
    blocks = [block for stage in model.stages for block in cast(nn.Sequential, stage)]
    output = model.stem(tensor)
    for block in blocks:
        yield output, _activated(model, block, output)
        output = block(output)
    yield output, _activated(model, None, output)


def _activated(model: ResNet, following: nn.Module | None, output: Tensor) -> Tensor:
    """The output itself, which a ReLU ends; pre-activated, what the next norm and ReLU make of it."""
    if model.spec.activation == "post":
        return output
    if following is None:
        return cast(Tensor, model.relu_last(model.bn_last(output)))
    return cast(Tensor, following.relu1(following.bn1(output)))  # type: ignore[operator]


def _numbers(output: Tensor, activated: Tensor) -> ChannelNumbers:
    values, behind = output.flatten(1), activated.flatten(1)  # (C, h·w)
    low, high = values.amin(dim=1), values.amax(dim=1)
    zeros = (behind == 0).sum(dim=1) / behind.shape[1]
    mean = values.mean(dim=1)
    return ChannelNumbers(mean.numpy(), low.numpy(), high.numpy(), zeros.numpy())


def _check_finite(model: ResNet, found: list[ChannelNumbers]) -> None:
    bad = next((index for index, each in enumerate(found) if not abs(each.largest) < float("inf")), None)
    if bad is not None:
        words = places(plan(model.spec, model.spec.natural_size))[bad].words
        raise ValueError(f"The values at {words} leave the range of float32, so there is nothing to draw.")
