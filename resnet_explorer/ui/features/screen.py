"""The rooms of the page Feature maps, which its views fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.ui.widgets.svg_view import PLACE

BELOW_BAR: Final = f"min(calc({PLACE} - 34px), 33vw)"
"""Height of a picture that stands below a colour bar, in CSS."""


@dataclass(frozen=True)
class Screen:
    """Where a view draws.

    Attributes:
        picture: the place of the picture.
        words: of the sentence below it.
        take_home: of settings and downloads.
        below: what comes below the fold.
    """

    picture: DeltaGenerator
    words: DeltaGenerator
    take_home: DeltaGenerator
    below: DeltaGenerator

    def columns(self) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
        """For a grid, one picture of it large, and what is said of that and chosen in it."""
        with self.picture:
            grid, large, side = self.picture.container(key="columns").columns([2.35, 1.75, 1.1], gap="medium")
        return grid, large, side
