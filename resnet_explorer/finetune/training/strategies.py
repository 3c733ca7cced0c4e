"""The three ways to fine-tune: what learns in each, and how much that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS, rgba
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import shortened
from resnet_explorer.finetune.training.hyperparameters import Settings, frozen_stages
from resnet_explorer.network.layers import section_name
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec

WIDTH, HEIGHT = 1232, 416
_FROM, _TO, _GAP = 232.0, 1010.0, 22.0
"""Where the network begins and ends, and what is between two of its parts."""
HALF: Final = (660, 384)
"""Width and height where a chart stands beside it; the parts have no room for more than their names."""
_MIDDLE: Final = 178.0
_TALLEST, _LOWEST = 250.0, 104.0
_THUMBNAIL: Final = 92.0
THUMBNAILS: Final = 6
_ROOMY: Final = 90.0
"""Width of a part that has room for its parameters."""
_CLASSES: Final = 8
"""Names at the end of the network."""


@dataclass(frozen=True)
class Part:
    """A part of the network: its name, its parameters, and whether it learns."""

    name: str
    params: int
    learns: bool


def parts(spec: ResNetSpec, classes: int, settings: Settings) -> tuple[Part, ...]:
    """Stem, stages and the new head, from photo to answer.

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


def strategy_svg(
    parts: tuple[Part, ...],
    photos: Sequence[bytes] = (),
    words: str = "",
    classes: Sequence[str] = (),
) -> str:
    """Photos, the network's parts in a row, and the classes: in colour what learns, dashed what stays.

    Args:
        parts: of the network.
        photos: a few thumbnails, as JPEG files, at most `THUMBNAILS`.
        words: what stands below them.
        classes: what the new head tells apart.
    """
    drawn = (*_photos(photos, words), *_network(parts, _FROM, _TO), *_classes(classes))
    label = t("{learning:,} of {all:,} parameters learn").format(
        learning=sum(part.params for part in parts if part.learns), all=sum(part.params for part in parts)
    )
    return svg.document(WIDTH, HEIGHT, *drawn, name=label, font_size=18)


def passing_svg(parts: tuple[Part, ...], photos: Sequence[bytes], words: str, passed: float) -> str:
    """The photos that pass through the frozen part at this moment, beside its parts; half as wide.

    Args:
        parts: of the network.
        photos: a few thumbnails, as JPEG files, at most `THUMBNAILS`.
        words: what stands below them.
        passed: the share of the photos that went through the frozen part.
    """
    width, height = HALF
    drawn = (*_photos(photos, words), *_network(parts, _FROM - 8, width - 4, passed))
    return svg.document(width, height, *drawn, name=_stays(passed), font_size=18)


def _network(parts: tuple[Part, ...], start: float, end: float, passed: float | None = None) -> list[str]:
    """The parts between two places, with what stays and what learns below them."""
    gap = min(_GAP, (end - start) / len(parts) / 5)
    width = (end - start + gap) / len(parts)
    boxes = [
        _part(part, start + width * place, width - gap, gap, place / max(1, len(parts) - 1))
        for place, part in enumerate(parts)
    ]
    frozen = sum(not part.learns for part in parts)
    stays = _bracket(start, start + width * frozen - gap, _stays(passed), passed) if frozen else ""
    return [*boxes, stays, _bracket(start + width * frozen, end, t("learns"))]


def _stays(passed: float | None) -> str:
    if passed is None:
        return t("stays as it is: each photo passes once")
    return t("each photo passes once: {share:.0%} have").format(share=passed)


def _part(part: Part, x: float, width: float, gap: float, depth: float) -> str:
    """A box, the lower the deeper it is, as the maps in it are."""
    colour, height = STAGE_COLOURS[part.name], _TALLEST + (_LOWEST - _TALLEST) * depth
    frame: dict[str, svg.Attribute] = {"fill": rgba(colour, 0.4), "stroke": colour, "stroke_width": 2.5}
    if not part.learns:
        frame = {"fill": "none", "stroke": LINE_GREY, "stroke_width": 2, "stroke_dasharray": "6 5"}
    middle = x + width / 2
    word = t("new") if part.name == "head" else t("learns") if part.learns else t("stays")
    drawn = [
        svg.path(_arrow(x - gap + 2, gap - 4), stroke=LINE_GREY, stroke_width=2.5, fill="none"),
        svg.rect(x, _MIDDLE - height / 2, width, height, rx=12, **frame),
    ]
    if width < _ROOMY:
        drawn.append(svg.text(middle, _MIDDLE + 6, t(part.name), font_size=17, font_weight=650))
    else:
        drawn += [
            svg.text(middle, _MIDDLE - 20, t(part.name), font_weight=650),
            svg.text(middle, _MIDDLE + 7, f"{part.params:,}", font_size=17),
            svg.text(middle, _MIDDLE + 32, word, font_size=17, opacity=0.8),
        ]
    return svg.group(*drawn, text_anchor="middle")


def _arrow(x: float, length: float) -> str:
    return f"M{svg.number(x)} {svg.number(_MIDDLE)}h{svg.number(length)}m-6 -5l6 5l-6 5"


def _bracket(start: float, end: float, words: str, done: float | None = None) -> str:
    """A line under some parts with words below it; its done part in colour."""
    y = 340.0
    middle, shown = (start + end) / 2, shortened(words, max(14, int((end - start) / 8)))
    return svg.group(
        svg.title(words),
        svg.rect(start, y, end - start, 6, rx=3, fill=LINE_GREY, opacity=0.5),
        svg.rect(start, y, (end - start) * (done or 0), 6, rx=3, fill=STAGE_COLOURS["stage 1"]),
        svg.text(middle, y + 30, shown, text_anchor="middle"),
    )


def _photos(files: Sequence[bytes], words: str) -> list[str]:
    """The thumbnails, two in a row; empty frames where there are none yet."""
    step, count = _THUMBNAIL + 8, len(files) or THUMBNAILS
    top = _MIDDLE - step * -(-count // 2) / 2 + 4
    empty: dict[str, svg.Attribute] = {"fill": "none", "stroke": LINE_GREY, "stroke_dasharray": "6 5"}
    drawn = []
    for number in range(count):
        x, y = step * (number % 2), top + step * (number // 2)
        if files:
            file, fit = svg.data_address(files[number]), "xMidYMid slice"
            drawn.append(svg.image(x, y, _THUMBNAIL, _THUMBNAIL, file, preserveAspectRatio=fit))
        else:
            drawn.append(svg.path(f"M{x + 1} {y}h{_THUMBNAIL - 2}v{_THUMBNAIL}h-{_THUMBNAIL - 2}z", **empty))
    return [*drawn, svg.text(step - 4, 370, words, text_anchor="middle")]


def _classes(names: Sequence[str]) -> list[str]:
    shown = [shortened(name, 18) for name in names[:_CLASSES]]
    if len(names) > _CLASSES:
        shown[-1] = t("… {count:,} classes").format(count=len(names))
    if not shown:
        return []
    top = _MIDDLE - 15.0 * (len(shown) - 1) + 6
    lines = [svg.text(_TO + 36, top + 30 * n, name) for n, name in enumerate(shown)]
    return [svg.path(_arrow(_TO + 4, 24), stroke=LINE_GREY, stroke_width=2.5, fill="none"), *lines]
