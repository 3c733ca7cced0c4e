"""The order in which photos pass through the frozen part: soon some of every class, of both parts."""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import Final

BATCH: Final = 32
"""Photos that pass together."""
FIRST: Final = 4 * BATCH
"""Photos that have passed at a first head’s first point; at each next one twice as many, at last all."""
_GOLDEN: Final = (5**0.5 - 1) / 2


def passing_batches(learnt: int, total: int) -> list[list[int]]:
    """The batches in the order in which they pass, as places of photos.

    Photos of one class are neighbours. So photos to learn from and to test on take turns, and each next one
    lies far from those before: by the fractional parts of n · 0.618…, which fill a line evenly (Knuth, The
    Art of Computer Programming, volume 3, section 6.4, theorem S). What is left for a smaller batch at the
    end are always the last places.

    Args:
        learnt: photos to learn from; their places come first.
        total: those and the ones to test on.
    """
    whole = total - total % BATCH
    parts = (range(min(learnt, whole)), range(learnt, whole))
    spread = ([place for _, place in sorted(zip(_turns(len(part)), part, strict=True))] for part in parts)
    places = [place for place in chain.from_iterable(zip_longest(*spread)) if place is not None]
    places += range(whole, total)
    return [places[at : at + BATCH] for at in range(0, total, BATCH)]


def _turns(count: int) -> list[int]:
    """When each of so many in a row has its turn: the first here, the next at 0.62 of the row, at 0.24 …"""
    return sorted(range(count), key=lambda turn: turn * _GOLDEN % 1)
