"""Which layer wrote a map, what that layer read, and what is made of its values before another reads them."""

from __future__ import annotations

from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Block, Layer, Plan

WINDOWED: Final = ("conv", "maxpool")
"""The kinds of layers that move a window over a map and write a cell for each of its places."""


def window_layers(p: Plan) -> dict[str, Layer]:
    """The convolutions and the max-pool of a network by name, in the order of the calls."""
    return {layer.name: layer for layer in p.layers if layer.kind in WINDOWED}


def window_layer(p: Plan, name: str) -> Layer:
    """One of them.

    Raises:
        ValueError: for a name that is none of theirs.
    """
    found = window_layers(p)
    if name not in found:
        raise ValueError(
            t("{name!r} is no convolution of this network; the first are {listed}.").format(
                name=name, listed=", ".join([*found][:4])
            )
        )
    return found[name]


def following(p: Plan, layer: Layer) -> tuple[Layer, ...]:
    """What is made of a layer's values before another window reads them: norm, addition, ReLU.

    At the end of a block the block's addition and its ReLU are among them; a shortcut's convolution is
    followed up to the addition.
    """
    block = block_of(p, layer)
    layers = block.layers if block else p.stem.layers
    found = []
    for each in layers[layers.index(layer) + 1 :]:
        if each.on_shortcut != layer.on_shortcut and each.kind != "add":
            continue
        if each.kind in WINDOWED or (each.kind == "add" and layer.on_shortcut):
            break
        found.append(each)
    return tuple(found)


def block_of(p: Plan, layer: Layer) -> Block | None:
    """The block that a layer stands in; None in the stem."""
    return next((block for block in p.blocks if block.name == layer.block), None)


def writer_of(p: Plan, block: str | None) -> str:
    """The layer that wrote the map behind a block, its last convolution, or, for None, behind the stem.

    Raises:
        ValueError: for a block that the network does not have.
    """
    if block is None:
        return next(layer.name for layer in reversed(p.stem.layers) if layer.kind in WINDOWED)
    layers = [layer for layer in p.layers if layer.block == block]
    if not layers:
        raise ValueError(
            t("{block!r} is no block of this network; {name} is its first.").format(
                block=block, name=p.blocks[0].name
            )
        )
    return next(each.name for each in reversed(layers) if each.kind == "conv" and not each.on_shortcut)


def read_from(p: Plan, layer: Layer) -> str | None:
    """The layer that wrote what a layer reads; None where it reads the image."""
    block = block_of(p, layer)
    before = [each for each in (block or p.stem).layers if each.kind in WINDOWED and not each.on_shortcut]
    if layer in before and before.index(layer):
        return before[before.index(layer) - 1].name
    if block is None:
        return None
    place = p.blocks.index(block)
    return writer_of(p, p.blocks[place - 1].name if place else None)


Cell = tuple[int, int, int]
"""Channel, row and column, 0-based."""


def shortcut_from(p: Plan, layer: Layer, cell: Cell) -> tuple[str, Cell] | None:
    """Which layer wrote what the shortcut brings to a cell of a layer's block, and which cell of it.

    Returns:
        The layer and its cell; None where no addition follows, and for a zero that option A appends.
    """
    channel, row, column = cell
    block = block_of(p, layer)
    if block is None or not any(each.kind == "add" for each in following(p, layer)):
        return None
    on_shortcut = [each for each in block.layers if each.on_shortcut]
    projection = next((each for each in on_shortcut if each.kind == "conv"), None)
    if projection:
        return projection.name, cell
    stride, zeros = (on_shortcut[0].stride, on_shortcut[0].zeros_before) if on_shortcut else (1, 0)
    if not 0 <= channel - zeros < block.in_shape[0]:
        return None
    first = next(each for each in block.layers if each.kind == "conv")
    name = read_from(p, first)
    assert name is not None
    return name, (channel - zeros, row * stride, column * stride)
