"""What a built block consists of: its branch f(x) and its shortcut, whichever kind of block it is."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from resnet_explorer.model.resnet import (
    BasicBlock,
    Bottleneck,
    PreActBasicBlock,
    PreActBottleneck,
    ResNet,
    ZeroPadShortcut,
)


def all_blocks(model: ResNet) -> list[nn.Module]:
    """The blocks of all stages, first to last."""
    return [block for stage in model.stages for block in cast(nn.Sequential, stage)]


def is_preactivated(block: nn.Module) -> bool:
    """Whether nothing follows the block's addition."""
    return isinstance(block, PreActBasicBlock | PreActBottleneck)


def branch(block: nn.Module, x: Tensor) -> Tensor:
    """f(x): what the block adds to its shortcut."""
    block = cast("Bottleneck", block)  # a basic block has all that is asked of it here
    if is_preactivated(block):
        y = block.conv1(block.relu1(block.bn1(x)))
        y = block.conv2(block.relu2(block.bn2(y)))
        return cast(Tensor, block.conv3(block.relu3(block.bn3(y))) if isinstance(block, Bottleneck) else y)
    y = block.bn2(block.conv2(block.relu1(block.bn1(block.conv1(x)))))
    return cast(Tensor, block.bn3(block.conv3(block.relu2(y))) if isinstance(block, Bottleneck) else y)


def bypass(block: nn.Module, x: Tensor) -> Tensor:
    """What the shortcut brings: x itself, x with zeros added, or its projection.

    Where a plain block has none, x itself.
    """
    block = cast("BasicBlock", block)
    if block.downsample is None:
        return x
    if is_preactivated(block) and not isinstance(block.downsample, ZeroPadShortcut):
        x = block.relu1(block.bn1(x))  # a projection reads the activated input (He et al. 2016, section 4)
    return cast(Tensor, block.downsample(x))


def has_shortcut(block: nn.Module) -> bool:
    """Whether anything is added to the branch."""
    return not cast("BasicBlock", block).plain


def after_addition(block: nn.Module, total: Tensor) -> Tensor:
    """What leaves the block: the sum behind the block's last ReLU or, pre-activated, the sum itself.

    The sum stays as it is, also in a network whose own ReLUs write over what they read (`fold_batch_norm`).
    """
    return total if is_preactivated(block) else total.relu()
