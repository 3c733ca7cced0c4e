"""A network's blocks as a chain that can be clicked: every block a box, every shortcut an arc above it.

A click on an arc (`data-key` "c1.0") cuts that shortcut, one on a box ("b1.0") is for the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from resnet_explorer.common import svg
from resnet_explorer.common.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import named
from resnet_explorer.graph.svg import DASHES
from resnet_explorer.labs.ablation.ablations import Ablation, can_cut, can_skip, short
from resnet_explorer.network.layers import Block

CELL: Final = 128.0
ROW: Final = 152.0
BOX: Final = (74.0, 58.0)
END: Final = 92.0
"""Room for the stem at the beginning, and for the head at the end."""
IN_A_ROW: Final = 14
CUT_RED: Final = "#e5484d"
"""For what is cut, on white and on black."""
_INK: Final = "#101418"
"""Of words in a box."""
_LINE: Final = 84.0
"""How far below a row's top the data flows."""
_ARC: Final = 30.0


def chain_svg(blocks: Sequence[Block], ablation: Ablation, marked: int | None = None) -> str:
    """The chain.

    Args:
        blocks: of the network.
        ablation: what was done to it.
        marked: a block that waits for the one to change places with.
    """
    order = ablation.order(len(blocks))
    rows = -(-len(blocks) // IN_A_ROW)
    per_row = min(len(blocks), -(-len(blocks) // rows))
    parts = [_end(0, _LINE, "stem")]
    for place, number in enumerate(order):
        row, column = divmod(place, per_row)
        x, y = END + column * CELL, row * ROW + _LINE
        if row and not column:
            parts.append(_wire(20, y, x))
        parts.append(_cell(x, y, blocks[number], number, place, ablation, number == marked))
        if column == per_row - 1 and place + 1 < len(order):
            parts.append(_wire(x + CELL, y, x + CELL + 50))
            parts.append(svg.text(x + CELL + 66, y + 8, "↵", opacity=0.75, font_size=28))
    last_row, last_column = divmod(len(order) - 1, per_row)
    parts.append(_end(END + (last_column + 1) * CELL, last_row * ROW + _LINE, "head"))
    return svg.document(
        2 * END + per_row * CELL,
        rows * ROW,
        *parts,
        aria_label=_description(blocks, ablation),
        font_size=24,
        text_anchor="middle",
    )


def _cell(
    x: float, y: float, block: Block, number: int, place: int, ablation: Ablation, is_marked: bool
) -> str:
    colour, name = STAGE_COLOURS[block.stage], short(block)
    skipped = number in ablation.skipped
    left, right = x + 10, x + CELL - 14  # where the shortcut leaves, and where it comes in again
    parts = [_wire(x, y, right + 4, is_gone=skipped), _wire(right, y, x + CELL)]
    if can_cut(block):
        plus = f"M{right - 6:g} {y:g}h12M{right:g} {y - 6:g}v12"
        parts += [
            _arc(left, right, y, block, colour, number in ablation.cut),
            svg.circle(right, y, 11, fill=LINE_GREY),
            svg.path(plus, stroke="white", stroke_width=2.5),
        ]
    middle = x + 20 + BOX[0] / 2
    parts.append(
        svg.group(
            svg.title(_block_words(block, skipped)),
            svg.rect(
                x + 20,
                y - BOX[1] / 2,
                *BOX,
                rx=9,
                fill=colour,
                fill_opacity=0 if skipped else None,
                stroke="currentColor" if is_marked else CUT_RED if skipped else colour,
                stroke_width=6 if is_marked and not skipped else 3,
                stroke_dasharray="6 6" if skipped else None,
            ),
            svg.text(
                middle,
                y + 8,
                name,
                font_weight=700,
                fill="currentColor" if skipped else _INK,
                opacity=0.55 if skipped else None,
            ),
            data_key=f"b{name}" if can_skip(block) else None,
        )
    )
    if number != place:
        parts.append(svg.text(middle, y + 56, "⇄", fill=CUT_RED, font_weight=700))
    return "".join(parts)


def _arc(left: float, right: float, y: float, block: Block, colour: str, is_cut: bool) -> str:
    """The shortcut over the box: solid for x itself, dashed for a projection or zeros, red if cut."""
    top = y - BOX[1] / 2 - _ARC
    words = t("the shortcut is cut; click to mend it") if is_cut else t("click to cut the shortcut")
    arc = svg.path(
        f"M{left:g} {y:g}V{top + 12:g}q0 -12 12 -12H{right - 12:g}q12 0 12 12V{y - 11:g}",
        fill="none",
        stroke=CUT_RED if is_cut else colour,
        stroke_width=5,
        stroke_dasharray=DASHES[block.shortcut],
        opacity=0.35 if is_cut else 1,
    )
    scissors = svg.text((left + right) / 2, top + 11, "✂", font_size=34, fill=CUT_RED, font_weight=700)
    return svg.group(
        svg.title(named(block.name, words)),
        arc,
        scissors if is_cut else "",
        svg.rect(left, top - 14, right - left, _ARC + 6, fill=colour, fill_opacity=0),
        data_key=f"c{short(block)}",
    )


def _block_words(block: Block, skipped: bool) -> str:
    words = t("{block}, {stage}, {kind} shortcut").format(
        block=block.name, stage=t(block.stage), kind=t(block.shortcut)
    )
    if not can_skip(block):
        return f"{words}; " + t("it changes the shape, and cannot be taken out")
    return f"{words}; " + t("skipped") if skipped else words


def _wire(start: float, y: float, end: float, *, is_gone: bool = False) -> str:
    return svg.path(
        f"M{start:g} {y:g}H{end:g}",
        stroke=LINE_GREY,
        stroke_width=3,
        fill="none",
        stroke_dasharray="2 9" if is_gone else None,
        opacity=0.6 if is_gone else None,
    )


def _end(x: float, y: float, name: str) -> str:
    """The stem before the first block, or the head after the last."""
    box = x + (4 if name == "stem" else 16)
    wire = _wire(box + 68, y, x + END) if name == "stem" else _wire(x, y, box)
    return (
        wire
        + svg.rect(box, y - 22, 68, 44, rx=9, fill=STAGE_COLOURS[name])
        + svg.text(box + 34, y + 7, t(name), fill=_INK, font_weight=700, font_size=20)
    )


def _description(blocks: Sequence[Block], ablation: Ablation) -> str:
    """For those who hear the picture."""
    names = [short(block) for block in blocks]
    parts = [t("{count} blocks").format(count=len(blocks))]
    parts += [t("shortcut of {name} cut").format(name=names[number]) for number in sorted(ablation.cut)]
    parts += [t("{name} skipped").format(name=names[number]) for number in sorted(ablation.skipped)]
    parts += [
        t("{one} and {other} swapped").format(one=names[one], other=names[other])
        for one, other in sorted(ablation.swapped)
    ]
    return ", ".join(parts)
