"""A table of words that wraps what is long, where a grid would cut it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from resnet_explorer.common.html_table import Cell, Row, html_table
from resnet_explorer.ui.widgets.component import style


def words_table(rows: Sequence[tuple[str, Sequence[str]]], headings: Sequence[str] = ()) -> None:
    """Draw it.

    Args:
        rows: what each is called, and its cells.
        headings: of the columns of cells; none unless told.
    """
    style(__file__)
    named: list[Row] = [(Cell((name,), is_heading=True), *cells) for name, cells in rows]
    st.html(html_table(named, ("", *headings) if headings else (), kind="words"))
