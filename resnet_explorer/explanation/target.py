"""What a map of evidence is for: a class, or a kind of classes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resnet_explorer.common.i18n import t
from resnet_explorer.weights.kinds import Kind
from resnet_explorer.weights.shown_names import shown_name

if TYPE_CHECKING:
    from torch import Tensor

Target = int | Kind
"""The index of a class, or a kind."""


def score_of(logits: Tensor, target: Target) -> Tensor:
    """What a map shares out: a class's logit, a kind's probability.

    A kind has no logit of its own. Its probability is the sum of its members', and so is its gradient:
    each member counts as much as it is believed in.

    Args:
        logits: (n, classes).
        target: the class or kind.

    Returns:
        (n,).
    """
    return probability_of(logits.softmax(dim=1), target) if isinstance(target, Kind) else logits[:, target]


def probability_of(probabilities: Tensor, target: Target) -> Tensor:
    """The probability of a class, or of all members of a kind together: (…, classes) → (…)."""
    if isinstance(target, Kind):
        return probabilities[..., list(target.members)].sum(dim=-1)
    return probabilities[..., target]


def name_of(target: Target, names: Sequence[str]) -> str:
    """What people call it."""
    return shown_name(target.name) if isinstance(target, Kind) else names[target]


def members_of(target: Target) -> tuple[int, ...]:
    """Its classes: one, or a kind's."""
    return target.members if isinstance(target, Kind) else (target,)


def check_target(target: Target, classes: int) -> None:
    """Refuse a class or a kind that a network of so many classes does not know.

    Raises:
        ValueError: with the classes that there are.
    """
    for index in members_of(target):
        if not 0 <= index < classes:
            raise ValueError(
                t("target is {index}; the classes go from 0 to {classes}.").format(
                    index=index, classes=classes - 1
                )
            )
    if not members_of(target):
        raise ValueError(t("The kind {target} has no members.").format(target=name_of(target, ())))
