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

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.predict import Prediction, beyond_float32, check_input
from resnet_explorer.features.places import places
from resnet_explorer.features.statistics import ChannelStatistics, Features
from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan


@dataclass(frozen=True, eq=False)
class ActivationStatistics:
    """The statistics of all places of a network on one photo.

    Attributes:
        places: of each place, in the order of the data (`places`).
        prediction: of the same pass; its time is that of everything.
    """

    places: tuple[ChannelStatistics, ...]
    prediction: Prediction


def activations(model: ResNet, tensor: Tensor) -> Iterator[Tensor]:
    """What leaves the stem and each block, (C, h, w), in the order of `places`.

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
        raise ValueError(
            t("place is {index}; 0 (the stem) to {last} (the last block) is allowed.").format(
                index=index, last=last
            )
        )
    output = next(islice(activations(model, tensor), index, None))
    return cast(Features, output.clone(memory_format=torch.contiguous_format).numpy())


def activation_statistics(model: ResNet, tensor: Tensor) -> ActivationStatistics:
    """One forward pass, and the statistics of every place of it.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: for a tensor that the network does not take, or where values grow beyond all bounds.
    """
    start = time.perf_counter()
    found = []
    for output, activated in _walk(model, tensor):
        found.append(_statistics(output[0], activated[0]))
    with torch.inference_mode():
        logits = model.head(output)[0]
    _check_finite(model, found)
    milliseconds = (time.perf_counter() - start) * 1000
    return ActivationStatistics(tuple(found), Prediction(logits.clone(), milliseconds, str(logits.device)))


@torch.inference_mode()
def _walk(model: ResNet, tensor: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Each place's output, and what the next layer's ReLU lets through of it: (1, C, h, w) both."""
    check_input(model, tensor)
    output = model.stem(tensor)
    for block in all_blocks(model):
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


def _statistics(output: Tensor, activated: Tensor) -> ChannelStatistics:
    values, behind = output.flatten(1), activated.flatten(1)  # (C, h·w)
    zeros = (behind == 0).sum(dim=1) / behind.shape[1]
    parts = (values.mean(dim=1), values.amin(dim=1), values.amax(dim=1), zeros)
    return ChannelStatistics(*(part.numpy() for part in parts))


def _check_finite(model: ResNet, found: list[ChannelStatistics]) -> None:
    bad = next((index for index, each in enumerate(found) if not abs(each.largest) < float("inf")), None)
    if bad is not None:
        raise beyond_float32(places(plan(model.spec, model.spec.natural_size))[bad].words)
