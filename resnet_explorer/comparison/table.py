"""The rows of a comparison: as a table of HTML whose differences stand out, and for CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.html_table import Cell, html_table
from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text, count_text, signed_text
from resnet_explorer.common.text import enumerated
from resnet_explorer.comparison.differences import (
    SHORTCUT_KINDS,
    Comparison,
    Pair,
    SectionPair,
    Side,
    change_text,
)
from resnet_explorer.network.layers import ShortcutKind, shape_text
from resnet_explorer.network.operations import per_mac
from resnet_explorer.network.table_rows import Row

NOTHING: Final = "—"


def comparison_rows(comparison: Comparison) -> list[Row]:
    """One row per section and one for the whole: each figure of A, of B, and what B has more."""
    return [_row(pair) for pair in (*comparison.sections, comparison.total)]


def comparison_html(comparison: Comparison, unit: str = "MACs") -> str:
    """The table: figures that differ as "A → B" with the difference below, the others once and paler.

    Args:
        comparison: the two networks.
        unit: "MACs", or "FLOPs" for twice as many.
    """
    heads = (t("section"), t("blocks"), t("output"), t("parameters"), unit, t("activations"))
    rows = (_html_row(pair, unit) for pair in comparison.sections)
    return html_table(rows, heads, foot=[_html_row(comparison.total, unit)])


def shortcuts_text(side: Side) -> str:
    """Blocks by the kind of their shortcut: "1 projection, 2 identity"; "" where there are none."""
    return enumerated(f"{number} {_kind_word(kind)}" for kind, number in side.shortcuts)


def _kind_word(kind: ShortcutKind) -> str:
    return {
        "identity": t("identity"),
        "projection": t("projection"),
        "zero_pad": t("zero padding"),
        "none": t("plain"),
    }[kind]


def output_text(side: Side) -> str:
    """The shape of what comes out, or a dash where there is no such section."""
    return shape_text(side.out_shape) if side.out_shape else NOTHING


def _row(pair: SectionPair) -> Row:
    figures = {
        "blocks": pair.blocks,
        "params": pair.params,
        "macs": pair.macs,
        "activation bytes": pair.memory,
    }
    row: Row = {
        "section": pair.name,
        "differs": "yes" if pair.differs else "no",
        "shortcuts A": shortcuts_text(pair.a),
        "shortcuts B": shortcuts_text(pair.b),
        "output A": output_text(pair.a),
        "output B": output_text(pair.b),
    }
    for name, figure in figures.items():
        row |= {f"{name} A": figure.a, f"{name} B": figure.b, f"{name} difference": figure.difference}
        row[f"{name} ratio"] = "" if figure.ratio is None else round(figure.ratio, 4)
    return row


def _html_row(pair: SectionPair, unit: str) -> list[Cell | str]:
    factor = per_mac(unit)
    colour = STAGE_COLOURS.get(pair.name, "currentColor")
    return [
        Cell((t(pair.name),), style=f"box-shadow: inset 7px 0 {colour}", is_heading=True),
        _blocks_cell(pair),
        _cell(output_text(pair.a), output_text(pair.b)),
        _number_cell(pair.params, count_text),
        _number_cell(Pair(factor * pair.macs.a, factor * pair.macs.b), count_text),
        _number_cell(pair.memory, bytes_text),
    ]


def _blocks_cell(pair: SectionPair) -> Cell | str:
    if not pair.blocks.a and not pair.blocks.b:
        return ""
    a, b = dict(pair.a.shortcuts), dict(pair.b.shortcuts)
    more = [(kind, b.get(kind, 0) - a.get(kind, 0)) for kind in SHORTCUT_KINDS]
    below = t(", ").join(f"{signed_text(number)} {_kind_word(kind)}" for kind, number in more if number)
    return _cell(f"{pair.blocks.a:,}", f"{pair.blocks.b:,}", below or shortcuts_text(pair.a), differs=a != b)


def _number_cell(figure: Pair, write: Callable[[int], str]) -> Cell:
    exact = f"{figure.a:,}"
    if figure.difference:
        exact = f"{exact} → {figure.b:,}, {signed_text(figure.difference)}"
    below = change_text(figure, write)
    return _cell(write(figure.a), write(figure.b), below, exact, differs=figure.difference != 0)


def _cell(a: str, b: str, below: str = "", exact: str = "", *, differs: bool = False) -> Cell:
    """One cell; `differs` marks a difference that the two short texts may not show."""
    lines = (a,) if a == b else (a, f"→ {b}") if len(a) + len(b) > 16 else (f"{a} → {b}",)
    return Cell(
        tuple(map(_unbroken, lines)),
        small=t(", ").join(map(_unbroken, below.split(t(", ")))),
        hover=exact,
        kind="differs" if differs or a != b else "",
    )


def _unbroken(text: str) -> str:
    """A text that stays on one line."""
    return text.replace(" ", "\u00a0")
