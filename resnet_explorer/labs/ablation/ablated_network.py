"""An ablated network, run by walking its blocks: the network itself is never changed.

Many networks that differ in a few blocks share their beginnings, and what they share is computed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from resnet_explorer.common.progress import Step
from resnet_explorer.labs.ablation.ablations import WHOLE, Chain, How
from resnet_explorer.labs.photos import Photos, batch_size
from resnet_explorer.model.block_parts import all_blocks, branch, bypass, is_preactivated
from resnet_explorer.model.resnet import ResNet


def run_block(block: nn.Module, how: How, x: Tensor) -> Tensor:
    """A block as a chain says; x stays as it is.

    The ReLU after an addition stays where the addition is gone. x itself needs none: what goes into such
    a block has been through one.
    """
    if how == "whole":
        return cast(Tensor, block(x))
    if how == "cut":
        y = branch(block, x)
    else:
        y = bypass(block, x)
        if y is x:
            return x
    return y if is_preactivated(block) else y.relu()


class _AblatedBlock(nn.Module):
    """A block of a network, run as a chain says."""

    def __init__(self, block: nn.Module, how: How) -> None:
        super().__init__()
        self.block, self.how, self.training = block, how, block.training

    def forward(self, x: Tensor) -> Tensor:
        return run_block(self.block, self.how, x)


class _AblatedNetwork(ResNet):
    """The modules of another network, in another chain; it has no values of its own."""

    def __init__(self, model: ResNet, chain: Chain) -> None:
        nn.Module.__init__(self)
        self.spec, self.training = model.spec, model.training
        for name, module in model.named_children():
            self.add_module(name, module)
        blocks, places = all_blocks(model), iter(chain)
        for number, stage in enumerate(model.stages, start=1):
            steps = [next(places) for _ in cast(nn.Sequential, stage)]
            ablated = nn.Sequential(*(_AblatedBlock(blocks[block], how) for block, how in steps))
            ablated.training = model.training
            self.add_module(f"layer{number}", ablated)


def ablated_network(model: ResNet, chain: Chain) -> ResNet:
    """A network that predicts like any other; its modules are those of the given one."""
    return _AblatedNetwork(model, chain)


@dataclass(frozen=True, eq=False)
class Tally:
    """What became of the predictions, chain by chain.

    Attributes:
        photos: how many were shown so far.
        right: predictions that are what the photo shows; none without labels.
        same: predictions that are those of the whole network.
        whole_right: of the whole network; None without labels.
    """

    photos: int
    right: tuple[int, ...] | None
    same: tuple[int, ...]
    whole_right: int | None

    @property
    def scores(self) -> list[float]:
        """For each chain the share of right predictions or, without labels, of those that are the same."""
        return [count / self.photos for count in (self.same if self.right is None else self.right)]

    @property
    def whole(self) -> float:
        """The score of the whole network."""
        return 1.0 if self.whole_right is None else self.whole_right / self.photos


def predictions(model: ResNet, images: Tensor, chains: Sequence[Chain]) -> Tensor:
    """The likeliest classes, what chains have in common computed once.

    The chains are walked side by side, block after block; those that are the same so far share what came out.

    Args:
        model: a network in evaluation mode.
        images: (N, channels, H, W).
        chains: of the network's blocks.

    Returns:
        (chains, N).
    """
    with torch.inference_mode():
        blocks = all_blocks(model)
        states, state_of = [model.stem(images)], [0] * len(chains)
        for place in range(len(blocks)):
            asked: dict[tuple[int, int, How], int] = {}
            for member, chain in enumerate(chains):
                state_of[member] = asked.setdefault((state_of[member], *chain[place]), len(asked))
            states = [run_block(blocks[block], how, states[state]) for state, block, how in asked]
        likeliest = [model.head(x).argmax(dim=1) for x in states]
        return torch.stack([likeliest[state] for state in state_of])


def tally(model: ResNet, photos: Photos, chains: Sequence[Chain]) -> Iterator[Step[Tally]]:
    """Show photos to a network in each of its chains, and count.

    Yields:
        Photos done; the counts so far.
    """
    count, complete = len(photos.images), WHOLE.chain(len(all_blocks(model)))
    size = batch_size(photos.images, model.spec)
    same = torch.zeros(len(chains), dtype=torch.long)
    right, whole_right = torch.zeros_like(same), 0
    for start in range(0, count, size):
        images = photos.images[start : start + size]
        found = predictions(model, images, [complete, *chains])
        first, others = found[0], found[1:]
        same += (others == first).sum(dim=1)
        if photos.labels is not None:
            labels = photos.labels[start : start + size]
            right += (others == labels).sum(dim=1)
            whole_right += int((first == labels).sum())
        done = start + len(images)
        if photos.labels is None:
            answer = Tally(done, None, tuple(same.tolist()), None)
        else:
            answer = Tally(done, tuple(right.tolist()), tuple(same.tolist()), whole_right)
        yield Step(done, count, answer)


def tally_rows(model: ResNet, photos: Photos, rows: Sequence[Sequence[Chain]]) -> Iterator[Step[list[Tally]]]:
    """`tally` for rows of chains, one row after the other.

    Yields:
        Photos done, those of all rows together; the counts of the rows that are finished.
    """
    finished: list[Tally] = []
    for number, row in enumerate(rows):
        for step in tally(model, photos, row):
            if step.done == step.total and step.answer is not None:
                finished.append(step.answer)
            yield Step(number * step.total + step.done, len(rows) * step.total, list(finished))
