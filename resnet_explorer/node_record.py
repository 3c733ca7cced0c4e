"""What is known of one box or one line of the graph, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import prod

from resnet_explorer.diagram import INPUT, INTO, SHORTCUT, Edge, cells, edges, names_text
from resnet_explorer.plan import Block, Layer, Plan, Shape, shape_text
from resnet_explorer.tables import BYTES_PER_NUMBER, bytes_text, count_text, window_text

SHORTCUT_WORDS = {
    "identity": "identity shortcut (solid)",
    "projection": "projection shortcut (dashed)",
    "zero_pad": "zero-padding shortcut (dashed)",
    "none": "no shortcut",
}
_LINE_WORDS = {
    "identity": "solid: identity",
    "projection": "dashed: projection",
    "zero_pad": "dashed: zero padding",
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


def node_record(plan: Plan, name: str, count: int = 1, by_layer: bool = False) -> str:
    """One line of Markdown about a part: shapes, costs, and of a shortcut why it is solid or dashed.

    Args:
        plan: the network.
        name: the block's, or the layer's, or "input", or the key of a line (`diagram.Edge`).
        count: how many blocks the part stands for; the first is described, and their sum given.
        by_layer: whether a line is meant as it is drawn layer by layer: by blocks, the stem's
            convolution is followed by its pooling.

    Raises:
        ValueError: if the network has no layer, block or line of that name.
    """
    if name.endswith(SHORTCUT):
        return _shortcut_record(plan, name, count)
    if name.endswith(INTO):
        return _line_record(plan, name, by_layer)
    if name == INPUT:
        return f"**input** · {shape_text(plan.input_shape)}"
    for block in plan.blocks:
        if block.name == name:
            return _block_record(plan, block, count)
    for layer in plan.layers:
        if layer.name == name:
            return _layer_record(layer)
    raise _unknown(name)


def parts(plan: Plan) -> frozenset[str]:
    """All that has a record: the names of the boxes, and the keys of the lines between them."""
    boxes = {INPUT, *(block.name for block in plan.blocks), *(layer.name for layer in plan.layers)}
    shortcuts = {block.name + SHORTCUT for block in plan.blocks if block.shortcut != "none"}
    bypass = {layer.name for layer in plan.layers if layer.role.startswith("downsample")}
    return frozenset(boxes | shortcuts | {name + INTO for name in boxes - bypass - {INPUT}})


def kind_text(layer: Layer) -> str:
    """What a layer is: "convolution 3×3, stride 2", "batch norm"."""
    return " ".join((_KIND_WORDS[layer.kind], window_text(layer))).strip()


def _unknown(name: str) -> ValueError:
    return ValueError(f"{name!r} is no layer and no block of this network.")


def _line_record(plan: Plan, key: str, by_layer: bool) -> str:
    """What flows from one box to the next; every block and every layer has such a line into it."""
    drawn = chain.from_iterable(_lines(plan, layers) for layers in (by_layer, not by_layer))
    line = next((edge for edge in drawn if edge.key == key), None)
    if line is None:
        raise _unknown(key)
    numbers = prod(line.shape)
    return " · ".join(
        (
            f"**{line.source} → {line.target}**",
            "thin line: the data's way",
            shape_text(line.shape),
            f"{numbers:,} numbers, {bytes_text(BYTES_PER_NUMBER * numbers)} in float32",
        )
    )


def _lines(plan: Plan, by_layer: bool) -> Iterator[Edge]:
    yield from edges(cells(plan, layers=by_layer, folds=False))


def _shortcut_record(plan: Plan, key: str, count: int) -> str:
    name = key.removesuffix(SHORTCUT)
    at = next((at for at, block in enumerate(plan.blocks) if block.name == name), None)
    line = next((edge for edge in _lines(plan, False) if edge.key == key), None)
    if at is None or line is None:
        raise _unknown(key)
    block = plan.blocks[at]
    names = names_text([run.name for run in plan.blocks[at : at + count]])
    layers = [layer for layer in block.layers if layer.role.startswith("downsample")]
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    each = " each" if count > 1 else ""
    said = [
        f"**shortcut of {names}**" + (f" ×{count}" if count > 1 else ""),
        f"{line.source} → {line.target}",
        shape_text(block.in_shape) if block.shortcut == "identity" else _way(block.in_shape, block.out_shape),
        f"{_LINE_WORDS[block.shortcut]}, {block.shortcut_reason}",
        *(kind_text(layer) for layer in layers),
        f"{params:,} parameters{each}" if params else "no parameters",
        f"{count_text(macs)} MACs{each}" if macs else "no MACs",
    ]
    return " · ".join(said)


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
    parts = [f"**{layer.name}**", kind_text(layer)]
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
