"""All runs in a table; a click on a row chooses one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import streamlit as st

from resnet_explorer.finetune.run_rows import RunRow, row_of
from resnet_explorer.finetune.runs import RunEntry
from resnet_explorer.i18n import t
from resnet_explorer.short_text import duration, for_spreadsheet
from resnet_explorer.tables import to_csv
from resnet_explorer.ui.run_input import KEY
from resnet_explorer.ui.save import save_button

_ROW: Final = 40
_SEEN: Final = 8
"""Rows that are seen at once."""
_TABLE: Final = "_ru_rows"


def show_table(known: Sequence[RunEntry], chosen: RunEntry, starts: Mapping[str, str]) -> None:
    """The table of all runs, the chosen one marked, and the same as CSV.

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
    st.dataframe(
        _columns(rows),
        key=table,
        on_select=lambda: _choose(table, keys),
        selection_mode="single-row-required",
        hide_index=True,
        row_height=_ROW,
        height=_ROW * min(_SEEN + 1, len(rows) + 1) + 2,
        column_config={
            "best": st.column_config.TextColumn(t("Right"), width=80),
            "seconds": st.column_config.TextColumn(t("Time"), width=75),
            "run": st.column_config.TextColumn(t("Run"), width=250),
            "state": st.column_config.TextColumn(t("State"), width=85),
            "epochs": st.column_config.TextColumn(t("Epochs"), width=85),
            "learns": st.column_config.TextColumn(t("Learns"), width=140),
            "network": st.column_config.TextColumn(t("Network"), width=110),
            "start": st.column_config.TextColumn(t("Begins with"), width=230),
            "photos": st.column_config.NumberColumn(t("Photos"), format="localized", width=75),
            "classes": st.column_config.NumberColumn(t("Classes"), width=75),
            "begun": st.column_config.TextColumn(t("Begun"), width=150),
        },
    )
    save_button(t("Runs as CSV"), lambda: runs_csv(rows), "runs.csv", key="ru_csv")


def runs_csv(rows: Sequence[RunRow]) -> str:
    """The rows as CSV, names as no spreadsheet takes for formulas."""
    return to_csv(
        [
            {name: for_spreadsheet(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in map(asdict, rows)
        ]
    )


def _columns(rows: Sequence[RunRow]) -> dict[str, list[Any]]:
    return {
        "run": [row.run for row in rows],
        "state": [row.state for row in rows],
        "best": ["–" if row.best is None else f"{row.best:.1%}" for row in rows],
        "epochs": [t("{done} of {all}").format(done=row.done, all=row.epochs) for row in rows],
        "learns": [row.learns for row in rows],
        "seconds": [duration(row.seconds) for row in rows],
        "network": [row.network.partition(" (")[0] for row in rows],
        "start": [row.start for row in rows],
        "photos": [row.photos + row.tested for row in rows],
        "classes": [row.classes for row in rows],
        "begun": [row.begun for row in rows],
    }


def _choose(table: str, keys: Sequence[str]) -> None:
    rows = _marked(table)
    if rows and rows[0] < len(keys):
        st.session_state[KEY] = keys[rows[0]]


def _marked(table: str) -> list[int]:
    state: Any = st.session_state.get(table)
    return list(state["selection"]["rows"]) if state else []
