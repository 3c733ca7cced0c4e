"""The choice of one cell of a map: by row and column, one after the other, or by a click on a picture."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.url_state import linked, whole
from resnet_explorer.ui.widgets.keeping_value import keeping_value


def cell_input(
    prefix: str, shape: tuple[int, int], default: tuple[int, int] = (0, 0), *, steps: DeltaGenerator | None
) -> tuple[int, int]:
    """Draw the controls: a slider for the row and one for the column, and a step back and on.

    Args:
        prefix: begins the keys of the two numbers, which end in "row" and "col".
        shape: rows and columns of the map.
        default: the cell at first.
        steps: where the two steps stand; None for a page with steps of its own.

    Returns:
        Row and column, 0-based.
    """
    cell = []
    for axis, label, count, first in (
        ("row", t("Row of the output"), shape[0], default[0]),
        ("col", t("Column of the output"), shape[1], default[1]),
    ):
        key, last = f"{prefix}{axis}", count - 1
        cell.append(linked(key, min(first, last), whole(0, last)))
        if last:  # a slider needs two ends
            st.slider(label, 0, last, **keeping_value(key))
    if steps:
        for name, step, shortcut, help_text in (
            (t("◀ Back"), -1, "B", t("The cell before, as one reads; or press B")),
            (t("Next ▶"), 1, "N", t("The next cell, as one reads; or press N")),
        ):
            steps.button(
                name,
                key=f"{prefix}step{step}",
                type="tertiary",
                shortcut=shortcut,
                help=help_text,
                on_click=step_cell,
                args=(prefix, shape, step),
            )
    row, column = cell
    return row, column


def pick_cell(prefix: str, part: str) -> None:
    """Choose the cell that was clicked, which a picture names as "row,column"."""
    row, _, column = part.partition(",")
    st.session_state[f"{prefix}row"], st.session_state[f"{prefix}col"] = int(row), int(column)


def step_cell(prefix: str, shape: tuple[int, int], step: int) -> None:
    """Go so many cells on, as one reads, and from the last to the first; for callbacks."""
    row, column = st.session_state[f"{prefix}row"], st.session_state[f"{prefix}col"]
    cell = (row * shape[1] + column + step) % (shape[0] * shape[1])
    pick_cell(prefix, f"{cell // shape[1]},{cell % shape[1]}")
