"""What one layer of a network reads and writes on one photo, and what is made of that within its block.

No hooks: the modules are called in the order of the plan's records, so that threads may share a network.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from resnet_explorer.explanation.predict import check_input
from resnet_explorer.features.statistics import Features
from resnet_explorer.inside.arithmetic import Following, LayerValues, Norm
from resnet_explorer.inside.map_origin import following, window_layer
from resnet_explorer.model.block_parts import all_blocks
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.layers import Block, Layer, Plan
from resnet_explorer.network.plan import plan


@torch.inference_mode()
def layer_values(model: ResNet, tensor: Tensor, name: str) -> LayerValues:
    """Run a network up to a layer, and on to where the layer's branch or shortcut ends.

    Args:
        model: a network in evaluation mode with its values as they are stored; it may be shared by threads.
        tensor: (1, channels, H, W).
        name: of the layer: a convolution or the max-pool, as the plan calls it.

    Raises:
        ValueError: for a layer that the network does not have, or a tensor that it does not take.
    """
    check_input(model, tensor)
    p = plan(model.spec, (tensor.shape[-2], tensor.shape[-1]))
    layer = window_layer(p, name)
    read, written, shortcut = _section_values(model, p, layer, tensor)
    module = model.get_submodule(name)
    weight = bias = None
    if isinstance(module, nn.Conv2d):
        weight = _array(module.weight)
        bias = None if module.bias is None else _array(module.bias)
    after = tuple(
        Following(
            each,
            _array(written[each.name][0]),
            shortcut=_array(shortcut[0]) if each.kind == "add" and shortcut is not None else None,
            norm=_norm(model.get_submodule(each.name)) if each.kind == "norm" else None,
        )
        for each in following(p, layer)
    )
    return LayerValues(p, layer, _array(read[name][0]), _array(written[name][0]), weight, bias, after)


Values = dict[str, Tensor]
"""(1, C, h, w) by the layer's name."""


def _section_values(
    model: ResNet, p: Plan, layer: Layer, tensor: Tensor
) -> tuple[Values, Values, Tensor | None]:
    """What each layer of the stem or of the layer's block reads and writes, and what its shortcut brings."""
    if layer.block is None:
        read, written = _in_a_row(model, p.stem.layers, tensor)
        return read, written, None
    x = model.stem(tensor)
    for record, block in zip(p.blocks, all_blocks(model), strict=True):
        if record.name == layer.block:
            return _block_values(model, record, x)
        x = block(x)
    raise AssertionError(f"{layer.block} is in the plan and not in the network.")


def _in_a_row(model: ResNet, layers: tuple[Layer, ...], x: Tensor) -> tuple[Values, Values]:
    read, written = {}, {}
    for layer in layers:
        read[layer.name] = x
        written[layer.name] = x = model.get_submodule(layer.name)(x)
    return read, written


def _block_values(model: ResNet, block: Block, x: Tensor) -> tuple[Values, Values, Tensor | None]:
    branch = tuple(each for each in block.layers if not each.on_shortcut)
    last = next((place for place, each in enumerate(branch) if each.kind == "add"), len(branch))
    read, written = _in_a_row(model, branch[:last], x)
    if last == len(branch):
        return read, written, None
    on_shortcut = tuple(each for each in block.layers if each.on_shortcut)
    # A pre-activated projection reads the activated input (He et al. 2016, section 4).
    is_projection = any(each.kind == "conv" for each in on_shortcut)
    tap = written.get(f"{block.name}.relu1", x) if block.preactivation and is_projection else x
    projected, brought = _in_a_row(model, on_shortcut, tap)
    shortcut = brought[on_shortcut[-1].name] if on_shortcut else x
    addition = branch[last]
    total = written[branch[last - 1].name] + shortcut
    end = _in_a_row(model, branch[last + 1 :], total)
    return read | projected | end[0], written | brought | {addition.name: total} | end[1], shortcut


def _norm(module: nn.Module) -> Norm:
    assert isinstance(module, nn.BatchNorm2d)
    parts = (module.running_mean, module.running_var, module.weight, module.bias)
    mean, variance, gamma, beta = (_array(cast(Tensor, part)) for part in parts)
    return Norm(mean, variance, gamma, beta, module.eps)


def _array(tensor: Tensor) -> Features:
    """A copy that the network does not share."""
    return cast(Features, tensor.detach().clone(memory_format=torch.contiguous_format).numpy())
