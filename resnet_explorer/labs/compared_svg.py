"""What a lab compares, drawn before its question is answered: networks as strips of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.network.spec import ResNetSpec

WIDTH: Final = 1200.0
NAMES: Final = 190.0
"""Room at the left."""
WIDEST: Final = 60.0
"""Of a block with the gap behind it."""
BOX: Final = 34.0
ARC: Final = 18.0
"""How high a shortcut rises over its box."""
GAP: Final = 16.0


@dataclass(frozen=True)
class Strip:
    """A network as a strip.

    Attributes:
        name: what stands before it.
        stages: of its blocks, in order.
        has_shortcuts: whether each block has one.
    """

    name: str
    stages: tuple[str, ...]
    has_shortcuts: bool

    @classmethod
    def of(cls, name: str, spec: ResNetSpec) -> Strip:
        """That of a spec, whose plan is not needed for it."""
        stages = tuple(f"stage {number}" for number, depth in enumerate(spec.depths, 1) for _ in range(depth))
        return cls(name, stages, spec.shortcut != "none")


def compared_svg(strips: Sequence[Strip]) -> str:
    """The strips, on one scale: as many times longer as there are more blocks."""
    unit = min(WIDEST, (WIDTH - NAMES - 4) / max(len(strip.stages) for strip in strips))
    parts, y = [], 0.0
    for strip in strips:
        y += ARC if strip.has_shortcuts else 0
        parts += [svg.text(0, y + BOX / 2 + 7, strip.name, font_weight=600), *_blocks(strip, y, unit)]
        y += BOX + GAP
    return svg.document(WIDTH, y, *parts, aria_label=_description(strips), font_size=20)


def _blocks(strip: Strip, y: float, unit: float) -> list[str]:
    middle, gap = y + BOX / 2, 0.3 * unit
    end = NAMES + len(strip.stages) * unit
    parts = [svg.line(NAMES, middle, end, middle, stroke=LINE_GREY, stroke_width=2)]
    for number, stage in enumerate(strip.stages):
        x, colour = NAMES + number * unit + gap / 2 + 2, STAGE_COLOURS[stage]
        parts.append(svg.rect(x, y, unit - gap, BOX, rx=min(5, unit / 6), fill=colour))
        if strip.has_shortcuts:
            left, right, bend = x - gap / 2, x + unit - gap / 2, min(8, unit / 4)
            arc = f"M{left:g} {middle:g}V{y - ARC + 4 + bend:g}q0 {-bend:g} {bend:g} {-bend:g}"
            arc += f"H{right - bend - 1:g}q{bend:g} 0 {bend:g} {bend:g}V{middle:g}"
            parts.append(svg.path(arc, fill="none", stroke=colour, stroke_width=min(3, unit / 4)))
    return parts


def _description(strips: Sequence[Strip]) -> str:
    bare, with_shortcuts = t("{name}: {count} blocks"), t("{name}: {count} blocks with a shortcut each")
    return t("; ").join(
        (with_shortcuts if strip.has_shortcuts else bare).format(name=strip.name, count=len(strip.stages))
        for strip in strips
    )
