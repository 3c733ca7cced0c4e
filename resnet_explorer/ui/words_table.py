"""A table of words that wraps what is long, where a grid would cut it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

_STYLE: Final = """
<style>
  table.words { width: 100%; table-layout: fixed; border-collapse: collapse;
    font-size: 1rem; line-height: 1.4; }
  table.words th, table.words td { padding: 0.36rem 0.9rem 0.36rem 0; text-align: left; vertical-align: top;
    font-weight: 400; overflow-wrap: anywhere; border-bottom: 1px solid rgba(154, 164, 178, 0.4); }
  table.words tbody th { opacity: 0.75; }
  table.words tr > th:first-child { width: 11.5rem; }
  table.words thead th { font-weight: 600; }
</style>
"""


def words_table(rows: Sequence[tuple[str, Sequence[str]]], headings: Sequence[str] = ()) -> None:
    """Draw it.

    Args:
        rows: what each is called, and its cells.
        headings: of the columns of cells; none unless told.
    """
    head = f"<thead><tr><th></th>{_cells('th', headings)}</tr></thead>" if headings else ""
    body = "".join(f"<tr><th>{escape(name)}</th>{_cells('td', cells)}</tr>" for name, cells in rows)
    st.html(f"{_STYLE}<table class='words'>{head}<tbody>{body}</tbody></table>")


def _cells(kind: str, texts: Sequence[str]) -> str:
    return "".join(f"<{kind}>{escape(text)}</{kind}>" for text in texts)
