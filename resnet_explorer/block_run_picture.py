"""A run through a block as a picture: its two paths at the left, each step's numbers at the right.

Every step has a row. Its box stands on the path of the branch or on the path of the shortcut, which
leaves the branch and comes back at the plus sign: solid for the identity, dashed for anything else.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.graph_svg import DASHES

if TYPE_CHECKING:  # it loads torch, and a picture needs none
    from resnet_explorer.block_run import BlockRun, Failure, Step

ROW: Final = 66
HEAD: Final = 42
FONT: Final = 22
SMALL: Final = 18
BOX: Final = (162, 54)
BRANCH: Final = 82
SHORTCUT: Final = 258
SHAPE: Final = 350
MEAN: Final = 596
SPREAD: Final = 682
ZEROS: Final = 766
BARS: Final = (790, 130)
MAPS: Final = 940
MAP: Final = 52
WIDTH: Final = MAPS + 3 * (MAP + 6)
FAILED: Final = "#d5402b"
BLOCK: Final = STAGE_COLOURS["stage 1"]
NEGATIVE: Final = (43, 140, 214)
POSITIVE: Final = (230, 110, 20)

_PATH_WORDS: Final = {"identity": "identity", "projection": "1×1", "zero_pad": "zeros", "none": ""}


@lru_cache(maxsize=32)
def run_svg(run: BlockRun, standalone: bool = False) -> str:
    """The picture of a run.

    Args:
        run: what happened.
        standalone: for a file of its own: with a white ground.
    """
    rows = {step.role: number for number, step in enumerate(run.steps)}
    count = len(rows) + (run.failure is not None)
    height = HEAD + count * ROW + 6
    parts = [_headings(run.reach), _separators(count)]
    parts += [_wires(run, rows)]
    parts += [_row(step, rows[step.role], run.reach) for step in run.steps]
    if run.failure:
        parts.append(_failed_row(run.failure, len(rows)))
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>' if standalone else ""
    ink = ' color="#1b2430"' if standalone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="Source Sans, Source Sans 3, sans-serif" '
        f'font-size="{FONT}"{ink}><title>{escape(_title(run))}</title>{ground}{"".join(parts)}</svg>'
    )


def tensor_text(shape: Iterable[int]) -> str:
    """A tensor's shape as PyTorch prints it: "(4, 3, 6, 6)"."""
    return f"({', '.join(map(str, shape))})"


