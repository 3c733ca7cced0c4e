"""What an ablation comes to, in sentences: of every block in turn, of several at random, of single paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import span_text
from resnet_explorer.common.text import as_markdown
from resnet_explorer.labs.ablation.ablations import Ablation, short
from resnet_explorer.labs.ablation.sweep import Drops, Sweep
from resnet_explorer.network.layers import Block
from resnet_explorer.weights.bundled import STUDY_PREFIX

if TYPE_CHECKING:
    from resnet_explorer.labs.ablation.paths import PathGradients
    from resnet_explorer.weights.description import Weights

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


def sweep_finding(sweep: Sweep, *, cut: bool = False) -> str:
    """What is left on average, and without the cheapest and the dearest block, in a sentence of Markdown.

    Args:
        sweep: what is left without each block.
        cut: whether it is not the block that is missing, but its shortcut.
    """
    scores, names = sweep.scores, sweep.names
    best, worst = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
    words = t(
        "**{whole:.1%}** whole, **{mean:.1%}** without a block on average: {worst:.1%} ({worst_name}) to "
        "{best:.1%} ({best_name}); {photos:,} photos."
    )
    if cut:
        words = t(
            "**{whole:.1%}** whole, **{mean:.1%}** without a shortcut on average: {worst:.1%} ({worst_name}) "
            "to {best:.1%} ({best_name}); {photos:,} photos."
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


def cut_words(ablation: Ablation, blocks: Sequence[Block]) -> str:
    """What was done to a network, as a sentence about it begins."""
    skipped, cut = (sorted(each) for each in (ablation.skipped, ablation.cut))
    if len(skipped) == 1 and not cut and not ablation.swapped:
        return t("Without block {name}").format(name=short(blocks[skipped[0]]))
    if len(cut) == 1 and not skipped and not ablation.swapped:
        return t("With the shortcut of {name} cut").format(name=short(blocks[cut[0]]))
    return t("Cut like this")


def photo_finding(done: str, before: tuple[str, float], after: tuple[str, float], still: float) -> str:
    """What a cut network says of the photo, in a sentence of Markdown.

    Args:
        done: what was done to it, as of `cut_words`.
        before: the whole network's likeliest class, and its probability.
        after: the cut one's.
        still: the probability that the cut one gives to the class before.
    """
    if after[0] == before[0]:
        words = t("{done} it still says **{name}**, at **{still:.1%}** instead of {first:.1%}.")
    else:
        words = t(
            "{done} it says **{now}** ({second:.1%}), no longer **{name}**: {first:.1%} before, "
            "{still:.1%} now."
        )
    names = {"name": as_markdown(before[0]), "now": as_markdown(after[0])}
    return words.format(done=done, first=before[1], second=after[1], still=still, **names)


def drops_finding(drops: Drops, what: str) -> str:
    """What the first blocks cost, in a sentence of Markdown.

    Args:
        drops: what is left with one block missing, two, …
        what: the name of what is lost.
    """
    means = drops.means
    words = t("**{label}**: {what} {whole:.1%} when whole; the draws’ mean **{one:.1%}** with one block out")
    if len(means) > 2:
        words = t("{before}, {two:.1%} with two").format(before=words, two=means[2])
    return words.format(label=as_markdown(drops.label), what=what, whole=means[0], one=means[1]) + t(".")


def paths_finding(found: PathGradients) -> str:
    """How the gradient's norm changes with a path's length, and which lengths bring half of it, in Markdown.

    Args:
        found: of all lengths or, after a stop, of the first.
    """
    means = found.means
    words = t(
        "Measured: a norm of **{first:.2g}** along the path through no block, **{last:.2g}** along paths "
        "through {length}."
    ).format(first=means[0], last=means[-1], length=len(means) - 1)
    if len(means) <= found.blocks:  # of a part, nobody knows what share of the whole it brings
        return words
    lengths = span_text(*_fewest(found.contributions, 0.5))
    half = t(
        "Half of the gradient comes along paths through **{lengths}** of {blocks} blocks; most paths go "
        "through about {middle:g}."
    )
    return f"{words} " + half.format(lengths=lengths, blocks=found.blocks, middle=found.blocks / 2)


def differences(one: Weights, other: Weights) -> str:
    """What two networks beside each other differ in, in a sentence."""
    if all(weights.key.startswith(STUDY_PREFIX) for weights in (one, other)):
        return t(
            "Same recipe, same order of the same images, same photos: **they differ in the shortcuts alone.**"
        )
    from_study, not_of_it = (other, one) if other.key.startswith(STUDY_PREFIX) else (one, other)
    return t(
        "Trained otherwise: {study} is of the study on *Degradation*, {other} is not. For two that differ in "
        "the shortcuts alone, choose one of the study’s above."
    ).format(study=as_markdown(from_study.label), other=as_markdown(not_of_it.label))


def _fewest(parts: Sequence[float], share: float) -> tuple[int, int]:
    """The first and the last of the fewest neighbours that bring a share; among like many, the most."""
    count = len(parts)
    for width in range(1, count):
        start = max(range(count - width + 1), key=lambda at: sum(parts[at : at + width]))
        if sum(parts[start : start + width]) >= share:
            return start, start + width - 1
    return 0, count - 1
