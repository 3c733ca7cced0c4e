"""Two networks as two rows of blocks, section under section, so that a difference catches the eye.

A block is a tile, and so is a window of the stem and a layer of the head. The height of a tile tells
the side of its map: half the side is one step lower. What the other network has no counterpart for
is drawn in full colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from math import log2, prod
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import nt, t
from resnet_explorer.common.numbers import count_text, signed_text
from resnet_explorer.common.text import named
from resnet_explorer.comparison.differences import Comparison, SectionPair, ratio_text
from resnet_explorer.network.layers import Plan, Shape, Stage, shape_text
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.spec import title
from resnet_explorer.network.table_rows import window_text

WIDTH: Final = 1232
FONT: Final = 18
LINE: Final = 24
STEP: Final = 12.0
"""Units that a tile is higher for twice the side."""
LOWEST: Final = 20.0
WIDEST: Final = 30.0
NARROWEST: Final = 5.0
"""Neighbouring tiles that look the same are drawn as one bar below this width."""
FREE: Final = 0.18
"""Share of a tile's place that is left free."""
HEADING: Final = 44
INSET: Final = 12
ENDS: Final = 150
"""Width of the columns of stem and head."""
LEAST: Final = 160
"""Width of a stage's column at least: a shape stands under it."""

DASHES: Final = {"projection": "6 4", "zero_pad": "2 4", "identity": "none"}
PALE: Final = 0.5


@dataclass(frozen=True)
class Tile:
    """A block, or a layer of the stem or the head.

    `outline` is the kind of its shortcut, or "none" for no outline; `extra` tells that the other
    network has nothing in its place.
    """

    name: str
    outline: str
    shape: Shape
    extra: bool

    @property
    def height(self) -> float:
        """Units of the picture."""
        sides = self.shape[1:] or (1, 1)
        return LOWEST + STEP * log2(prod(sides)) / 2

    @property
    def look(self) -> tuple[str, float, bool]:
        """What two tiles share that can be drawn as one: outline, height, and whether they are extra."""
        return self.outline, self.height, self.extra


@dataclass(frozen=True)
class _Column:
    """A section of both networks and where it stands; a tile of it has `pitch` to itself."""

    pair: SectionPair
    left: float
    width: float
    a: tuple[Tile, ...]
    b: tuple[Tile, ...]

    @property
    def pitch(self) -> float:
        return min(WIDEST, (self.width - 2 * INSET) / max(len(self.a), len(self.b), 1))


def comparison_svg(comparison: Comparison, unit: str = "MACs", standalone: bool = False) -> str:
    """The picture: A above, B below, and between them what differs.

    Args:
        comparison: the two networks.
        unit: "MACs", or "FLOPs" for twice as many, in the two headings.
        standalone: for a file of its own: with a white ground.
    """
    columns = _columns(comparison)
    highest = max(tile.height for column in columns for tile in (*column.a, *column.b))
    lane = HEADING + highest + 2 * LINE + 6
    between = LINE + 24
    height = 2 * lane + between + 8
    parts = [_ground(column, height) for column in columns if column.pair.differs]
    for letter, p, top in (("A", comparison.a, 0.0), ("B", comparison.b, lane + between)):
        parts.append(_heading(letter, p, top, unit))
        parts += [_section(column, letter, p, top + HEADING + highest) for column in columns]
    parts += [_difference(column, lane + between / 2 + 6) for column in columns]
    names = {"a": title(comparison.a.spec), "b": title(comparison.b.spec)}
    return svg.document(
        WIDTH,
        height,
        *parts,
        name=t("{a} and {b}, section by section").format(**names),
        standalone=standalone,
        font_size=FONT,
    )


def tiles(section: Stage | None, other: Stage | None) -> tuple[Tile, ...]:
    """The tiles of a section, beside the same section of the other network.

    Blocks are counterparts by their number; layers of stem and head by their name and window.
    """
    if section is None:
        return ()
    if section.blocks:
        there = len(other.blocks) if other else 0
        return tuple(
            Tile(block.name, block.shortcut, block.out_shape, number >= there)
            for number, block in enumerate(section.blocks)
        )
    known = {(layer.name, layer.kernel) for layer in other.layers} if other else set()
    return tuple(
        Tile(layer.name, "none", layer.out_shape, (layer.name, layer.kernel) not in known)
        for layer in section.layers
        if layer.kind in ("conv", "maxpool", "avgpool", "fc")
    )


def _columns(comparison: Comparison) -> list[_Column]:
    a, b = ({section.name: section for section in p.sections} for p in (comparison.a, comparison.b))
    widths = list(_widths(comparison.sections))
    lefts = accumulate(widths, initial=0.0)
    return [
        _Column(
            pair,
            left,
            width,
            tiles(a.get(pair.name), b.get(pair.name)),
            tiles(b.get(pair.name), a.get(pair.name)),
        )
        for pair, left, width in zip(comparison.sections, lefts, widths, strict=False)
    ]


