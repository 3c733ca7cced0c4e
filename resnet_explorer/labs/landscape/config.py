"""What is asked of a landscape of one's own: of which network, with how many photos, how far, how fine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COUNTS: Final = (100, 250, 500, 1000)
"""Photos."""
SIDES: Final = (9, 13, 17, 25, 33)
"""Points a side: odd, so that the trained weights are one of them."""
WIDEST: Final = 3.0
LAST_SEED: Final = 9999


@dataclass(frozen=True)
class SurfaceConfig:
    """What is computed: nothing else decides it.

    Attributes:
        key: of the network. At first not one of the deep two that ship computed: a third of the work.
        count: photos, of those with labels.
        seed: of the directions.
        span: how far out, in lengths of the filters.
        steps: points a side.
    """

    key: str = "study/residual-20"
    count: int = COUNTS[0]
    seed: int = 0
    span: float = 1.0
    steps: int = SIDES[0]


DEFAULT: Final = SurfaceConfig()
