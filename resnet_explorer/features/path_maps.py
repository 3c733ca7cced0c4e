"""One map for each box on the path of the feature map: what a photo becomes there, in one picture.

It is the mean of the box's channels, or the one channel that speaks most for a class: the largest sum over
its cells of activation × gradient of the class's logit. That sum is what the channel adds to the logit, to
first order (Molchanov et al. 2017, section 2.2, rank channels by its size). At the last stage of a
post-activated network, before average pooling and one linear layer, it is exactly W[class] · mean
activation (Zhou et al. 2016).

What stands in the box of a convolution or pooling of the stem is what the next box reads: behind its norm
and ReLU. No hooks: the walk calls the layers of the stem, and then the stages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.explanation.predict import beyond_float32, check_input
from resnet_explorer.explanation.target import check_target
from resnet_explorer.features.statistics import Values
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.plan import plan


@dataclass(frozen=True, eq=False)
class BoxMap:
    """The map of one box.

    Attributes:
        key: of the box, as `architecture.feature_maps` has it.
        values: (h, w).
        channel: which channel it is; None for the mean of all.
        share: what the channel adds to the logit of the class, to first order; 0 for the mean.
    """

    key: str
    values: Values
    channel: int | None = None
    share: float = 0.0


def mean_maps(model: ResNet, tensor: Tensor) -> tuple[BoxMap, ...]:
    """The mean of the channels of every box.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W), of any height and width that the network can be run at.

    Raises:
        ValueError: for a tensor that the network does not take, or where values grow beyond all bounds.
    """
    check_input(model, tensor)
    with torch.inference_mode():
        found = [BoxMap(key, _numpy(x[0].mean(dim=0))) for key, x in _boxes(model, tensor)]
    return _checked(found)


def speaking_maps(model: ResNet, tensor: Tensor, target: int) -> tuple[BoxMap, ...]:
    """Of every box, the channel that speaks most for a class.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W), of any height and width that the network can be run at.
        target: index of the class.

    Raises:
        ValueError: for a tensor or class that the network does not take, or values beyond all bounds.
    """
    check_input(model, tensor)
    check_target(target, model.spec.num_classes)
    outputs: dict[str, Tensor] = {}
    with torch.inference_mode(False), torch.enable_grad():
        for key, x in _boxes(model, tensor):
            if not outputs:  # the first box: gradients are asked for from here on
                x.detach_().requires_grad_()
            outputs[key] = x
        logit = model.head(x)[0, target]
        gradients = torch.autograd.grad(logit, list(outputs.values()))
    found = []
    for (key, x), gradient in zip(outputs.items(), gradients, strict=True):
        shares = (x.detach() * gradient)[0].sum(dim=(1, 2))  # (C,)
        channel = int(shares.argmax())
        found.append(BoxMap(key, _numpy(x.detach()[0, channel]), channel, float(shares[channel])))
    return _checked(found)


def _boxes(model: ResNet, x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """The boxes between the image and the head: their keys, and what is in them, (1, C, h, w)."""
    records = plan(model.spec)
    key = ""
    for layer in records.stem.layers:
        if layer.kind in ("conv", "maxpool"):
            if key:
                yield key, x
            key = layer.name
        x = model.get_submodule(layer.name)(x)
    yield key, x
    for stage, module in zip(records.stages, model.stages, strict=True):
        x = module(x)
        yield stage.name, x


def _numpy(values: Tensor) -> Values:
    copied: Values = values.to(torch.float32).clone(memory_format=torch.contiguous_format).numpy()
    return copied


def _checked(found: list[BoxMap]) -> tuple[BoxMap, ...]:
    bad = next((each.key for each in found if not np.isfinite(each.values).all()), None)
    if bad is not None:
        raise beyond_float32(bad)
    return tuple(found)
