"""What is ablated in a network: shortcuts cut, blocks skipped, blocks of a stage that changed places.

Veit, Wilber, Belongie: Residual Networks Behave Like Ensembles of Relatively Shallow Networks, NeurIPS
2016, section 4 (deleting one block, several, and reordering them).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb
from typing import Final, Literal

import numpy as np

from resnet_explorer.common.i18n import t
from resnet_explorer.network.layers import Block

How = Literal["whole", "cut", "skip"]
Chain = tuple[tuple[int, How], ...]
"""A network as a chain: which block comes next, and how it is run. "cut": y = f(x), without the shortcut;
"skip": y = x, or the projection of x alone where the shortcut has one."""

_SIGNS: Final = ("c", "s", "x")
LONGEST: Final = 4000
MOST_OUT: Final = 20
"""Blocks taken out at random at most, as in the paper's figure 5a."""


@dataclass(frozen=True)
class Ablation:
    """What was done to a network; blocks by their place, 0 for the first.

    Attributes:
        cut: blocks whose shortcut is cut.
        skipped: blocks of which only the shortcut is left.
        swapped: pairs of blocks that changed places.
    """

    cut: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    swapped: frozenset[tuple[int, int]] = frozenset()

    def order(self, blocks: int) -> list[int]:
        """Which block stands at each place."""
        order = list(range(blocks))
        for one, other in self.swapped:
            order[one], order[other] = other, one
        return order

    def chain(self, blocks: int) -> Chain:
        """The chain of a network of so many blocks."""
        return tuple((block, self._how(block)) for block in self.order(blocks))

    def _how(self, block: int) -> How:
        if block in self.skipped:
            return "skip"
        return "cut" if block in self.cut else "whole"

    def with_cut(self, block: int) -> Ablation:
        """With the shortcut cut, or mended if it was; a block that was skipped is there again."""
        return replace(self, cut=self.cut ^ {block}, skipped=self.skipped - {block})

    def with_skipped(self, block: int) -> Ablation:
        """With the block skipped, or there again; its shortcut is mended."""
        return replace(self, skipped=self.skipped ^ {block}, cut=self.cut - {block})

    def with_swapped(self, one: int, other: int) -> Ablation:
        """With two blocks in each other's places, or back; who was swapped with another one goes back."""
        pair = (min(one, other), max(one, other))
        kept = {known for known in self.swapped if not set(known) & set(pair)}
        return replace(self, swapped=frozenset(kept if pair in self.swapped else kept | {pair}))


WHOLE: Final = Ablation()
"""Nothing done."""


def short(block: Block) -> str:
    """The name of a block in few characters: "1.0"."""
    return block.name.removeprefix("layer")


def can_cut(block: Block) -> bool:
    """Whether there is a shortcut to cut."""
    return block.shortcut != "none"


def can_skip(block: Block) -> bool:
    """Whether the next block can take what is left: always with a shortcut, else where nothing changes."""
    return block.shortcut != "none" or block.in_shape == block.out_shape


def can_swap(one: Block, other: Block) -> bool:
    """Whether two blocks can stand in each other's places: in one stage, neither changing the shape."""
    shapes = {one.in_shape, one.out_shape, other.in_shape, other.out_shape}
    return one is not other and one.stage == other.stage and len(shapes) == 1


def each_skipped(blocks: Sequence[Block]) -> dict[int, Chain]:
    """For each block that can be, the network without it."""
    able = [number for number, block in enumerate(blocks) if can_skip(block)]
    return {number: WHOLE.with_skipped(number).chain(len(blocks)) for number in able}


def each_cut(blocks: Sequence[Block]) -> dict[int, Chain]:
    """For each block that has a shortcut, the network with this one cut."""
    able = [number for number, block in enumerate(blocks) if can_cut(block)]
    return {number: WHOLE.with_cut(number).chain(len(blocks)) for number in able}


