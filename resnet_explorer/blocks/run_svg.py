"""A run through a block as a picture: its two paths at the left, each step's numbers at the right.

Every step has a row. Its box stands on the path of the branch or on the path of the shortcut, which
leaves the branch and comes back at the plus sign: solid for the identity, dashed for anything else.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.blocks.config import tensor_text
from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.numbers import fixed_text
from resnet_explorer.graph.svg import DASHES

if TYPE_CHECKING:  # it loads torch, and a picture needs none
    from resnet_explorer.blocks.run import BlockRun, Failure, Step

WIDTH: Final = 1232
HEIGHT: Final = 416
HEAD: Final = 30
FONT: Final = 17
SMALL: Final = 15
TALLEST_ROW: Final = 48
BOX: Final = 226
"""Width of a layer's box."""
BRANCH: Final = 124
SHORTCUT: Final = 376
SHAPE: Final = 512
MEAN: Final = 760
SPREAD: Final = 840
ZEROS: Final = 920
BARS: Final = (944, 120)
MAPS: Final = 1084
FAILED: Final = "#d5402b"
BLOCK: Final = STAGE_COLOURS["stage 1"]
NEGATIVE: Final = (43, 140, 214)
POSITIVE: Final = (230, 110, 20)

PAGE: Final = "var(--st-background-color, #ffffff)"
"""An opaque ground in the page's own colour keeps the lines behind from running through the words."""


@language_cache(maxsize=32)
def run_svg(run: BlockRun, standalone: bool = False) -> str:
    """The picture of a run.

    Args:
        run: what happened.
        standalone: for a file of its own: with a white ground.
    """
    rows = _Rows(
        {step.role: number for number, step in enumerate(run.steps)},
        min(TALLEST_ROW, (HEIGHT - HEAD) / (len(run.steps) + (run.failure is not None))),
    )
    count = len(run.steps) + (run.failure is not None)
    return svg.document(
        WIDTH,
        HEIGHT,
        _headings(run.reach),
        svg.path(
            "".join(f"M{SHAPE} {HEAD + row * rows.height:g}H{WIDTH}" for row in range(count)),
            stroke=LINE_GREY,
            stroke_opacity=0.35,
        ),
        _paths(run, rows),
        *(_row(step, rows, run.reach) for step in run.steps),
        _failed_row(run.failure, rows) if run.failure else "",
        name=_title(run),
        standalone=standalone,
        font_size=FONT,
    )


def _title(run: BlockRun) -> str:
    words = (
        t("A {kind} block: {start} fails at {role}") if run.failure else t("A {kind} block: {start} → {end}")
    )
    return words.format(
        kind=run.record.kind,
        start=tensor_text(run.steps[0].shape),
        role=run.failure.role if run.failure else "",
        end=tensor_text(run.steps[-1].shape),
    )


@dataclass(frozen=True)
class _Rows:
    """Where each step stands: its number by its role, and how high a row is, so that all fit in."""

    numbers: Mapping[str, int]
    height: float

    def middle(self, role: str, after: int = 0) -> float:
        """The middle of a step's row, or of one so many further down; what failed stands after the last."""
        return HEAD + (self.numbers.get(role, len(self.numbers)) + after + 0.5) * self.height

    @property
    def tall(self) -> float:
        """How high what stands in a row can be."""
        return self.height - 6


def _headings(reach: float) -> str:
    bars, wide = BARS
    return "".join(
        svg.text(x, HEAD - 9, words, text_anchor=anchor, font_size=SMALL, opacity=0.8)
        for x, words, anchor in (
            (BRANCH, t("branch"), "middle"),
            (SHORTCUT, t("shortcut"), "middle"),
            (SHAPE, t("shape"), "start"),
            (MEAN, t("mean"), "end"),
            (SPREAD, t("spread"), "end"),
            (ZEROS, t("zeros"), "end"),
            (bars, f"−{reach:g}", "start"),
            (bars + wide / 2, "0", "middle"),
            (bars + wide, f"{reach:g}", "end"),
            (MAPS, t("first channels"), "start"),
        )
    )


def _paths(run: BlockRun, rows: _Rows) -> str:
    """The branch's line from x to the last step, and the shortcut's around it."""
    end = rows.middle("") if run.failure else rows.middle(run.steps[-1].role)
    branch = svg.line(BRANCH, rows.middle("x"), BRANCH, end, stroke=LINE_GREY, stroke_width=2)
    kind = run.record.shortcut
    if kind == "none" or run.tap not in rows.numbers:
        return branch
    # The shortcut leaves below the box of its source; where nothing joins it, it ends with the picture.
    top, bend = rows.middle(run.tap) + rows.height / 2, 10
    way = f"M{BRANCH} {top:g}H{SHORTCUT - bend}Q{SHORTCUT} {top:g} {SHORTCUT} {top + bend:g}"
    tip = ""
    if "add" in rows.numbers or (run.failure and run.failure.role == "add"):
        meet = rows.middle("add")
        way += f"V{meet - bend:g}Q{SHORTCUT} {meet:g} {SHORTCUT - bend} {meet:g}H{BRANCH + 24}"
        tip = svg.path(f"M{BRANCH + 16} {meet:g}l12 -6v12z", fill=BLOCK)
    else:
        way += f"V{max(end, top + bend):g}"
    names = {"identity": t("identity"), "projection": "1×1", "zero_pad": t("zeros")}
    return (
        branch
        + tip
        + svg.path(way, fill="none", stroke=BLOCK, stroke_width=3, stroke_dasharray=DASHES[kind] or None)
        + svg.text(SHORTCUT + 12, rows.middle(run.tap, 1) + 6, names[kind], font_size=SMALL, opacity=0.85)
    )


