"""A residual network as an ensemble of paths: how many there are of each length, and their gradients.

Veit, Wilber, Belongie: Residual Networks Behave Like Ensembles of Relatively Shallow Networks, NeurIPS
2016. n blocks are 2ⁿ paths, for each is passed by its branch or by its shortcut (section 3), and C(n, k) of
them lead through k branches (section 5 and figure 6a).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, log2
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from resnet_explorer.common.progress import Step
from resnet_explorer.network.table_rows import Row

if TYPE_CHECKING:
    from torch import Tensor, nn

    from resnet_explorer.labs.photos import Photos
    from resnet_explorer.model.resnet import ResNet

PIXELS: Final = 20 * 32 * 32
"""Pixels of a batch: what every block makes of it is kept for the paths back."""


def path_counts(blocks: int) -> list[int]:
    """How many of the 2ⁿ paths lead through k branches, k from 0 to n: the binomial coefficients."""
    return [comb(blocks, length) for length in range(blocks + 1)]


def shares(counts: Sequence[int]) -> list[float]:
    """Each count's share of all; the counts may be too large for floats."""
    total = sum(counts)
    return [count / total for count in counts]


@dataclass(frozen=True, eq=False)
class PathGradients:
    """The gradient through single paths.

    Attributes:
        norms: (lengths, draws), by length from 0 to n: the norm of the gradient of the loss by what goes into
            the first block, along one path, averaged over the photos. Lengths not yet measured are missing.
        blocks: n.
    """

    norms: NDArray[np.float64]
    blocks: int

    @property
    def means(self) -> list[float]:
        """The expected norm of a path of each length (figure 6b)."""
        return [float(value) for value in self.norms.mean(axis=1)]

    @property
    def contributions(self) -> list[float]:
        """Norm times number of paths, as shares of their sum (figure 6c), over the lengths measured."""
        products = [
            log2(count) + log2(mean) if mean > 0 else float("-inf")
            for count, mean in zip(path_counts(self.blocks), self.means, strict=False)
        ]
        highest = max(products)
        if highest == float("-inf"):
            return [0.0] * len(products)
        weights = [2.0 ** (product - highest) for product in products]
        return [weight / sum(weights) for weight in weights]


def path_rows(found: PathGradients) -> list[Row]:
    """A row for each path."""
    return [
        {"blocks on the path": length, "draw": draw, "norm of the gradient": norm}
        for length, row in enumerate(found.norms.tolist())
        for draw, norm in enumerate(row, start=1)
    ]


class Paths:
    """A network and a batch, made ready for gradients along single paths.

    Each block's output is act(f(x) + s(x)); the slope of act is that of the whole forward pass, so the
    gradient is the sum of those along all paths.
    """

    def __init__(self, model: ResNet, images: Tensor, labels: Tensor | None = None) -> None:
        """Run the network forward once, with all blocks.

        Args:
            model: a network in evaluation mode.
            images: (N, channels, H, W).
            labels: (N,), of the cross-entropy; the network's own predictions by default.
        """
        import torch
        import torch.nn.functional as F

        from resnet_explorer.model.block_parts import all_blocks

        self._blocks = [_PassedBlock(block) for block in all_blocks(model)]
        with torch.inference_mode(False), torch.no_grad():
            x = model.stem(images.clone())
            for block in self._blocks:
                x = block.forward(x)
            with torch.enable_grad():
                x = x.requires_grad_()
                logits = model.head(x)
                wanted = logits.argmax(dim=1) if labels is None else labels
                loss = F.cross_entropy(logits, wanted, reduction="sum")
                (self._last,) = torch.autograd.grad(loss, x)

    @property
    def lengths(self) -> range:
        """From no branch at all to every one."""
        return range(len(self._blocks) + 1)

    def gradient(self, through: frozenset[int]) -> Tensor:
        """The gradient of the summed loss by what goes into the first block, along one path.

        Args:
            through: the blocks whose branch the path takes; it takes the shortcut of the others.

        Returns:
            (N, C, H, W).
        """
        gradient = self._last
        for number in reversed(range(len(self._blocks))):
            gradient = self._blocks[number].backward(gradient, number in through)
        return gradient

    def norm(self, through: frozenset[int]) -> float:
        """The mean over the photos of the norm of that gradient."""
        return float(self.gradient(through).flatten(1).norm(dim=1).mean())


class _PassedBlock:
    """A block that a batch has passed, and its two paths back."""

    def __init__(self, block: nn.Module) -> None:
        self._block = block

    def forward(self, x: Tensor) -> Tensor:
        import torch

        from resnet_explorer.model.block_parts import branch, bypass, is_preactivated

        self._x = x.detach().requires_grad_()
        with torch.enable_grad():
            self._branch, self._bypass = branch(self._block, self._x), bypass(self._block, self._x)
        total = self._branch.detach() + self._bypass.detach()
        self._slope = None if is_preactivated(self._block) else total > 0
        return total if self._slope is None else total.relu()

    def backward(self, gradient: Tensor, through_branch: bool) -> Tensor:
        import torch

        if self._slope is not None:
            gradient = gradient * self._slope
        path = self._branch if through_branch else self._bypass
        if path is self._x:
            return gradient
        (back,) = torch.autograd.grad(path, self._x, gradient, retain_graph=True)
        return back


def path_gradients(paths: Paths, draws: int, seed: int) -> Iterator[Step[PathGradients]]:
    """The gradient along paths of each length, drawn at random.

    Veit et al. 2016, section 5: the batch goes forward through the whole network; on the way back, for k
    blocks drawn at random only the residual branch is passed, for the others only the shortcut.

    Args:
        paths: network and batch.
        draws: paths of each length; a path may be drawn twice.
        seed: of the draws.

    Yields:
        Lengths done; the norms so far.
    """
    blocks = len(paths.lengths) - 1
    norms: list[list[float]] = []
    known: dict[frozenset[int], float] = {}
    for length in paths.lengths:
        rng = np.random.default_rng([seed, length])
        row = []
        for _ in range(draws):
            through = frozenset(rng.choice(blocks, length, replace=False).tolist())
            if through not in known:
                known[through] = paths.norm(through)
            row.append(known[through])
        norms.append(row)
        yield Step(length + 1, blocks + 1, PathGradients(np.array(norms), blocks))


def photo_gradients(model: ResNet, photos: Photos, draws: int, seed: int) -> Iterator[Step[PathGradients]]:
    """`path_gradients` of the first photos, as many as `PIXELS` says, and of their labels, if any."""
    batch = batch_of(photos.images.shape[-1])
    labels = None if photos.labels is None else photos.labels[:batch]
    yield from path_gradients(Paths(model, photos.images[:batch], labels), draws, seed)


def batch_of(side: int) -> int:
    """How many photos of so many pixels' side are a batch."""
    return max(2, PIXELS // side**2)
