"""What a sweep over all blocks comes to, and several taken out at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from resnet_explorer.i18n import t
from resnet_explorer.labs.wire_sweep import Drops, Sweep
from resnet_explorer.short_text import as_markdown

if TYPE_CHECKING:
    from resnet_explorer.labs.paths import Flow

Outcome = Literal["little", "depends", "most"]

LITTLE: Final = 0.05
"""Points of accuracy (as a share) that are called hardly any."""


def outcome(sweep: Sweep) -> Outcome:
    """Whether taking out a block costs hardly anything, more than half, or now this and now that."""
    if all(sweep.whole - score < LITTLE for score in sweep.scores.values()):
        return "little"
    if all(score < sweep.whole / 2 for score in sweep.scores.values()):
        return "most"
    return "depends"


def sweep_reading(sweep: Sweep, *, cut: bool = False) -> str:
    """What is left on average, and without the cheapest and the dearest block, in a sentence of Markdown.

    Args:
        sweep: what is left without each block.
        cut: whether it is not the block that is missing, but its shortcut.
    """
    scores, names = sweep.scores, sweep.names
    best, worst = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
    words = t(
        "**{whole:.1%}** when whole, **{mean:.1%}** without a block, on average: {best:.1%} without "
        "{best_name}, "
        "{worst:.1%} without {worst_name} ({photos:,} photos)."
    )
    if cut:
        words = t(
            "**{whole:.1%}** when whole, **{mean:.1%}** without a shortcut, on average: {best:.1%} without "
            "that of {best_name}, {worst:.1%} without that of {worst_name} ({photos:,} photos)."
        )
    return words.format(
        whole=sweep.whole,
        mean=sum(scores.values()) / len(scores),
        best=scores[best],
        best_name=names[best],
        worst=scores[worst],
        worst_name=names[worst],
        photos=sweep.photos,
    )


def drops_reading(drops: Drops, what: str) -> str:
    """What the first blocks cost, in a sentence of Markdown.

    Args:
        drops: what is left with one block missing, two, …
        what: the name of what is lost.
    """
    means = drops.means
    words = t("**{label}**: {what} {whole:.1%} when whole; the draws’ mean **{one:.1%}** with one block out")
    if len(means) > 2:
        words = t("{before}, {two:.1%} with two").format(before=words, two=means[2])
    return words.format(label=as_markdown(drops.label), what=what, whole=means[0], one=means[1]) + "."


def paths_reading(flow: Flow) -> str:
    """How the gradient's norm changes with a path's length, and which lengths bring half of it, in Markdown.

    Args:
        flow: of all lengths or, after a stop, of the first.
    """
    means, draws = flow.means, flow.norms.shape[1]
    words = t(
        "Measured: a norm of **{first:.2g}** along the path through no block, **{last:.2g}** along paths "
        "through {length}."
    ).format(first=means[0], last=means[-1], length=len(means) - 1)
    if len(means) <= flow.blocks:  # of a part, nobody knows what share of the whole it brings
        return words
    first, last = _fewest(flow.contributions, 0.5)
    lengths = t("{first} to {last}").format(first=first, last=last) if last > first else f"{first}"
    half = t(
        "Half of the gradient comes along paths through **{lengths}** of {blocks} blocks; most paths go "
        "through about {middle:g}. From {draws} paths of each length: other seeds move these numbers, "
        "more draws settle them."
    )
    return f"{words} " + half.format(lengths=lengths, blocks=flow.blocks, middle=flow.blocks / 2, draws=draws)


def _fewest(parts: Sequence[float], share: float) -> tuple[int, int]:
    """The first and the last of the fewest neighbours that bring a share; among like many, the most."""
    count = len(parts)
    for width in range(1, count):
        start = max(range(count - width + 1), key=lambda at: sum(parts[at : at + width]))
        if sum(parts[start : start + width]) >= share:
            return start, start + width - 1
    return 0, count - 1
