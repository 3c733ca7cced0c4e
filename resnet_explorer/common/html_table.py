"""Tables in HTML: every text is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


class Italic(str):
    """A part of a line that is set in italics."""


@dataclass(frozen=True)
class Cell:
    """A cell that is more than a text.

    Attributes:
        lines: its text, line by line; one in several parts, some of them `Italic`, is a tuple of them.
        beside: what stands beside all of its lines, which are a `span` then.
        small: what stands beneath in small print.
        picture: the `data:` address of a picture before its text.
        hover: what is read when the pointer rests on it.
        kind: its CSS class.
        style: its CSS.
        href: where its text leads.
        is_heading: whether it heads its row or its column.
        spans: columns that it takes.
    """

    lines: tuple[str | tuple[str, ...], ...]
    beside: str = ""
    small: str = ""
    picture: str = ""
    hover: str = ""
    kind: str = ""
    style: str = ""
    href: str = ""
    is_heading: bool = False
    spans: int = 1


Row = Iterable[Cell | str]


def html_table(rows: Iterable[Row], heads: Row = (), *, foot: Iterable[Row] = (), kind: str = "") -> str:
    """A table.

    Args:
        rows: of cells, or of the texts of plain ones.
        heads: of the columns; none unless told.
        foot: rows that sum up.
        kind: its CSS class.
    """
    columns = [_heading(cell) for cell in heads]
    head = f"<thead>{_row(columns)}</thead>" if columns else ""
    last = "".join(map(_row, foot))
    below = f"<tfoot>{last}</tfoot>" if last else ""
    body = "".join(map(_row, rows))
    return f"<table{_attributes(kind)}>{head}<tbody>{body}</tbody>{below}</table>"


def _heading(cell: Cell | str) -> Cell:
    return Cell((cell,), is_heading=True) if isinstance(cell, str) else cell


def _row(cells: Row) -> str:
    return "<tr>" + "".join(map(_cell, cells)) + "</tr>"


def _cell(cell: Cell | str) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    tag = "th" if cell.is_heading else "td"
    text = "<br>".join(map(_line, cell.lines))
    if cell.href:
        text = f'<a href="{escape(cell.href)}" target="_blank">{text}</a>'
    if cell.beside:
        text = f"<span>{text}</span> {escape(cell.beside)}"
    if cell.picture:
        text = f'<img src="{escape(cell.picture)}" alt="">{text}'
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    return f"<{tag}{_attributes(cell.kind, cell.style, cell.hover, cell.spans)}>{text}{small}</{tag}>"


def _line(line: str | tuple[str, ...]) -> str:
    parts = (line,) if isinstance(line, str) else line
    return "".join(f"<i>{escape(part)}</i>" if isinstance(part, Italic) else escape(part) for part in parts)


def _attributes(kind: str = "", style: str = "", hover: str = "", spans: int = 1) -> str:
    written = {"class": kind, "style": style, "title": hover, "colspan": str(spans) if spans > 1 else ""}
    return "".join(f' {name}="{escape(value)}"' for name, value in written.items() if value)
