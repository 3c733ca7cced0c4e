"""How much each block adds: the size and the direction of g(x) beside what it is added to.

A block whose g(x) is small beside x refines what is there; one whose g(x) is as large as x rewrites it
(Greff, Srivastava, Schmidhuber, Highway and Residual Networks learn Unrolled Iterative Estimation, 2017;
Jastrzębski et al., Residual Connections Encourage Iterative Inference, 2018).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from resnet_explorer.network.layers import Block
from resnet_explorer.network.plan import plan
from resnet_explorer.network.table_rows import Row

if TYPE_CHECKING:  # the strip is drawn where torch is not loaded
    from torch import Tensor

    from resnet_explorer.inside.block_values import BlockValues, Map
    from resnet_explorer.model.resnet import ResNet


@dataclass(frozen=True, eq=False)
class Addition:
    """What one block adds on one photo. Norms are Euclidean, over all channels and cells.

    Attributes:
        block: the plan's record of the block.
        index: of the block, 0 for the first.
        branch_norm: ‖g(x)‖.
        shortcut_norm: ‖x‖, of the projected or padded x where the shortcut is dashed; None without one.
        ratio: ‖g(x)‖ / ‖x‖; None where there is nothing to divide by.
        angle: between the two, in degrees: 0 to 180, 90 where g(x) is new to x; None if either is 0.
        open_share: of the sum's cells, those that the ReLU behind it lets through, 0 to 1; None where no ReLU
            follows (pre-activated).
        branch_mean: (h, w), the mean of all channels of g(x).
    """

    block: Block
    index: int
    branch_norm: float
    shortcut_norm: float | None
    ratio: float | None
    angle: float | None
    open_share: float | None
    branch_mean: Map


def addition(values: BlockValues, block: Block) -> Addition:
    """One block's, by its values and its record.

    Raises:
        ValueError: where the sums of squares leave the range of float32.
    """
    from resnet_explorer.inside.block_values import inner, positive_share

    added, brought = values.branch, values.shortcut
    own = _norm(added, block)
    brought_norm = ratio = angle = None
    if brought is not None:
        brought_norm = _norm(brought, block)
        if brought_norm:
            ratio = own / brought_norm
        if brought_norm and own:
            cosine = inner(added, brought) / (own * brought_norm)
            angle = math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
    share = positive_share(values.output) if values.has_relu else None
    return Addition(block, values.index, own, brought_norm, ratio, angle, share, values.map("branch"))


def _norm(tensor: Tensor, block: Block) -> float:
    from resnet_explorer.explanation.predict import beyond_float32
    from resnet_explorer.inside.block_values import inner

    norm = math.sqrt(inner(tensor, tensor))
    if not math.isfinite(norm):
        raise beyond_float32(block.name)
    return norm


def additions(model: ResNet, tensor: Tensor) -> tuple[Addition, ...]:
    """Every block's, in one forward pass that keeps no feature map.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: for a tensor that the network does not take, or where values grow beyond all bounds.
    """
    from resnet_explorer.inside.block_values import walk_blocks

    blocks = plan(model.spec, (tensor.shape[-2], tensor.shape[-1])).blocks if tensor.ndim == 4 else ()
    return tuple(addition(values, blocks[values.index]) for values in walk_blocks(model, tensor))


def not_known_yet(blocks: Iterable[Block]) -> list[Addition]:
    """Additions of these blocks without numbers and maps: what is drawn until they are there."""
    nothing = np.zeros((0, 0), dtype=np.float32)
    return [
        Addition(block, index, 0.0, None, None, None, None, nothing) for index, block in enumerate(blocks)
    ]


def largest_ratio(found: Iterable[Addition]) -> float:
    """The end of the scale of all ratios; 1 if there is none."""
    return max((each.ratio for each in found if each.ratio), default=1.0)


def addition_rows(found: Sequence[Addition]) -> list[Row]:
    """A row a block, for a table, a CSV or a JSON file."""
    return [
        {
            "block": each.block.name,
            "stage": each.block.stage,
            "shortcut": each.block.shortcut,
            "g(x) norm": each.branch_norm,
            "x norm": each.shortcut_norm,
            "ratio": each.ratio,
            "angle": each.angle,
            "open": each.open_share,
        }
        for each in found
    ]
