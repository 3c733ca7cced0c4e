"""The scores of a network without some of its blocks, ready to be drawn beside another's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import for_spreadsheet
from resnet_explorer.labs.ablation.ablations import Chain, can_cut, short
from resnet_explorer.network.layers import Block

if TYPE_CHECKING:
    from resnet_explorer.labs.ablation.ablated_network import Tally


@dataclass(frozen=True, eq=False)
class Sweep:
    """One block missing, each in turn.

    Attributes:
        label: of the network.
        blocks: all of them.
        scores: what is left, by the number of the missing one; those that cannot be missing are not in it.
        whole: what the whole network reaches.
        photos: how many were shown.
    """

    label: str
    blocks: Sequence[Block]
    scores: Mapping[int, float]
    whole: float
    photos: int

    @property
    def is_plain(self) -> bool:
        """Whether it has no shortcut at all."""
        return is_plain(self.blocks)

    @property
    def names(self) -> dict[int, str]:
        """The short names of the blocks that were taken out."""
        return {number: short(self.blocks[number]) for number in self.scores}


@dataclass(frozen=True, eq=False)
class Drops:
    """Several blocks missing, drawn at random.

    Attributes:
        label: of the network.
        is_plain: whether it has no shortcut at all.
        rows: for one block, two, …: what is left in each draw.
        whole: with none missing.
        photos: how many were shown.
    """

    label: str
    is_plain: bool
    rows: Sequence[Sequence[float]]
    whole: float
    photos: int

    @property
    def lost(self) -> list[list[float]]:
        """What is lost: first with no block missing, then with one, two, …"""
        return [[1 - self.whole], *([1 - score for score in row] for row in self.rows)]

    @property
    def means(self) -> list[float]:
        """Of the draws."""
        return [sum(row) / len(row) for row in self.lost]


def is_plain(blocks: Sequence[Block]) -> bool:
    """Whether none of the blocks has a shortcut."""
    return not any(map(can_cut, blocks))


def sweep_of(label: str, blocks: Sequence[Block], chains: Mapping[int, Chain], found: Tally) -> Sweep:
    """The sweep that a tally of its chains came to.

    Args:
        label: of the network.
        blocks: of the network.
        chains: as `each_skipped` or `each_cut` makes them, in the tally's order.
        found: the counts.
    """
    scores = dict(zip(chains, found.scores, strict=True))
    return Sweep(label, blocks, scores, found.whole, found.photos)


def drops_of(label: str, blocks: Sequence[Block], found: Sequence[Tally]) -> Drops:
    """The drops that tallies came to, one for each number of blocks.

    Raises:
        ValueError: if there is none.
    """
    if not found:
        raise ValueError(t("Nothing was counted yet."))
    rows = [tally.scores for tally in found]
    return Drops(label, is_plain(blocks), rows, found[0].whole, found[0].photos)


def sweep_rows(sweeps: Sequence[Sweep], measure: str) -> list[dict[str, object]]:
    """A row for each network as a whole, and for each block taken out."""
    rows: list[dict[str, object]] = []
    for sweep in sweeps:
        rows.append(
            {
                "network": for_spreadsheet(sweep.label),
                "block out": "none",
                "shortcut": "",
                measure: sweep.whole,
            }
        )
        for number, score in sweep.scores.items():
            block = sweep.blocks[number]
            rows.append(
                {
                    "network": for_spreadsheet(sweep.label),
                    "block out": short(block),
                    "shortcut": block.shortcut,
                    measure: score,
                }
            )
    return rows


def drop_rows(drops: Sequence[Drops], measure: str) -> list[dict[str, object]]:
    """A row for each network as a whole, and for each draw."""
    return [
        {"network": for_spreadsheet(each.label), "blocks out": number, "draw": draw, measure: score}
        for each in drops
        for number, row in enumerate([[each.whole], *each.rows])
        for draw, score in enumerate(row, start=1)
    ]
