"""Bottlenecks dilated instead of strided, as in backbones for segmentation: to know them by their norms.

No spec has them: a network of this library cannot be dilated.
"""

from __future__ import annotations

from typing import cast

from torch import nn

from resnet_explorer.model.resnet import ResNet


def dilate(network: ResNet, first: int) -> None:
    """Exchange the strides of the stages from `first` (0-based) on for dilation (torchvision's
    `replace_stride_with_dilation`).

    The first block of a stage keeps the dilation of the stage before, the others have its own, so that each
    weight meets the pixels that it met before.
    """
    dilation = 1
    for number, stage in enumerate(network.stages):
        before = dilation
        if number >= first:
            dilation *= 2
        for place, block in enumerate(cast(nn.Sequential, stage)):
            for conv in (module for module in block.modules() if isinstance(module, nn.Conv2d)):
                if number >= first:
                    conv.stride = (1, 1)
                if conv.kernel_size == (3, 3):
                    conv.dilation = conv.padding = (dilation, dilation) if place else (before, before)
