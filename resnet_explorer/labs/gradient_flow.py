"""How the gradient of a loss comes back through a plain and a residual network, measured by autograd.

The way forward keeps the input of each block and nothing else. The way back runs the blocks once more,
last to first, and asks `torch.autograd.grad` for the gradients of each: the same numbers as in one
backward pass through the whole, with the graph of one block at a time. No hooks, and no parameter gets a
`.grad`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_explorer.labs.blocks import all_blocks, is_preactivated
from resnet_explorer.labs.gradient_numbers import BlockGradient, Flow, LayerGradient
from resnet_explorer.labs.networks import batch, network
from resnet_explorer.labs.setting import Setting
from resnet_explorer.module import BasicBlock, ResNet
from resnet_explorer.plan import HEAD, STEM, plan
from resnet_explorer.progress import Step

PIECES: Final = 12
"""About so many pieces of work each way through a network."""


@dataclass(frozen=True)
class Flows:
    """Both networks under one setting."""

    plain: Flow
    residual: Flow


def gradient_flow(setting: Setting) -> Iterator[Step[Flows]]:
    """The gradient's way through the plain and the residual network of a setting, piece by piece.

    Raises:
        ValueError: where the sample photos cannot be had.
    """
    images, labels = batch(setting)
    size = max(1, setting.blocks // PIECES)
    each = 2 * -(-setting.blocks // size)
    total, done = 2 * each + 1, 0
    found: list[Flow] = []
    for residual in (False, True):
        model = network(setting, residual)
        for flow in flow_through(model, images, labels, size):
            done += 1
            if flow is not None:
                found.append(flow)
            else:
                yield Step(done, total)
        done -= 1  # the piece that brought the flow is counted with the next
    yield Step(total, total, Flows(*found))


def flow_through(model: ResNet, images: Tensor, labels: Tensor, size: int = 1) -> Iterator[Flow | None]:
    """One way forward and back. None after each `size` blocks of either way, and the flow at the end.

    Args:
        model: a network of basic blocks in training mode.
        images: (N, channels, H, W).
        labels: (N,).
        size: blocks in a piece.
    """
    blocks = cast("list[BasicBlock]", all_blocks(model))
    records = plan(model.spec, (images.shape[2], images.shape[3])).blocks
    inputs, x = [], _without_graph(model.stem, images)
    for start in range(0, len(blocks), size):
        for block in blocks[start : start + size]:
            inputs.append(x)
            x = _without_graph(block, x)
        yield None

    loss, gradient, head = _head_back(model, x, labels)
    weights = [LayerGradient("fc", HEAD, 2 * len(blocks) + 2, head)]
    found: list[BlockGradient] = []
    for number in range(len(blocks), 0, -1):
        record, out = records[number - 1], _norm(gradient)
        gradient, parts, convs = _block_back(blocks[number - 1], inputs.pop(), gradient)
        found.append(BlockGradient(record.name, record.stage, number, _norm(gradient), out, *parts))
        weights += [
            LayerGradient(f"{record.name}.conv{conv}", record.stage, 2 * number - 1 + conv, norm)
            for conv, norm in ((2, convs[1]), (1, convs[0]))
        ]
        if (len(blocks) - number + 1) % size == 0 or number == 1:
            yield None
    weights.append(LayerGradient("conv1", STEM, 1, _stem_back(model, images, gradient)))
    yield Flow(model.spec.shortcut != "none", loss, tuple(weights[::-1]), tuple(found[::-1]))


def _without_graph(module: nn.Module | object, x: Tensor) -> Tensor:
    with torch.no_grad():
        return cast(Tensor, module(x))  # type: ignore[operator]


def _head_back(model: ResNet, x: Tensor, labels: Tensor) -> tuple[float, Tensor, float]:
    """The loss, its gradient by the last block's output, and the norm of that by the weights of fc."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        loss = F.cross_entropy(model.head(x), labels)
        by_output, by_weights = torch.autograd.grad(loss, [x, cast(nn.Linear, model.fc).weight])
    return loss.item(), by_output, _norm(by_weights)


def _block_back(
    block: BasicBlock, x: Tensor, gradient: Tensor
) -> tuple[Tensor, tuple[float | None, float | None], tuple[float, float]]:
    """One block's way back.

    The gradient by the addition goes to the shortcut as it is: that is the 1 in "1 plus something" (He et
    al. 2016, eq. 5). After the addition of a post-activation block stands a ReLU, which lets the gradient
    through where its output is positive.

    Returns:
        The gradient by the input; the norms of what came through the shortcut and through the branch; the
        norms by the weights of the two convolutions.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        y = block(x)
        convs = [cast(nn.Conv2d, conv).weight for conv in (block.conv1, block.conv2)]
        by_input, first, second = torch.autograd.grad(y, [x, *convs], gradient)
        norms = (_norm(first), _norm(second))
        if block.plain:
            return by_input, (None, None), norms
        through = gradient if is_preactivated(block) else gradient * (y.detach() > 0)
        if block.downsample is not None:
            (through,) = torch.autograd.grad(block.downsample(x), x, through)
    return by_input, (_norm(through), _norm(by_input - through)), norms


def _stem_back(model: ResNet, images: Tensor, gradient: Tensor) -> float:
    with torch.enable_grad():
        (by_weights,) = torch.autograd.grad(
            model.stem(images), [cast(nn.Conv2d, model.conv1).weight], gradient
        )
    return _norm(by_weights)


def _norm(tensor: Tensor) -> float:
    """Euclidean, in float64, so that squares of small numbers do not vanish."""
    return float(torch.linalg.vector_norm(tensor.detach(), dtype=torch.float64))
