"""How the gradient of a loss comes back through a plain and a residual network, measured by autograd.

The forward pass keeps the input of each block and nothing else. The backward pass runs the blocks once more,
last to first, and asks `torch.autograd.grad` for the gradients of each: the same numbers as in one
backward pass through the whole, with the graph of one block at a time. No hooks, and no parameter gets a
`.grad`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.depth.config import DepthConfig
from resnet_explorer.labs.depth.measure import measure
from resnet_explorer.labs.depth.passes import BackwardPass, BlockGradient, LayerGradient, Pair
from resnet_explorer.model.block_parts import all_blocks, bypass, is_preactivated
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import HEAD, STEM
from resnet_explorer.network.plan import plan


def measure_gradient(config: DepthConfig) -> Iterator[Step[Pair[BackwardPass]]]:
    """The gradient through the plain and the residual network of a config.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    return measure(config, backward_pass, passes=2)


def backward_pass(
    model: ResNet, images: Tensor, labels: Tensor, seen: Callable[[Tensor], None] = lambda _: None
) -> Iterator[BackwardPass | None]:
    """One pass forward and one back: None after each block of either, then the gradients.

    Args:
        model: a network in training mode.
        images: (N, channels, H, W).
        labels: (N,).
        seen: called on the way forward with what leaves the stem and each block.
    """
    blocks = all_blocks(model)
    per_block = len(_convs(blocks[0]))
    records = plan(model.spec, (images.shape[2], images.shape[3])).blocks
    with torch.no_grad():
        x = model.stem(images)
    seen(x)
    inputs = []
    for block in blocks:
        inputs.append(x)
        with torch.no_grad():
            x = block(x)
        seen(x)
        yield None

    loss, gradient, head = _through_head(model, x, labels)
    layers = [LayerGradient("fc", HEAD, per_block * len(blocks) + 2, head)]
    found: list[BlockGradient] = []
    for number in range(len(blocks), 0, -1):
        record, out = records[number - 1], _norm(gradient)
        gradient, parts, convs = _through_block(blocks[number - 1], inputs.pop(), gradient)
        found.append(BlockGradient(record.name, record.stage, number, _norm(gradient), out, *parts))
        layers += [
            LayerGradient(
                f"{record.name}.conv{conv}", record.stage, per_block * (number - 1) + conv + 1, norm
            )
            for conv, norm in reversed(list(enumerate(convs, start=1)))
        ]
        yield None
    with torch.enable_grad():
        stem = cast(nn.Conv2d, model.conv1).weight
        (by_weights,) = torch.autograd.grad(model.stem(images), [stem], gradient)
    layers.append(LayerGradient("conv1", STEM, 1, _norm(by_weights)))
    yield BackwardPass(model.spec.shortcut != "none", loss, tuple(layers[::-1]), tuple(found[::-1]))


def _through_head(model: ResNet, x: Tensor, labels: Tensor) -> tuple[float, Tensor, float]:
    """The loss, its gradient by the last block's output, and the norm of that by the weights of fc."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        loss = F.cross_entropy(model.head(x), labels)
        by_output, by_weights = torch.autograd.grad(loss, [x, cast(nn.Linear, model.fc).weight])
    return loss.item(), by_output, _norm(by_weights)


def _through_block(
    block: nn.Module, x: Tensor, gradient: Tensor
) -> tuple[Tensor, tuple[float | None, float | None], list[float]]:
    """The gradient through one block.

    The gradient by the addition goes to the shortcut as it is: that is the 1 in "1 plus something" (He et
    al. 2016, eq. 5). After the addition of a post-activation block stands a ReLU, which lets the gradient
    through where its output is positive.

    Returns:
        The gradient by the input; the norms of what came through the shortcut and through the branch; the
        norms by the weights of its convolutions.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        y = block(x)
        by_input, *by_weights = torch.autograd.grad(y, [x, *_convs(block)], gradient)
        norms = [_norm(each) for each in by_weights]
        if block.plain:
            return by_input, (None, None), norms
        through = gradient if is_preactivated(block) else gradient * (y.detach() > 0)
        shortcut = bypass(block, x)
        if shortcut is not x:
            (through,) = torch.autograd.grad(shortcut, x, through)
    return by_input, (_norm(through), _norm(by_input - through)), norms


def _convs(block: nn.Module) -> list[Tensor]:
    """The weights of a block's convolutions, but for a projection's."""
    names = [name for name, _ in block.named_children() if name.startswith("conv")]
    return [cast(nn.Conv2d, getattr(block, name)).weight for name in names]


def _norm(tensor: Tensor) -> float:
    """Euclidean, in float64, so that squares of small numbers do not vanish."""
    return float(torch.linalg.vector_norm(tensor.detach(), dtype=torch.float64))
