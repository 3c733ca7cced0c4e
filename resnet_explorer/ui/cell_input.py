"""The choice of one cell of a map: by row and column, one after the other, or by a click on a picture."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.ui.linked import linked, whole


def cell_input(
    prefix: str, shape: tuple[int, int], usual: tuple[int, int] = (0, 0), wide: bool = True
) -> tuple[int, int]:
    """Draw the controls.

    Args:
        prefix: begins the keys of the two numbers, which end in "row" and "col".
        shape: rows and columns of the map.
        usual: the cell at first.
        wide: the controls in a line, else one under the other.

    Returns:
        Row and column, 0-based.
    """
    row = linked(f"{prefix}row", min(usual[0], shape[0] - 1), whole(0, shape[0] - 1))
    column = linked(f"{prefix}col", min(usual[1], shape[1] - 1), whole(0, shape[1] - 1))
    places = (
        st.columns([1, 1, 0.9], gap="medium", vertical_alignment="bottom") if wide else [st.container()] * 3
    )
    for place, axis, label, count in (
        (places[0], "row", t("Row of the output"), shape[0]),
        (places[1], "col", t("Column of the output"), shape[1]),
    ):
        if count > 1:  # a slider needs two ends
            place.slider(label, 0, count - 1, key=f"{prefix}{axis}", persist_state="session")
    buttons = places[2].container(horizontal=True, gap="small")
    for name, step, shortcut, help_text in (
        (t("◀ Back"), -1, "B", t("The cell before, as one reads")),
        (t("Next ▶"), 1, "N", t("The next cell, as one reads")),
    ):
        buttons.button(
            name,
            key=f"{prefix}step{step}",
            shortcut=shortcut,
            help=help_text,
            on_click=_step,
            args=(prefix, shape, step),
        )
    return row, column


def pick_cell(prefix: str, part: str) -> None:
    """Choose the cell that was clicked, which a picture names as "row,column"."""
    row, _, column = part.partition(",")
    st.session_state[f"{prefix}row"], st.session_state[f"{prefix}col"] = int(row), int(column)


def _step(prefix: str, shape: tuple[int, int], step: int) -> None:
    row, column = st.session_state[f"{prefix}row"], st.session_state[f"{prefix}col"]
    cell = (row * shape[1] + column + step) % (shape[0] * shape[1])
    pick_cell(prefix, f"{cell // shape[1]},{cell % shape[1]}")
