"""How far a long computation is, told by the computation itself, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from resnet_explorer.common.i18n import t

Tell = Callable[[str], None]
"""Told in a few words what is being done, for those who wait."""

T_co = TypeVar("T_co", covariant=True)


def silent(_: str) -> None:
    """A `Tell` where nobody waits."""


@dataclass(frozen=True, eq=False)
class Step(Generic[T_co]):
    """A piece of work that is done.

    Long computations are generators of these, the last with the whole answer. Between two of them the
    caller may show something, let others work, or stop for good.

    Attributes:
        done: pieces done so far, 1 at the first.
        total: pieces in all.
        answer: what is known so far; None before there is anything to show.
    """

    done: int
    total: int
    answer: T_co | None = None


def final_answer(steps: Iterable[Step[T_co]]) -> T_co:
    """The answer at the end of a computation, waited for.

    Raises:
        ValueError: if it ends without one.
    """
    answer = None
    for step in steps:
        answer = step.answer
    if answer is None:
        raise ValueError(t("The computation came to no answer."))
    return answer
