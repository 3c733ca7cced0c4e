"""A network with lesions, run by walking its blocks: the network itself is never changed.

Many networks that differ in a few blocks share their beginnings, and what they share is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

import torch
from torch import Tensor, nn

from resnet_explorer.labs.blocks import all_blocks, branch, bypass, is_preactivated
from resnet_explorer.labs.wiring import How, Wiring
from resnet_explorer.labs.wiring import whole as whole_wiring
from resnet_explorer.module import ResNet
from resnet_explorer.progress import Step

AT_ONCE: Final = 50 * 32 * 32
"""Pixels that go into a network together."""


def run_block(block: nn.Module, how: How, x: Tensor) -> Tensor:
    """A block as a wiring says; x stays as it is.

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


class _Wired(nn.Module):
    """A block of a network, run as a wiring says."""

    def __init__(self, block: nn.Module, how: How) -> None:
        super().__init__()
        self.block, self.how, self.training = block, how, block.training

    def forward(self, x: Tensor) -> Tensor:
        return run_block(self.block, self.how, x)


class _Rewired(ResNet):
    """The modules of another network, in another chain; it has no values of its own."""

    def __init__(self, model: ResNet, wiring: Wiring) -> None:
        nn.Module.__init__(self)
        self.spec, self.training = model.spec, model.training
        for name, module in model.named_children():
            self.add_module(name, module)
        blocks, places = all_blocks(model), iter(wiring)
        for number, stage in enumerate(model.stages, start=1):
            steps = [next(places) for _ in cast(nn.Sequential, stage)]
            wired = nn.Sequential(*(_Wired(blocks[block], how) for block, how in steps))
            wired.training = model.training
            self.add_module(f"layer{number}", wired)


def rewired(model: ResNet, wiring: Wiring) -> ResNet:
    """A network with lesions, to be asked like any other; its modules are those of the given one.

    Args:
        model: the whole network; it is not changed.
        wiring: the chain.
    """
    return _Rewired(model, wiring)


@dataclass(frozen=True, eq=False)
class Photos:
    """What a network is asked about.

    Attributes:
        images: (N, channels, H, W), as the network takes them.
        labels: (N,), what they show, as the network's classes; None if its classes are others.
    """

    images: Tensor
    labels: Tensor | None


@dataclass(frozen=True, eq=False)
class Tally:
    """What became of the answers, wiring by wiring.

    Attributes:
        photos: how many were shown so far.
        right: answers that are what the photo shows; none without labels.
        same: answers that are those of the whole network.
        whole_right: of the whole network; None without labels.
    """

    photos: int
    right: tuple[int, ...] | None
    same: tuple[int, ...]
    whole_right: int | None

    @property
    def scores(self) -> list[float]:
        """For each wiring the share of right answers or, without labels, of the same ones."""
        return [count / self.photos for count in (self.same if self.right is None else self.right)]

    @property
    def whole(self) -> float:
        """The same of the whole network."""
        return 1.0 if self.whole_right is None else self.whole_right / self.photos


Answers = Callable[[ResNet, Tensor, Sequence[Wiring]], Tensor]
"""(network, photos (N, …), wirings) → the likeliest class for each wiring and photo (wirings, N)."""


def answers(model: ResNet, images: Tensor, wirings: Sequence[Wiring]) -> Tensor:
    """The likeliest classes, what chains have in common computed once.

    The chains are walked side by side, block after block; those that are the same so far share what came out.

    Args:
        model: a network in evaluation mode.
        images: (N, channels, H, W).
        wirings: chains of the network's blocks.

    Returns:
        (wirings, N).
    """
    with torch.inference_mode():
        blocks = all_blocks(model)
        states, state_of = [model.stem(images)], [0] * len(wirings)
        for place in range(len(blocks)):
            asked: dict[tuple[int, int, How], int] = {}
            for member, wiring in enumerate(wirings):
                state_of[member] = asked.setdefault((state_of[member], *wiring[place]), len(asked))
            states = [run_block(blocks[block], how, states[state]) for state, block, how in asked]
        likeliest = [model.head(x).argmax(dim=1) for x in states]
        return torch.stack([likeliest[state] for state in state_of])


def answers_from_scratch(model: ResNet, images: Tensor, wirings: Sequence[Wiring]) -> Tensor:
    """The same, each network run from its beginning to its end: what `answers` is held against."""
    with torch.inference_mode():
        return torch.stack([rewired(model, wiring)(images).argmax(dim=1) for wiring in wirings])


def tally(
    model: ResNet, photos: Photos, wirings: Sequence[Wiring], ask: Answers = answers
) -> Iterator[Step[Tally]]:
    """Show photos to a network in each of its wirings, and count.

    Args:
        model: the whole network, in evaluation mode.
        photos: what is shown.
        wirings: chains of its blocks.
        ask: how the answers are got.

    Yields:
        Photos done; the counts so far.
    """
    count, uncut = len(photos.images), whole_wiring(len(all_blocks(model)))
    at_once = max(1, AT_ONCE // (photos.images.shape[2] * photos.images.shape[3]))
    same = torch.zeros(len(wirings), dtype=torch.long)
    right, whole_right = torch.zeros_like(same), 0
    for start in range(0, count, at_once):
        images = photos.images[start : start + at_once]
        found = ask(model, images, [uncut, *wirings])
        first, others = found[0], found[1:]
        same += (others == first).sum(dim=1)
        if photos.labels is not None:
            labels = photos.labels[start : start + at_once]
            right += (others == labels).sum(dim=1)
            whole_right += int((first == labels).sum())
        done = start + len(images)
        yield Step(done, count, _tally(done, same, None if photos.labels is None else (right, whole_right)))


def tally_rows(
    model: ResNet, photos: Photos, rows: Sequence[Sequence[Wiring]]
) -> Iterator[Step[list[Tally]]]:
    """The same for rows of wirings, one row after the other.

    Yields:
        Photos done, those of all rows together; the counts of the rows that are finished.
    """
    finished: list[Tally] = []
    for number, row in enumerate(rows):
        for step in tally(model, photos, row):
            if step.done == step.total and step.answer is not None:
                finished.append(step.answer)
            yield Step(number * step.total + step.done, len(rows) * step.total, list(finished))


def _tally(photos: int, same: Tensor, right: tuple[Tensor, int] | None) -> Tally:
    agreed = tuple(same.tolist())
    if right is None:
        return Tally(photos, None, agreed, None)
    return Tally(photos, tuple(right[0].tolist()), agreed, right[1])
