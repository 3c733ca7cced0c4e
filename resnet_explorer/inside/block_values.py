"""The tensors of y = x + g(x), block by block: what goes in, what the shortcut brings, g(x), and the sum.

No hooks: each block's own modules are called in the order of its `forward` (`model.block_parts`), so that
threads may share a network; what leaves the last block is what `forward` would have made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.predict import check_input
from resnet_explorer.model.block_parts import all_blocks, branch, bypass, has_shortcut, is_preactivated
from resnet_explorer.model.resnet import ResNet

Part = Literal["x", "shortcut", "branch", "total", "output"]
"""In the order of the data."""

Map = NDArray[np.float32]
"""(h, w), of either sign."""


@dataclass(frozen=True, eq=False)
class BlockValues:
    """One block on one photo, each tensor (C, h, w).

    Attributes:
        index: of the block, 0 for the first.
        x: what goes into the block.
        shortcut: what the shortcut brings to the addition: x itself, projected or padded with zeros; None
            in a plain network, which has none.
        branch: g(x), what the block adds.
        output: what leaves the block: the sum behind the ReLU or, pre-activated, the sum itself.
        has_relu: whether a ReLU stands between the sum and what leaves the block.
    """

    index: int
    x: Tensor
    shortcut: Tensor | None
    branch: Tensor
    output: Tensor
    has_relu: bool

    @cached_property
    def total(self) -> Tensor:
        """The sum; in a plain network g(x) alone.

        The ReLU writes over it, as in the network's own forward: memory that is new to a process costs more
        than an addition. Asked for, it is added again, to the same bits.
        """
        if not self.has_relu:
            return self.output
        if self.shortcut is None:
            return self.branch
        with torch.inference_mode():
            return self.branch + self.shortcut

    @property
    def is_identity(self) -> bool:
        """Whether x passes as it is."""
        return self.shortcut is self.x

    def tensor(self, part: Part) -> Tensor | None:
        """A part by its name."""
        return cast("Tensor | None", getattr(self, part))

    def map(self, part: Part, channel: int | None = None) -> Map:
        """One channel of a part, or the mean of all its channels.

        Raises:
            ValueError: for a part or a channel that the block does not have.
        """
        found = self._tensor(part)
        if channel is None:
            return cast(Map, found.mean(dim=0).numpy())
        if not 0 <= channel < len(found):
            raise ValueError(
                t("channel is {channel}; 0 to {count} is allowed.").format(
                    channel=channel, count=len(found) - 1
                )
            )
        return cast(Map, found[channel].numpy())

    def largest_channel(self, part: Part, row: int, column: int) -> tuple[int, int]:
        """Which channel gives most to the mean in a cell, of either sign, and of how many.

        Raises:
            ValueError: for a part that the block does not have.
        """
        cell = self._tensor(part)[:, row, column]
        return int(cell.abs().argmax()), len(cell)

    def _tensor(self, part: Part) -> Tensor:
        found = self.tensor(part)
        if found is None:
            raise ValueError(t("A plain block has no shortcut."))
        return found


def inner(one: Tensor, other: Tensor) -> float:
    """The sum of all products of two tensors (C, h, w), whichever way both lie in memory."""
    if not one.is_contiguous():  # channels last: so that nothing is copied
        one, other = one.movedim(0, -1), other.movedim(0, -1)
    return float(torch.dot(one.flatten(), other.flatten()))


def positive_share(of: Tensor) -> float:
    """How many of the cells of a tensor (C, h, w) are above 0, 0 to 1."""
    cells = (of if of.is_contiguous() else of.movedim(0, -1)).numpy()
    # numpy's count of booleans: torch's of numbers takes ten times as long
    return int(np.count_nonzero(cells > 0)) / cells.size


def walk_blocks(model: ResNet, tensor: Tensor) -> Iterator[BlockValues]:
    """One block after the other; what nobody keeps is let go of.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).

    Raises:
        ValueError: for a tensor that the network does not take.
    """
    check_input(model, tensor)
    with torch.inference_mode():
        x = model.stem(tensor)
    for index, block in enumerate(all_blocks(model)):
        with torch.inference_mode():
            added = branch(block, x)
            shortcut = bypass(block, x) if has_shortcut(block) else None
            output = added if shortcut is None else added + shortcut
            has_relu = not is_preactivated(block)
            if has_relu:
                output = output.relu() if output is added else output.relu_()
            went_in, new = x[0], added[0]
            brought = None if shortcut is None else went_in if shortcut is x else shortcut[0]
            left = new if output is added else output[0]
        yield BlockValues(index, went_in, brought, new, left, has_relu)
        x = output


def block_values_at(model: ResNet, tensor: Tensor, index: int) -> BlockValues:
    """One block; those behind it are not computed.

    Args:
        model: a network in evaluation mode; it may be shared by threads.
        tensor: (1, channels, H, W).
        index: of the block, 0 for the first.

    Raises:
        ValueError: for a block that the network does not have, or a tensor that it does not take.
    """
    blocks = sum(model.spec.depths)
    if not 0 <= index < blocks:
        raise ValueError(
            t("block is {index}; 0 to {blocks} is allowed.").format(index=index, blocks=blocks - 1)
        )
    return next(islice(walk_blocks(model, tensor), index, None))