def _widths(pairs: Sequence[SectionPair]) -> Iterator[float]:
    """A stage with many blocks gets more of the width; all stages get enough for their labels."""
    most = [max(pair.blocks.a, pair.blocks.b) for pair in pairs]
    stages = sum(1 for number in most if number)
    free = WIDTH - ENDS * (len(pairs) - stages) - LEAST * stages
    for number in most:
        yield LEAST + free * number / sum(most) if number else ENDS


def _section(column: _Column, letter: str, p: Plan, ground: float) -> str:
    """One section of one network: its tiles standing on the ground, and its label below."""
    side, drawn = (column.pair.a, column.a) if letter == "A" else (column.pair.b, column.b)
    x, name = column.left + INSET, column.pair.name
    if side.out_shape is None:
        return svg.text(x, ground + LINE, t("no {section}").format(section=t(name)), opacity=0.75)
    section = next(section for section in p.sections if section.name == name)
    return (
        "".join(_bars(drawn, x, ground, column.pitch, STAGE_COLOURS[name]))
        + svg.text(x, ground + LINE, shape_text(side.out_shape))
        + svg.text(x, ground + 2 * LINE, _what(section), opacity=0.8)
    )


def _what(section: Stage) -> str:
    """The second line of a label: how many blocks, or which layers."""
    if section.blocks:
        number = len(section.blocks)
        return nt("{count} block", "{count} blocks", number).format(count=f"{number:,}")
    windows = [layer for layer in section.layers if layer.kind in ("conv", "maxpool")]
    if windows:
        return ", ".join(t("max-pool") if w.kind == "maxpool" else window_text(w)[:3] for w in windows)
    return ", ".join(layer.name for layer in section.layers if layer.kind in ("avgpool", "fc"))


def _bars(drawn: Iterable[Tile], x: float, ground: float, pitch: float, colour: str) -> Iterator[str]:
    """The tiles from left to right; where they would be too narrow, neighbours alike as one bar."""
    for _, group in groupby(drawn, lambda tile: tile.look if pitch < NARROWEST else tile):
        run = list(group)
        name = run[0].name if len(run) == 1 else f"{run[0].name} – {run[-1].name}"
        width = pitch * len(run)
        yield _bar(run[0], name, x, ground, max(1.2, width - FREE * min(pitch, width)), colour)
        x += width


def _bar(tile: Tile, name: str, x: float, ground: float, width: float, colour: str) -> str:
    outline: dict[str, svg.Attribute] = {}
    if tile.outline in DASHES and width > 4:
        outline = {"stroke": colour, "stroke_width": 2, "stroke_dasharray": DASHES[tile.outline]}
    return svg.rect(
        x + 1,
        ground - tile.height,
        max(1.2, width - 2),
        tile.height,
        svg.title(named(name, shape_text(tile.shape))),
        rx=min(4, width / 4),
        fill=colour,
        fill_opacity=1 if tile.extra else PALE,
        **outline,
    )


def _ground(column: _Column, height: float) -> str:
    """Behind a section that differs."""
    left, width = column.left + 2, column.width - 4
    return svg.rect(left, HEADING - 10, width, height - HEADING + 8, rx=12, fill="currentColor", opacity=0.07)


def _heading(letter: str, p: Plan, top: float, unit: str) -> str:
    operations = count_text(p.macs * per_mac(unit))
    figures = t("{size} pixels · {params} parameters · {operations} {unit}").format(
        size=shape_text(p.input_size), params=count_text(p.params), operations=operations, unit=unit
    )
    x, y = INSET + 14, top + 22.5
    return (
        svg.circle(x, top + 16, 14, fill="currentColor", fill_opacity=0.14)
        + svg.text(x, y, letter, text_anchor="middle", font_weight=700)
        + svg.text(
            INSET + 40,
            y,
            title(p.spec),
            svg.tspan(figures, dx=14, opacity=0.8, font_weight=400),
            font_weight=700,
        )
    )


def _difference(column: _Column, y: float) -> str:
    differs = column.pair.differs
    return svg.text(
        column.left + INSET,
        y,
        difference_text(column.pair),
        font_weight=700 if differs else None,
        opacity=None if differs else 0.75,
    )


def difference_text(pair: SectionPair) -> str:
    """The difference of a section in a word: its blocks, else parameters, MACs or memory; "=" for none."""
    if not pair.differs:
        return "="
    blocks = pair.blocks.difference
    if blocks:
        return nt("{count} block", "{count} blocks", abs(blocks)).format(count=signed_text(blocks))
    for figure, name in ((pair.params, t("params")), (pair.macs, "MACs"), (pair.memory, t("memory"))):
        if figure.difference and ratio_text(figure):
            return f"{name} {ratio_text(figure)}"
    a, b = ([(layer.name, layer.kind, layer.out_shape) for layer in side.layers] for side in (pair.a, pair.b))
    return t("other input") if a == b else t("other layers")