def number_text(value: float, digits: int = 2) -> str:
    """A number with a minus sign, and no −0.00."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def _title(run: BlockRun) -> str:
    start = f"A {run.record.kind} block: {tensor_text(run.steps[0].shape)}"
    if run.output is None:
        assert run.failure is not None
        return f"{start} fails at {run.failure.role}"
    return f"{start} → {tensor_text(run.output.shape)}"


def _middle(row: int) -> float:
    return HEAD + (row + 0.5) * ROW


def _headings(reach: float) -> str:
    bars, wide = BARS
    return "".join(
        (
            _text(BRANCH, 24, "branch", "middle", SMALL, 0.72),
            _text(SHORTCUT, 24, "shortcut", "middle", SMALL, 0.72),
            _text(SHAPE, 24, "shape", "start", SMALL, 0.72),
            _text(MEAN, 24, "mean", "end", SMALL, 0.72),
            _text(SPREAD, 24, "spread", "end", SMALL, 0.72),
            _text(ZEROS, 24, "zeros", "end", SMALL, 0.72),
            _text(bars, 24, f"−{reach:g}", "start", SMALL, 0.72),
            _text(bars + wide / 2, 24, "0", "middle", SMALL, 0.72),
            _text(bars + wide, 24, f"{reach:g}", "end", SMALL, 0.72),
            _text(MAPS, 24, "first channels", "start", SMALL, 0.72),
        )
    )


def _separators(count: int) -> str:
    lines = "".join(f"M{SHAPE} {HEAD + row * ROW}H{WIDTH}" for row in range(count))
    return f'<path d="{lines}" stroke="{LINE_GREY}" stroke-opacity=".35"/>'


def _wires(run: BlockRun, rows: dict[str, int]) -> str:
    """The branch's line from x to the last step, and the shortcut's around it."""
    end = _middle(len(rows) if run.failure else len(rows) - 1)
    parts = [f'<path d="M{BRANCH} {_middle(0)}V{end:g}" fill="none" stroke="{LINE_GREY}" stroke-width="2"/>']
    kind = run.record.shortcut
    joins = rows.get("add", len(rows) if run.failure and run.failure.role == "add" else None)
    if kind == "none" or run.tap not in rows:
        return "".join(parts)
    # The shortcut leaves below the box of its source; where nothing joins it, it ends with the picture.
    top, bend = _middle(rows[run.tap]) + ROW / 2, 14
    way = f"M{BRANCH} {top:g}H{SHORTCUT - bend}Q{SHORTCUT} {top:g} {SHORTCUT} {top + bend:g}"
    dash = f' stroke-dasharray="{DASHES[kind]}"' if DASHES[kind] else ""
    if joins is None:
        way += f"V{max(end, top + bend):g}"
    else:
        meet = _middle(joins)
        way += f"V{meet - bend:g}Q{SHORTCUT} {meet:g} {SHORTCUT - bend} {meet:g}H{BRANCH + 26}"
        parts.append(f'<path d="M{BRANCH + 18} {meet:g}l12 -6v12z" fill="{BLOCK}"/>')
    parts.append(f'<path d="{way}" fill="none" stroke="{BLOCK}" stroke-width="3"{dash}/>')
    label = _middle(rows[run.tap] + 1) + 6
    parts.append(_text(SHORTCUT + 12, label, _PATH_WORDS[kind], "start", SMALL, 0.85))
    return "".join(parts)


def _row(step: Step, row: int, reach: float) -> str:
    y = _middle(row)
    parts = [_sign(BRANCH, y, BLOCK) if step.role == "add" else _box(step.role, step.words, step.place, y)]
    parts += [
        _text(SHAPE, y + 8, tensor_text(step.shape), "start", weight=700),
        _text(MEAN, y + 8, number_text(step.mean), "end"),
        _text(SPREAD, y + 8, number_text(step.spread), "end"),
    ]
    if step.zeros:
        parts.append(_text(ZEROS, y + 8, f"{100 * step.zeros:.0f} %", "end"))
    parts.append(_bars(step.bars, y))
    for number, values in enumerate(step.maps):
        parts.append(_map(values, MAPS + number * (MAP + 6), y - MAP / 2, reach))
    return f'<g data-step="{escape(step.role)}">{"".join(parts)}</g>'


def _failed_row(failure: Failure, row: int) -> str:
    y = _middle(row)
    if failure.role != "add":
        shape = _text(SHAPE, y + 8, f"{tensor_text(failure.shapes[0])} will not do", "start", weight=700)
        return _box(failure.role, "", failure.place, y, FAILED) + shape
    one, other = failure.shapes
    sums = (
        f'<text x="{SHAPE}" y="{y + 7:g}" fill="currentColor" font-weight="700">'
        f"{_marked(one, other)} + {_marked(other, one)}</text>"
    )
    return _sign(BRANCH, y, FAILED, crossed=True) + sums


def _marked(shape: Sequence[int], other: Sequence[int]) -> str:
    """A shape with those numbers in red that the other shape has not."""
    numbers = (
        str(one) if one == there else f'<tspan fill="{FAILED}">{one}</tspan>'
        for one, there in zip(shape, other, strict=True)
    )
    return f"({', '.join(numbers)})"


def _box(role: str, words: str, place: str, y: float, colour: str = BLOCK) -> str:
    x = SHORTCUT if place == "shortcut" else BRANCH
    wide, high = BOX
    outline = LINE_GREY if place == "input" else colour
    # An opaque ground in the page's own colour keeps the line behind from running through the words.
    parts = [
        f'<rect x="{x - wide / 2:g}" y="{y - high / 2:g}" width="{wide}" height="{high}" rx="8" '
        f'fill="var(--st-background-color, #ffffff)"/>'
        f'<rect x="{x - wide / 2:g}" y="{y - high / 2:g}" width="{wide}" height="{high}" rx="8" '
        f'fill="{outline}" fill-opacity=".2" stroke="{outline}" stroke-width="2"/>'
    ]
    parts.append(_text(x, y - 4 if words else y + 7, role, "middle", weight=600))
    if words:
        parts.append(_text(x, y + 18, words, "middle", SMALL))
    return "".join(parts)


def _sign(x: float, y: float, colour: str, crossed: bool = False) -> str:
    arm = f"M{x - 9} {y:g}h18M{x} {y - 9:g}v18"
    if crossed:
        arm = f"M{x - 8} {y - 8:g}l16 16M{x + 8} {y - 8:g}l-16 16"
    return (
        f'<circle cx="{x}" cy="{y:g}" r="17" fill="var(--st-background-color, #ffffff)"/>'
        f'<circle cx="{x}" cy="{y:g}" r="17" fill="{colour}" fill-opacity=".2" stroke="{colour}" '
        f'stroke-width="2.4"/><path d="{arm}" stroke="{colour if crossed else "currentColor"}" '
        'stroke-width="3"/>'
    )


def _bars(bars: Sequence[int], y: float) -> str:
    left, wide = BARS
    step, most, foot = wide / len(bars), max(*bars, 1), y + 24
    ways = "".join(
        f"M{left + step * (number + 0.1):.1f} {foot:g}v{-48 * bar / most:.1f}h{step * 0.8:.1f}V{foot:g}Z"
        for number, bar in enumerate(bars)
        if bar
    )
    middle = left + wide / 2
    return (
        f'<path d="M{left} {foot:g}h{wide}M{middle:g} {y - 26:g}V{foot:g}" stroke="{LINE_GREY}" '
        f'stroke-opacity=".6"/><path d="{ways}" fill="{BLOCK}"/>'
    )


def _map(values: NDArray[np.float32], x: float, y: float, reach: float) -> str:
    """One channel of the first image: blue below 0, orange above, clear at 0."""
    return (
        f'<image x="{x:g}" y="{y:g}" width="{MAP}" height="{MAP}" preserveAspectRatio="xMidYMid meet" '
        f'style="image-rendering:pixelated" href="{_pixels(values, reach)}"/>'
        f'<rect x="{x:g}" y="{y:g}" width="{MAP}" height="{MAP}" fill="none" stroke="{LINE_GREY}" '
        'stroke-opacity=".6"/>'
    )


def _pixels(values: NDArray[np.float32], reach: float) -> str:
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where((values < 0)[..., None], NEGATIVE, POSITIVE)
    # Sixteen depths are as many as the eye tells apart, and a quarter of the bytes.
    depth = np.sqrt(np.minimum(np.abs(values) / (0.6 * reach), 1))
    pixels[..., 3] = np.round(depth * 15) * 17
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _text(
    x: float, y: float, text: str, anchor: str, size: int = FONT, opacity: float = 1, weight: int = 400
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="currentColor" font-size="{size}" '
        f'opacity="{opacity:g}" font-weight="{weight}">{escape(text)}</text>'
    )
