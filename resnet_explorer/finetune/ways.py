"""The three ways to fine-tune: what learns in each, and how much that is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.finetune.settings import Settings, frozen_stages
from resnet_explorer.i18n import t
from resnet_explorer.plan import plan, section_name
from resnet_explorer.spec import ResNetSpec

_WIDTH, _HEIGHT, _GAP = 170, 92, 26


@dataclass(frozen=True)
class Part:
    """A part of the network: its name, its parameters, and whether it learns."""

    name: str
    params: int
    learns: bool


def parts(spec: ResNetSpec, classes: int, settings: Settings) -> tuple[Part, ...]:
    """Stem, stages and the new head, from photo to answer.

    Args:
        spec: the network that it begins with.
        classes: outputs of the new head.
        settings: how it is to be fine-tuned.

    Raises:
        ValueError: if more stages are to learn than there are.
    """
    new = plan(spec.with_(num_classes=classes, include_top=True), spec.natural_size)
    frozen = frozen_stages(spec, settings)
    learns_from = 0 if frozen is None else frozen + 1  # the stem is number 0, and goes with the first stage
    sections = [section_name(number) for number in range(len(spec.depths) + 1)]
    params = dict.fromkeys([*sections, "head"], 0)
    for layer in new.layers:
        # A last norm before the head stays or learns with the stage before it.
        name = "head" if layer.kind == "fc" else layer.stage if layer.stage in sections else sections[-1]
        params[name] += layer.params
    learning = {"head", *sections[learns_from:]}
    return tuple(Part(name, count, name in learning) for name, count in params.items())


def ways_svg(parts: tuple[Part, ...]) -> str:
    """The parts in a row: in their colours what learns, grey and dashed what stays as it is."""
    width = len(parts) * (_WIDTH + _GAP) - _GAP + 4
    drawn = [_part(part, 2 + place * (_WIDTH + _GAP), place > 0) for place, part in enumerate(parts)]
    learning = sum(part.params for part in parts if part.learns)
    label = t("{learning:,} of {all:,} parameters learn").format(
        learning=learning, all=sum(part.params for part in parts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT + 4}" width="{width}" '
        f'height="{_HEIGHT + 4}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="18"><title>{escape(label)}</title>{"".join(drawn)}</svg>'
    )


def _part(part: Part, x: int, follows: bool) -> str:
    colour = STAGE_COLOURS[part.name]
    look = (
        f'fill="{rgba(colour, 0.4)}" stroke="{colour}" stroke-width="2.5"'
        if part.learns
        else f'fill="none" stroke="{LINE_GREY}" stroke-width="2" stroke-dasharray="6 5"'
    )
    middle = x + _WIDTH / 2
    word = t("new") if part.name == "head" else t("learns") if part.learns else t("stays")
    arrow = (
        f'<path d="M{x - _GAP + 5} {_HEIGHT / 2 + 2}h{_GAP - 11}" stroke="{LINE_GREY}" stroke-width="2.5"/>'
        if follows
        else ""
    )
    return (
        f'{arrow}<rect x="{x}" y="2" width="{_WIDTH}" height="{_HEIGHT}" rx="12" {look}/>'
        f'<g text-anchor="middle" fill="currentColor"><text x="{middle}" y="32" font-weight="650">'
        f'{escape(part.name)}</text><text x="{middle}" y="57">{part.params:,}</text>'
        f'<text x="{middle}" y="80" font-size="16" opacity="0.8">{escape(word)}</text></g>'
    )
