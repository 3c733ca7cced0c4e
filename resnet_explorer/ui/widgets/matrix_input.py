"""A small square of numbers that can be edited, and that a link carries: "1,0,-1_1,0,-1_1,0,-1"."""

from __future__ import annotations

import math
from typing import Any, Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.convolution.worked_example import Matrix
from resnet_explorer.ui.app.url_state import Code

LARGEST: Final = 99
_WIDTH: Final = 62


def matrix(most: int) -> Code:
    """A square of 1 to `most` rows of numbers from −99 to 99, as a code of a link."""

    def read(text: str) -> Matrix:
        try:
            rows = tuple(tuple(map(_number, row.split(","))) for row in text[:1000].split("_"))
        except ValueError:
            rows = ()
        if not allows(rows):
            raise ValueError(
                t(
                    "as many rows as columns are allowed, at most {most}, of numbers from −{largest} to "
                    "{largest}, as in 1,2_3,4."
                ).format(most=most, largest=LARGEST)
            )
        return rows

    def allows(rows: Matrix) -> bool:
        return 1 <= len(rows) <= most and all(len(row) == len(rows) for row in rows)

    return Code(lambda rows: "_".join(",".join(f"{n:g}" for n in row) for row in rows), read, allows)


def matrix_input(key: str, label: str) -> None:
    """Draw the numbers as a table that can be edited.

    Args:
        key: of the numbers, which `linked` has by the code `matrix`.
        label: what it is, above it.
    """
    value: Matrix = st.session_state[key]
    editor = _editor(key)
    # The editor keeps only what was changed in the numbers that it was given. Those stay what they
    # were while it is on the screen, and are new ones when somebody else changed the value.
    if value != st.session_state.get(f"_{key}_shown") or editor not in st.session_state:
        st.session_state[f"_{key}_base"] = st.session_state[f"_{key}_shown"] = value
        st.session_state[f"_{key}_turn"] = st.session_state.get(f"_{key}_turn", 0) + 1
    base: Matrix = st.session_state[f"_{key}_base"]
    st.markdown(f"**{label}**")
    st.data_editor(
        {str(column): [float(row[column]) for row in base] for column in range(len(base))},
        key=_editor(key),
        hide_index=True,
        width=_WIDTH * len(base) + 2,
        row_height=40,
        column_config={
            str(column): st.column_config.NumberColumn(
                str(column), min_value=-LARGEST, max_value=LARGEST, format="%g", width=_WIDTH, required=True
            )
            for column in range(len(base))
        },
        on_change=_take,
        args=(key,),
    )


def _editor(key: str) -> str:
    return f"{key}_editor_{st.session_state.get(f'_{key}_turn', 0)}"


def _take(key: str) -> None:
    """Put what was edited into the value, before the page is drawn with it."""
    edited: dict[int, dict[str, Any]] = st.session_state[_editor(key)]["edited_rows"]
    base: Matrix = st.session_state[f"_{key}_base"]
    rows = [list(row) for row in base]
    for row, changes in edited.items():
        for column, number in changes.items():
            rows[int(row)][int(column)] = _whole_or_not(float(number or 0))
    st.session_state[key] = st.session_state[f"_{key}_shown"] = tuple(map(tuple, rows))


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise ValueError
    return _whole_or_not(number)


def _whole_or_not(number: float) -> float:
    return int(number) if number == int(number) else number
