"""What a sweep over all blocks comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from resnet_explorer.i18n import t

Outcome = Literal["little", "depends", "most"]

LITTLE: Final = 0.05
"""Points of accuracy (as a share) that are called hardly any."""


def outcome(scores: Mapping[int, float], whole: float) -> Outcome:
    """Whether taking out a block costs hardly anything, more than half, or now this and now that.

    Args:
        scores: what is left without each block.
        whole: what the whole network reaches.
    """
    if all(whole - score < LITTLE for score in scores.values()):
        return "little"
    if all(score < whole / 2 for score in scores.values()):
        return "most"
    return "depends"


def sweep_reading(
    scores: Mapping[int, float], whole: float, names: Mapping[int, str], photos: int, *, cut: bool = False
) -> str:
    """The cheapest and the dearest block, in a sentence of Markdown.

    Args:
        scores: what is left without each block.
        whole: what the whole network reaches.
        names: of the blocks.
        photos: how many were shown.
        cut: whether it is not the block that is missing, but its shortcut.
    """
    best, worst = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
    words = t(
        "Of **{whole:.1%}**, **{best:.1%}** are left without block {best_name}, **{worst:.1%}** without "
        "{worst_name} ({photos:,} photos)."
    )
    if cut:
        words = t(
            "Of **{whole:.1%}**, **{best:.1%}** are left without the shortcut of {best_name}, "
            "**{worst:.1%}** without that of {worst_name} ({photos:,} photos)."
        )
    return words.format(
        whole=whole,
        best=scores[best],
        best_name=names[best],
        worst=scores[worst],
        worst_name=names[worst],
        photos=photos,
    )