def random_skips(blocks: Sequence[Block], count: int, draws: int, seed: int) -> list[Chain]:
    """Networks without so many blocks, drawn at random (Veit et al. 2016, section 4.2 and figure 5a).

    No two are the same: where there are fewer than are asked for, all of them. The draws of a number do not
    depend on how many others are drawn.
    """
    able = [number for number, block in enumerate(blocks) if can_skip(block)]
    rng = np.random.default_rng([seed, count])
    drawn: dict[frozenset[int], None] = {}  # in the order in which they came
    while len(drawn) < min(draws, comb(len(able), count)):
        drawn[frozenset(rng.choice(able, count, replace=False).tolist())] = None
    return [Ablation(skipped=chosen).chain(len(blocks)) for chosen in drawn]


def random_rows(blocks: Sequence[Block], draws: int, seed: int) -> list[list[Chain]]:
    """The draws of one block, two, … up to all that can be taken out, or `MOST_OUT`.

    Where there are no more choices than blocks, all of them: the mean of one block out is the sweep's.
    """
    able = sum(map(can_skip, blocks))
    counts = range(1, min(able, MOST_OUT) + 1)
    return [
        random_skips(blocks, count, max(draws, able) if comb(able, count) <= able else draws, seed)
        for count in counts
    ]


def write(ablation: Ablation, blocks: Sequence[Block]) -> str:
    """As it stands in a link: "c1.0,s2.1,x1.1-1.2"."""
    names = [short(block) for block in blocks]
    parts = [f"c{names[number]}" for number in sorted(ablation.cut)]
    parts += [f"s{names[number]}" for number in sorted(ablation.skipped)]
    return ",".join(parts + [f"x{names[one]}-{names[other]}" for one, other in sorted(ablation.swapped)])


def read(text: str, blocks: Sequence[Block]) -> Ablation:
    """The ablation of a link.

    Raises:
        ValueError: in one sentence, for what this network has not, or what cannot be done to it.
    """
    numbers = {short(block): number for number, block in enumerate(blocks)}
    ablation = WHOLE
    for part in text[:LONGEST].split(",") if text else []:
        names = part[1:].split("-")
        if part[:1] not in _SIGNS or len(names) != 1 + part.startswith("x") or not set(names) <= set(numbers):
            raise ValueError(t("c, s or x and blocks of this network are allowed, as in c1.0,s2.1,x1.1-1.2."))
        ablation = _with(ablation, part[0], [numbers[name] for name in names], blocks)
    return ablation


def _with(ablation: Ablation, sign: str, chosen: list[int], blocks: Sequence[Block]) -> Ablation:
    names = ", ".join(short(blocks[number]) for number in chosen)
    if sign == "x":
        one, other = sorted(chosen)
        if not can_swap(blocks[one], blocks[other]) or any({one, other} & set(p) for p in ablation.swapped):
            raise ValueError(t("{names} cannot change places.").format(names=names))
        return ablation.with_swapped(one, other)
    (number,) = chosen
    if number in ablation.cut | ablation.skipped:
        raise ValueError(t("{names} is named twice.").format(names=names))
    if sign == "c":
        if not can_cut(blocks[number]):
            raise ValueError(t("{names} has no shortcut.").format(names=names))
        return ablation.with_cut(number)
    if not can_skip(blocks[number]):
        raise ValueError(t("{names} changes the shape and has no shortcut.").format(names=names))
    return ablation.with_skipped(number)


def fits(ablation: Ablation, blocks: Sequence[Block]) -> bool:
    """Whether a network can have this ablation."""
    try:
        return read(write(ablation, blocks), blocks) == ablation
    except (ValueError, IndexError):
        return False


def first_of_stage(blocks: Sequence[Block]) -> Iterator[bool]:
    """For each block, whether a stage begins with it."""
    before = None
    for block in blocks:
        yield block.stage != before
        before = block.stage


def swappable(blocks: Sequence[Block]) -> list[tuple[int, int]]:
    """All pairs that can change places."""
    return [pair for pair in combinations(range(len(blocks)), 2) if can_swap(*(blocks[n] for n in pair))]
