"""Ratios taken in one run: each contender in turn, round after round, so that all meet the same load."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line of the table: what was measured, against what, and what it should be."""

    what: str
    milliseconds: float
    against: str
    other_milliseconds: float
    aim: str = ""

    @property
    def ratio(self) -> float:
        return self.milliseconds / self.other_milliseconds

    def __str__(self) -> str:
        ratio = f"{self.ratio:.3g}" if self.ratio >= 0.01 else f"1 / {1 / self.ratio:,.0f}"
        return (
            f"| {self.what} | {self.milliseconds:,.2f} ms | {self.against} | "
            f"{self.other_milliseconds:,.2f} ms | {ratio} | {self.aim} |"
        )


HEADER = "| what | median | against | median | ratio | aim |\n|---|---|---|---|---|---|"


def side_by_side(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each contender, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            if number:
                taken[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}
