"""How far an answer can be believed, in words: sure, unsure, or at least of a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated
from resnet_explorer.weights.kinds import HALF, KindAnswer, likeliest_kind
from resnet_explorer.weights.shown_names import shown_name

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.weights.description import Weights

MOST_NAMED: Final = 3
"""Members of a kind that are named, of those that are worth a word."""
WORTH_NAMING: Final = 0.01


@dataclass(frozen=True)
class Confidence:
    """What is known of an answer besides the most probable class.

    Attributes:
        is_unsure: whether of the answers below the network's threshold, where this one is, fewer than half
            are right. Never for weights that nobody measured.
        share_right: of the answers of this probability; None where nobody measured.
        kind: what is likely where no class is.
        known: how many classes the network knows.
    """

    is_unsure: bool
    share_right: float | None
    kind: KindAnswer | None
    known: int


def confidence_of(probabilities: Tensor, weights: Weights) -> Confidence:
    """How far an answer can be believed.

    Args:
        probabilities: (classes,), their sum 1.
        weights: whose answer it is.
    """
    best, measured = float(probabilities.max()), weights.calibration
    threshold = max(HALF, measured.unsure_below) if measured else HALF
    return Confidence(
        measured is not None and best < measured.unsure_below,
        measured.share_right(best) if measured else None,
        likeliest_kind(probabilities, weights.kinds, threshold),
        len(probabilities),
    )


def in_words(found: Confidence, names: Sequence[str], shown: Callable[[str], str] = str) -> str:
    """Sentences that stand below the most probable class or kind; "" where there is nothing to say.

    Args:
        found: what is known of the answer.
        names: the classes.
        shown: makes a name fit for where it is shown.
    """
    sentences = []
    if found.kind:
        members = _members_in_words(found.kind, names, shown)
        sentences.append(t("Unsure which: {members}.").format(members=members))
    elif found.is_unsure:
        sentences.append(
            t("Unsure: it may well be none of the {known:,} things that this network knows.").format(
                known=found.known
            )
        )
    if found.share_right is not None:
        words = (
            t("Of answers as unsure as this one {share:.0%} are right.")
            if found.is_unsure
            else t("Of answers as sure as this one {share:.0%} are right.")
        )
        sentences.append(words.format(share=found.share_right))
    return " ".join(sentences)


def kind_in_words(found: KindAnswer) -> str:
    """As "a dog, 84%"."""
    return t(", ").join((with_article(found.kind.name), f"{found.probability:.0%}"))


def _members_in_words(found: KindAnswer, names: Sequence[str], shown: Callable[[str], str]) -> str:
    members = [
        f"{shown(names[index])} {probability:.0%}"
        for index, probability in found.members[:MOST_NAMED]
        if probability >= WORTH_NAMING
    ]
    return enumerated([*members, "…"] if len(found.members) > len(members) else members)


def with_article(kind: str) -> str:
    """A kind as one of its things: "a dog", "an insect"."""
    words = t("an {kind}") if kind[:1].lower() in tuple("aeiou") else t("a {kind}")
    return words.format(kind=shown_name(kind))
