"""Networks beside each other in one picture: name, map over the photo and likeliest classes of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import enumerated, named, shortened
from resnet_explorer.explanation.top_k_svg import ROW, top_k_rows
from resnet_explorer.weights.shown_names import fitting_name

WIDTH: Final = 1232
HEIGHT: Final = 460
GAP: Final = 28
MAP_TOP: Final = 64
WIDE_SIDE: Final = 336
"""Pixels of a map's side where the bars stand beside it: of one or two networks."""
NARROW_SIDE: Final = 194
"""Pixels of a map's side where the bars stand below it: of three networks and more."""
NARROW_ROWS: Final = 3
NARROW_SCALE: Final = 0.8
"""Of the bars below a map, whose letters are smaller and of which there are more in a line."""
FONT: Final = 16
LETTER: Final = 7.6
"""Pixels of a letter of that size, on the average."""


@dataclass(frozen=True)
class NetworkColumn:
    """What the picture says of one network.

    Attributes:
        name: what it is called.
        facts: of its size and its time, in a few words.
        best: the likeliest classes and their probabilities, the likeliest first.
        target: the class that the map is for.
        stage: whose output the map is of, by name.
        cells: height and width of the map.
        peak: the map's largest value, 0 for a map of zeros.
        overlay: the `data:` address of the map over the photo, a square.
        colours: the `data:` address of its colours from 0 to the peak, in a row.
    """

    name: str
    facts: str
    best: Sequence[tuple[str, float]]
    target: str
    stage: str
    cells: tuple[int, int]
    peak: float
    overlay: str
    colours: str

    @property
    def words(self) -> str:
        """What it says, for those who hear the picture."""
        best = enumerated(f"{name} {value:.1%}" for name, value in self.best)
        of_map = t("the map of {stage} over the photo, for {label}").format(
            stage=t(self.stage), label=self.target
        )
        return named(self.name, t("; ").join((best, of_map)))


def columns_svg(columns: Sequence[NetworkColumn]) -> str:
    """An SVG in which each row of bars carries its class as `data-key`."""
    width = (WIDTH - GAP * (len(columns) - 1)) / len(columns)
    draw = _wide if len(columns) <= 2 else _narrow
    drawn = (
        svg.group(*draw(column, width), transform=f"translate({svg.number(number * (width + GAP))} 0)")
        for number, column in enumerate(columns)
    )
    return svg.document(
        WIDTH, HEIGHT, *drawn, aria_label=". ".join(each.words for each in columns), font_size=FONT
    )


def _wide(column: NetworkColumn, width: float) -> list[str]:
    """The map, and beside it the answer and five bars."""
    left = WIDE_SIDE + GAP
    room = width - left
    name, probability = column.best[0]
    rows = top_k_rows(column.best, column.target, round(room))
    return [
        *_heading(column, width),
        *_map(column, WIDE_SIDE),
        _map_words(column, MAP_TOP + WIDE_SIDE + 48, " "),
        svg.text(left, MAP_TOP + 26, _cut(name, room, 30), font_size=30, font_weight=700),
        svg.text(left, MAP_TOP + 54, f"{probability:.1%}", font_size=22, opacity=0.8),
        svg.group(*rows, transform=f"translate({left} {MAP_TOP + 66})", font_size=20),
    ]


def _narrow(column: NetworkColumn, width: float) -> list[str]:
    """The map, and below it three bars."""
    side = min(width, NARROW_SIDE)
    top = HEIGHT - NARROW_ROWS * ROW * NARROW_SCALE
    rows = top_k_rows(column.best[:NARROW_ROWS], column.target, round(width / NARROW_SCALE))
    return [
        *_heading(column, width),
        *_map(column, side),
        _map_words(column, MAP_TOP + side + 42, None, width),
        svg.group(*rows, transform=f"translate(0 {svg.number(top)}) scale({NARROW_SCALE})", font_size=20),
    ]


def _heading(column: NetworkColumn, width: float) -> list[str]:
    return [
        svg.text(0, 24, _cut(column.name, width, 24), font_size=24, font_weight=700),
        svg.text(0, 48, _cut(column.facts, width, FONT), opacity=0.8),
    ]


def _map(column: NetworkColumn, side: float) -> list[str]:
    """The map over the photo under the colour of its stage, and what its own colours mean."""
    below = MAP_TOP + side + 8
    peak = f"{column.peak:.3g}" if column.peak else t("0 everywhere")
    bar = max(20.0, side - 24 - LETTER * len(peak))
    return [
        svg.rect(0, MAP_TOP - 7, side, 5, rx=2, fill=STAGE_COLOURS[column.stage]),
        svg.image(0, MAP_TOP, side, side, column.overlay),
        svg.text(0, below + 10, "0"),
        svg.image(14, below, bar, 10, column.colours, preserveAspectRatio="none"),
        svg.text(22 + bar, below + 10, peak),
    ]


def _map_words(column: NetworkColumn, y: float, between: str | None, width: float = 0) -> str:
    """Stage, cells and class, in one line or, where that is too long, in two."""
    height, columns = column.cells
    cells = t("{stage}, {height} × {width} cells,").format(
        stage=t(column.stage), height=height, width=columns
    )
    label = t("for {label}").format(
        label=shortened(column.target) if between else _cut(column.target, width - 4 * LETTER, FONT)
    )
    second: dict[str, svg.Attribute] = {} if between else {"x": 0, "dy": 20}
    return svg.text(0, y, f"{cells} ", svg.tspan(label, font_weight=700, **second))


def _cut(words: str, width: float, font_size: float) -> str:
    """As much of it as so many pixels have room for."""
    return fitting_name(words, max(4, int(width / (font_size * LETTER / FONT))))
