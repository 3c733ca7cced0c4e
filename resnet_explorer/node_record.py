"""What is known of one box of the graph, in the reader's words."""

from __future__ import annotations

from resnet_explorer.diagram import INPUT, names_text
from resnet_explorer.plan import Block, Layer, Plan, Shape, shape_text
from resnet_explorer.tables import count_text, window_text

SHORTCUT_WORDS = {
    "identity": "identity shortcut (solid)",
    "projection": "projection shortcut (dashed)",
    "zero_pad": "zero-padding shortcut (dashed)",
    "none": "no shortcut",
}
_KIND_WORDS = {
    "conv": "convolution",
    "norm": "batch norm",
    "relu": "ReLU",
    "maxpool": "max-pool",
    "zero_pad": "zeros appended",
    "add": "addition",
    "avgpool": "average pool",
    "fc": "fully connected",
}


def node_record(plan: Plan, name: str, count: int = 1) -> str:
    """One line of Markdown about a block or a layer: shapes, costs, and its shortcut with the reason.

    Args:
        plan: the network.
        name: the block's, or the layer's, or "input".
        count: how many blocks the box stands for; the first is described, and their sum given.

    Raises:
        ValueError: if the network has no layer or block of that name.
    """
    if name == INPUT:
        return f"**input** · {shape_text(plan.input_shape)}"
    for block in plan.blocks:
        if block.name == name:
            return _block_record(plan, block, count)
    for layer in plan.layers:
        if layer.name == name:
            return _layer_record(layer)
    raise ValueError(f"{name!r} is no layer and no block of this network.")


def _block_record(plan: Plan, block: Block, count: int) -> str:
    at = plan.blocks.index(block)
    names = names_text([run.name for run in plan.blocks[at : at + count]])
    each = " each" if count > 1 else ""
    parts = [
        f"**{names}**" + (f" ×{count}" if count > 1 else ""),
        f"{block.kind} block of {block.stage}",
        _way(block.in_shape, block.out_shape),
        f"{block.params:,} parameters{each}",
        f"{count_text(block.macs)} MACs{each}",
    ]
    if count > 1:
        parts.append(f"together {count * block.params:,} and {count_text(count * block.macs)}")
    parts.append(f"{SHORTCUT_WORDS[block.shortcut]}: {block.shortcut_reason}")
    return " · ".join(parts)


def _layer_record(layer: Layer) -> str:
    parts = [f"**{layer.name}**", " ".join((_KIND_WORDS[layer.kind], window_text(layer))).strip()]
    parts.append(_way(layer.in_shape, layer.out_shape))
    if layer.params:
        parts.append(f"{layer.params:,} parameters")
    if layer.macs:
        parts.append(f"{count_text(layer.macs)} MACs")
    if not layer.params:
        parts.append("no parameters")
    return " · ".join(parts)


def _way(source: Shape, target: Shape) -> str:
    return f"{shape_text(source)} → {shape_text(target)}"
