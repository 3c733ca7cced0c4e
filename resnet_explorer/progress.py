"""How far a long computation is, told by the computation itself, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


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