def _row(step: Step, rows: _Rows, reach: float) -> str:
    y, side = rows.middle(step.role), rows.tall
    zeros = f"{100 * step.zeros:.0f} %" if step.zeros else ""
    return svg.group(
        _sign(BRANCH, y, BLOCK) if step.role == "add" else _box(step.role, step.words, step.place, y, side),
        svg.text(SHAPE, y + 6, tensor_text(step.shape), font_weight=700),
        svg.text(MEAN, y + 6, fixed_text(step.mean), text_anchor="end"),
        svg.text(SPREAD, y + 6, fixed_text(step.spread), text_anchor="end", font_weight=700),
        svg.text(ZEROS, y + 6, zeros, text_anchor="end") if zeros else "",
        _bars(step.bars, y, side),
        *(
            _map(values, MAPS + n * (TALLEST_ROW + 2), y - side / 2, side, reach)
            for n, values in enumerate(step.maps)
        ),
        data_step=step.role,
    )


def _failed_row(failure: Failure, rows: _Rows) -> str:
    y = rows.middle(failure.role)
    if failure.role != "add":
        words = t("{shape} will not do").format(shape=tensor_text(failure.shapes[0]))
        return _box(failure.role, "", failure.place, y, rows.tall, FAILED) + svg.text(
            SHAPE, y + 6, words, font_weight=700
        )
    one, other = failure.shapes
    sum_ = svg.text(
        SHAPE, y + 6, "", *_marked(one, other), svg.tspan(" + "), *_marked(other, one), font_weight=700
    )
    return _sign(BRANCH, y, FAILED, crossed=True) + sum_


def _marked(shape: Sequence[int], other: Sequence[int]) -> Iterator[str]:
    """A shape with those numbers underlined that the other shape has not."""
    yield svg.tspan("(")
    for place, (number, there) in enumerate(zip(shape, other, strict=True)):
        yield svg.tspan(", ") if place else ""
        yield svg.tspan(str(number), text_decoration=None if number == there else "underline")
    yield svg.tspan(")")


def _box(role: str, words: str, place: str, y: float, high: float, colour: str = BLOCK) -> str:
    x = SHORTCUT if place == "shortcut" else BRANCH
    outline = LINE_GREY if place == "input" else colour
    box = partial(svg.rect, x - BOX / 2, y - high / 2, BOX, high, rx=8)
    said = [svg.tspan(role, font_weight=600), svg.tspan(f"  {words}", opacity=0.85) if words else ""]
    return (
        box(fill=PAGE)
        + box(fill=outline, fill_opacity=0.2, stroke=outline, stroke_width=2)
        + svg.text(x, y + 6, "", *said, text_anchor="middle")
    )


def _sign(x: float, y: float, colour: str, crossed: bool = False) -> str:
    """The addition: a plus sign, or a cross where it fails."""
    arms = (
        f"M{x - 6} {y - 6:g}l12 12M{x + 6} {y - 6:g}l-12 12"
        if crossed
        else f"M{x - 7} {y:g}h14M{x} {y - 7:g}v14"
    )
    return (
        svg.circle(x, y, 13, fill=PAGE)
        + svg.circle(x, y, 13, fill=colour, fill_opacity=0.2, stroke=colour, stroke_width=2.4)
        + svg.path(arms, stroke=colour if crossed else "currentColor", stroke_width=3)
    )


def _bars(bars: Sequence[int], y: float, high: float) -> str:
    left, wide = BARS
    step, most, foot = wide / len(bars), max(*bars, 1), y + high / 2
    columns = "".join(
        f"M{left + step * (number + 0.1):.1f} {foot:g}v{-high * bar / most:.1f}h{step * 0.8:.1f}V{foot:g}Z"
        for number, bar in enumerate(bars)
        if bar
    )
    axes = f"M{left} {foot:g}h{wide}M{left + wide / 2:g} {y - high / 2:g}V{foot:g}"
    return svg.path(axes, stroke=LINE_GREY, stroke_opacity=0.6) + svg.path(columns, fill=BLOCK)


def _map(values: NDArray[np.float32], x: float, y: float, side: float, reach: float) -> str:
    """One channel of the first image: blue below 0, orange above, clear at 0."""
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where((values < 0)[..., None], NEGATIVE, POSITIVE)
    # Sixteen depths are as many as the eye tells apart, and a quarter of the bytes.
    depth = np.sqrt(np.minimum(np.abs(values) / (0.6 * reach), 1))
    pixels[..., 3] = np.round(depth * 15) * 17
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG")
    return svg.image(
        x, y, side, side, svg.data_address(file.getvalue()), style="image-rendering:pixelated"
    ) + svg.rect(x, y, side, side, fill="none", stroke=LINE_GREY, stroke_opacity=0.6)
