"""All runs in a table; a click on a row chooses one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import duration, for_spreadsheet, spreadsheet_file
from resnet_explorer.finetune.runs.store import RunEntry
from resnet_explorer.finetune.runs.table import RunRow, row_of
from resnet_explorer.network.table_rows import to_csv
from resnet_explorer.ui.finetune.runs.run_input import KEY
from resnet_explorer.ui.widgets.save_button import save_button

_ROW: Final = 40
_TABLE: Final = "_ru_rows"


def show_table(known: Sequence[RunEntry], chosen: RunEntry, starts: Mapping[str, str]) -> None:
    """The table of all runs, the chosen one marked, as high as its place.

    Args:
        known: all runs.
        chosen: the one that the page is about.
        starts: what people read of trained networks, by their keys.
    """
    rows = [row_of(run, starts) for run in known]
    keys = [row.key for row in rows]
    table = f"{_TABLE}_{hash(tuple(keys))}"  # a row's number means another run where there are others
    if _marked(table) != [keys.index(chosen.key)]:  # chosen in the menu, or by the link
        st.session_state[table] = {"selection": {"rows": [keys.index(chosen.key)]}}
    columns = {
        "run": _text(t("Run"), 250),
        "state": _text(t("State"), 85),
        "best": _text(t("Accuracy"), 95),
        "epochs": _text(t("Epochs"), 85),
        "learns": _text(t("Learns"), 140),
        "seconds": _text(t("Time"), 75),
        "network": _text(t("Network"), 110),
        "start": _text(t("Begins with"), 230),
        "photos": st.column_config.NumberColumn(t("Photos"), format="localized", width=75),
        "classes": st.column_config.NumberColumn(t("Classes"), width=75),
        "begun": _text(t("Begun"), 150),
    }
    st.dataframe(
        [_cells(row) for row in rows],
        key=table,
        on_select=lambda: _choose(table, keys),
        selection_mode="single-row-required",
        hide_index=True,
        row_height=_ROW,
        height="stretch",
        column_config=columns,
        column_order=list(columns),
    )


def table_button(known: Sequence[RunEntry], starts: Mapping[str, str]) -> None:
    """The table as CSV; arguments as of `show_table`."""
    rows = [row_of(run, starts) for run in known]
    save_button(t("CSV"), lambda: spreadsheet_file(runs_csv(rows)), "runs.csv", key="ru_csv", icon=None)


def _text(label: str, width: int) -> ColumnConfig:
    return st.column_config.TextColumn(label, width=width)


def runs_csv(rows: Sequence[RunRow]) -> str:
    """The rows as CSV, names as no spreadsheet takes for formulas."""
    return to_csv(
        [
            {name: for_spreadsheet(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in map(asdict, rows)
        ]
    )


def _cells(row: RunRow) -> dict[str, Any]:
    return asdict(row) | {
        "best": "–" if row.best is None else f"{row.best:.1%}",
        "epochs": t("{done} of {all}").format(done=row.done, all=row.epochs),
        "seconds": duration(row.seconds),
        "network": row.network.partition(" (")[0],
        "photos": row.photos + row.tested,
    }


def _choose(table: str, keys: Sequence[str]) -> None:
    rows = _marked(table)
    if rows and rows[0] < len(keys):
        st.session_state[KEY] = keys[rows[0]]


def _marked(table: str) -> list[int]:
    state: Any = st.session_state.get(table)
    return list(state["selection"]["rows"]) if state else []
