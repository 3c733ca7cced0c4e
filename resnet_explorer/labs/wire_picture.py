"""A network's blocks as a chain whose wires can be cut: every block a box, every shortcut an arc above it.

A click on an arc (`data-key` "c1.0") snips that shortcut, one on a box ("b1.0") is for the block.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from resnet_explorer.colours import LINE_GREY, STAGE_COLOURS
from resnet_explorer.graph_svg import DASHES
from resnet_explorer.i18n import t
from resnet_explorer.labs.wiring import Lesions, can_cut, can_skip, short
from resnet_explorer.plan import Block

CELL: Final = 128.0
ROW: Final = 152.0
BOX: Final = (74.0, 58.0)
END: Final = 92.0
"""Room for the stem at the beginning, and for the head at the end."""
IN_A_ROW: Final = 10
WOUND: Final = "#e5484d"
"""Red for what is cut, on white and on black."""
_LINE: Final = 84.0
"""How far below a row's top the data flows."""
_ARC: Final = 30.0


def wire_picture(blocks: Sequence[Block], lesions: Lesions, marked: int | None = None) -> str:
    """The chain as SVG.

    Args:
        blocks: of the network.
        lesions: what was done to it.
        marked: a block that waits for the one to change places with.
    """
    order = lesions.order(len(blocks))
    rows = -(-len(blocks) // IN_A_ROW)
    per_row = min(len(blocks), -(-len(blocks) // rows))
    width, height = 2 * END + per_row * CELL, rows * ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'font-family="Source Sans, Source Sans 3, sans-serif" font-size="22" text-anchor="middle" '
        f'aria-label="{escape(_said(blocks, lesions))}">',
        _end(0, _LINE, "stem", right=True),
    ]
    for place, number in enumerate(order):
        row, column = divmod(place, per_row)
        x, y = END + column * CELL, row * ROW + _LINE
        if row and not column:
            parts.append(_wire(20, y, x))
        parts.append(_cell(x, y, blocks[number], number, place, lesions, number == marked))
        if column == per_row - 1 and place + 1 < len(order):
            parts.append(_wire(x + CELL, y, x + CELL + 50) + _more(x + CELL + 66, y))
    last_row, last_column = divmod(len(order) - 1, per_row)
    parts.append(_end(END + (last_column + 1) * CELL, last_row * ROW + _LINE, "head", right=False))
    return "".join([*parts, "</svg>"])


def _cell(x: float, y: float, block: Block, number: int, place: int, lesions: Lesions, marked: bool) -> str:
    colour, name = STAGE_COLOURS[block.stage], short(block)
    skipped, cut = number in lesions.skipped, number in lesions.cut
    left, right = x + 10, x + CELL - 14  # where the shortcut leaves, and where it comes in again
    parts = [_wire(x, y, right + 4, LINE_GREY, skipped), _wire(right, y, x + CELL)]
    if can_cut(block):
        parts.append(_arc(left, right, y, block, name, colour, cut))
        parts.append(
            f'<circle cx="{right:g}" cy="{y:g}" r="11" fill="{LINE_GREY}"/>'
            f'<path d="M{right - 6:g} {y:g}h12M{right:g} {y - 6:g}v12" stroke="white" stroke-width="2.5"/>'
        )
    box_x, box_y = x + 20, y - BOX[1] / 2
    moved = number != place
    outline = "currentColor" if marked else WOUND if skipped else colour
    look = (
        f'fill-opacity="0" stroke="{outline}" stroke-width="3" stroke-dasharray="6 6"'
        if skipped
        else f'stroke="{outline}" stroke-width="{6 if marked else 3}"'
    )
    tells = _block_tells(block, skipped)
    key = f' data-key="b{name}"' if can_skip(block) else ""
    sign = f'<text x="{box_x + BOX[0] / 2:g}" y="{y + 56:g}" fill="{WOUND}" font-weight="700">⇄</text>'
    text = 'fill="currentColor" opacity="0.55"' if skipped else 'fill="#101418"'
    parts.append(
        f"<g{key}><title>{escape(tells)}</title>"
        f'<rect x="{box_x:g}" y="{box_y:g}" width="{BOX[0]:g}" height="{BOX[1]:g}" rx="9" fill="{colour}" '
        f"{look}/>"
        f'<text x="{box_x + BOX[0] / 2:g}" y="{y + 8:g}" font-weight="700" {text}>{name}</text></g>'
        + (sign if moved else "")
    )
    return "".join(parts)


def _arc(left: float, right: float, y: float, block: Block, name: str, colour: str, cut: bool) -> str:
    """The shortcut over the box: solid for x itself, dashed for a projection or zeros, red if cut."""
    top = y - BOX[1] / 2 - _ARC
    way = f"M{left:g} {y:g}V{top + 12:g}q0 -12 12 -12H{right - 12:g}q12 0 12 12V{y - 11:g}"
    middle = (left + right) / 2
    dashes = DASHES[block.shortcut]
    line = (
        f'fill="none" stroke="{WOUND if cut else colour}" stroke-width="5" stroke-dasharray="{dashes}" '
        f'opacity="{0.35 if cut else 1}"'
    )
    wound = (
        f'<text x="{middle:g}" y="{top + 11:g}" font-size="34" fill="{WOUND}" font-weight="700">✂</text>'
        if cut
        else ""
    )
    tells = f"{block.name}: " + (
        t("the shortcut is cut; click to mend it") if cut else t("click to cut the shortcut")
    )
    return (
        f'<g data-key="c{name}"><title>{escape(tells)}</title><path d="{way}" {line}/>{wound}'
        f'<rect x="{left:g}" y="{top - 14:g}" width="{right - left:g}" height="{_ARC + 6:g}" fill="{colour}" '
        'fill-opacity="0"/></g>'
    )


def _block_tells(block: Block, skipped: bool) -> str:
    what = f"{block.name}, {block.stage}, {block.shortcut} shortcut"
    if not can_skip(block):
        return f"{what}; " + t("it changes the shape, and cannot be taken out")
    return f"{what}; " + t("skipped") if skipped else what


def _wire(start: float, y: float, end: float, colour: str = LINE_GREY, is_gone: bool = False) -> str:
    gone = ' stroke-dasharray="2 9" opacity="0.6"' if is_gone else ""
    return f'<path d="M{start:g} {y:g}H{end:g}" stroke="{colour}" stroke-width="3" fill="none"{gone}/>'


def _more(x: float, y: float) -> str:
    return f'<text x="{x:g}" y="{y + 8:g}" fill="{LINE_GREY}" font-size="28">↵</text>'


def _end(x: float, y: float, name: str, right: bool) -> str:
    """The stem before the first block, or the head after the last."""
    box = x + (4 if right else 16)
    wire = _wire(box + 68, y, x + END) if right else _wire(x, y, box)
    return (
        f'{wire}<rect x="{box:g}" y="{y - 22:g}" width="68" height="44" rx="9" fill="{STAGE_COLOURS[name]}"/>'
        f'<text x="{box + 34:g}" y="{y + 7:g}" fill="#101418" font-weight="700" font-size="20">{name}</text>'
    )


def _said(blocks: Sequence[Block], lesions: Lesions) -> str:
    """For those who hear the picture."""
    names = [short(block) for block in blocks]
    parts = [t("{count} blocks").format(count=len(blocks))]
    parts += [t("shortcut of {name} cut").format(name=names[number]) for number in sorted(lesions.cut)]
    parts += [t("{name} skipped").format(name=names[number]) for number in sorted(lesions.skipped)]
    parts += [
        t("{one} and {other} swapped").format(one=names[one], other=names[other])
        for one, other in sorted(lesions.swapped)
    ]
    return ", ".join(parts)
