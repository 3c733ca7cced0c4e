"""The rows of a comparison: as a table of HTML whose differences stand out, and for CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from resnet_explorer.colours import STAGE_COLOURS
from resnet_explorer.compare import SHORTCUT_KINDS, Comparison, Pair, SectionPair, Side, ratio_text, signed
from resnet_explorer.i18n import t
from resnet_explorer.plan import ShortcutKind, shape_text
from resnet_explorer.tables import Row, bytes_text, count_text

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
    head = "".join(f"<th>{name}</th>" for name in heads)
    body = "".join(_html_row(pair, unit) for pair in comparison.sections)
    foot = _html_row(comparison.total, unit)
    return (
        f'<div class="compared"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        f"<tfoot>{foot}</tfoot></table></div>"
    )


def shortcuts_text(side: Side) -> str:
    """Blocks by the kind of their shortcut: "1 projection, 2 identity"; "" where there are none."""
    return ", ".join(f"{number} {_kind_word(kind)}" for kind, number in side.shortcuts)


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


def _html_row(pair: SectionPair, unit: str) -> str:
    factor = 2 if unit == "FLOPs" else 1
    cells = "".join(
        (
            _blocks_cell(pair),
            _cell(output_text(pair.a), output_text(pair.b)),
            _number_cell(pair.params, count_text),
            _number_cell(Pair(factor * pair.macs.a, factor * pair.macs.b), count_text),
            _number_cell(pair.memory, bytes_text),
        )
    )
    colour = STAGE_COLOURS.get(pair.name, "currentColor")
    kind = "" if pair.differs else ' class="same"'
    name = f'<th style="box-shadow: inset 7px 0 {colour}">{t(pair.name)}</th>'
    return f"<tr{kind}>{name}{cells}</tr>"


def _blocks_cell(pair: SectionPair) -> str:
    if not pair.blocks.a and not pair.blocks.b:
        return "<td></td>"
    a, b = dict(pair.a.shortcuts), dict(pair.b.shortcuts)
    more = [(kind, b.get(kind, 0) - a.get(kind, 0)) for kind in SHORTCUT_KINDS]
    below = ", ".join(f"{signed(number)} {_kind_word(kind)}" for kind, number in more if number)
    return _cell(f"{pair.blocks.a:,}", f"{pair.blocks.b:,}", below or shortcuts_text(pair.a), always=a != b)


def _number_cell(figure: Pair, write: Callable[[int], str]) -> str:
    if figure.a == figure.b:
        return _cell(write(figure.a), write(figure.a), exact=f"{figure.a:,}")
    ratio = ratio_text(figure)
    below = signed(figure.difference, write) + (f" ({ratio})" if ratio else "")
    exact = f"{figure.a:,} → {figure.b:,}, {signed(figure.difference)}"
    return _cell(write(figure.a), write(figure.b), below, exact, always=True)


def _cell(a: str, b: str, below: str = "", exact: str = "", *, always: bool = False) -> str:
    """One cell; `always` marks a difference that the two short texts may not show."""
    hover = f' title="{escape(exact)}"' if exact else ""
    kind = ' class="differs"' if always or a != b else ""
    text = "<br>".join(_lines(a, b))
    small = ", ".join(map(_once, below.split(", ")))
    return f"<td{kind}{hover}>{text}" + (f"<small>{small}</small>" if below else "") + "</td>"


def _lines(a: str, b: str) -> Iterator[str]:
    """ "A → B", on two lines where it is long, such as two shapes."""
    if a == b:
        yield _once(a)
    elif len(a) + len(b) > 16:
        yield _once(a)
        yield _once(f"→ {b}")
    else:
        yield _once(f"{a} → {b}")


def _once(text: str) -> str:
    """A text that is not broken."""
    return f'<span class="once">{escape(text)}</span>'
