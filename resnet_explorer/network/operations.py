"""What the work of a network is counted in: MACs (multiply–accumulates), or FLOPs, two for each."""

from __future__ import annotations

from typing import Final

UNITS: Final = ("MACs", "FLOPs")


def per_mac(unit: str) -> int:
    """How many of a unit of `UNITS` one multiply–accumulate is."""
    return 2 if unit == "FLOPs" else 1
