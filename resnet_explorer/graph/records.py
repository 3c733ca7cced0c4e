"""What is known of one box or one line of the graph, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import prod

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.numbers import bytes_text, count_text
from resnet_explorer.common.text import named
from resnet_explorer.graph.diagram import INPUT, INTO, SHORTCUT, Edge, cells, edges, names_text, zeros_words
from resnet_explorer.network.layers import Block, Layer, Plan, shape_text, shapes_text
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER, window_text

SHORTCUT_WORDS = {
    "identity": msg("identity shortcut (solid)"),
    "projection": msg("projection shortcut (dashed)"),
    "zero_pad": msg("zero-padding shortcut (dashed)"),
    "none": msg("no shortcut"),
}
_LINE_WORDS = {
    "identity": msg("solid: identity"),
    "projection": msg("dashed: projection"),
    "zero_pad": msg("dashed: zero padding"),
}
_KIND_WORDS = {
    "conv": msg("convolution"),
    "norm": msg("batch norm"),
    "relu": "ReLU",
    "maxpool": msg("max-pool"),
    "add": msg("addition"),
    "avgpool": msg("average pool"),
    "fc": msg("fully connected"),
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
        return f"**{t('input')}** · {shape_text(plan.input_shape)}"
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
    bypass = {layer.name for layer in plan.layers if layer.on_shortcut}
    return frozenset(boxes | shortcuts | {name + INTO for name in boxes - bypass - {INPUT}})


def kind_text(layer: Layer) -> str:
    """What a layer is: "convolution 3×3, stride 2", "batch norm"."""
    what = zeros_words(layer) if layer.kind == "zero_pad" else t(_KIND_WORDS[layer.kind])
    return " ".join((what, window_text(layer))).strip()


def _unknown(name: str) -> ValueError:
    return ValueError(t("{name!r} is no layer and no block of this network.").format(name=name))


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
            t("thin line: the data's way"),
            shape_text(line.shape),
            t("{numbers:,} numbers, {memory} in float32").format(
                numbers=numbers, memory=bytes_text(BYTES_PER_NUMBER * numbers)
            ),
        )
    )


def _lines(plan: Plan, by_layer: bool) -> Iterator[Edge]:
    yield from edges(cells(plan, layers=by_layer, folds=False))


def _shortcut_record(plan: Plan, key: str, count: int) -> str:
    name = key.removesuffix(SHORTCUT)
    block = next((block for block in plan.blocks if block.name == name), None)
    line = next((edge for edge in _lines(plan, False) if edge.key == key), None)
    if block is None or line is None:
        raise _unknown(key)
    layers = [layer for layer in block.layers if layer.on_shortcut]
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    facts = [
        "**"
        + t("shortcut of {name}").format(name=_names(plan, block, count))
        + "**"
        + (f" ×{count}" if count > 1 else ""),
        f"{line.source} → {line.target}",
        shape_text(block.in_shape) if block.shortcut == "identity" else shapes_text(block),
        t(", ").join((t(_LINE_WORDS[block.shortcut]), block.shortcut_reason)),
        *(kind_text(layer) for layer in layers),
        _parameters(params, count) if params else t("no parameters"),
        _macs(macs, count) if macs else t("no MACs"),
    ]
    return " · ".join(facts)


def _block_record(plan: Plan, block: Block, count: int) -> str:
    facts = [
        f"**{_names(plan, block, count)}**" + (f" ×{count}" if count > 1 else ""),
        t("{kind} block of {stage}").format(kind=t(block.kind), stage=t(block.stage)),
        shapes_text(block),
        _parameters(block.params, count),
        _macs(block.macs, count),
    ]
    if count > 1:
        together = t("together {params:,} and {macs}")
        facts.append(together.format(params=count * block.params, macs=count_text(count * block.macs)))
    facts.append(named(t(SHORTCUT_WORDS[block.shortcut]), block.shortcut_reason))
    return " · ".join(facts)


def _parameters(number: int, blocks: int) -> str:
    words = t("{params:,} parameters each") if blocks > 1 else t("{params:,} parameters")
    return words.format(params=number)


def _macs(number: int, blocks: int) -> str:
    words = t("{macs} MACs each") if blocks > 1 else "{macs} MACs"
    return words.format(macs=count_text(number))


def _names(plan: Plan, block: Block, count: int) -> str:
    """The name of a block, or of a run of blocks that begins with it."""
    at = plan.blocks.index(block)
    return names_text([run.name for run in plan.blocks[at : at + count]])


def _layer_record(layer: Layer) -> str:
    facts = [f"**{layer.name}**", kind_text(layer), shapes_text(layer)]
    if layer.params:
        facts.append(t("{params:,} parameters").format(params=layer.params))
    if layer.macs:
        facts.append(f"{count_text(layer.macs)} MACs")
    if not layer.params:
        facts.append(t("no parameters"))
    return " · ".join(facts)
