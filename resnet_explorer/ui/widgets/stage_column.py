"""A table's column of stages, each a badge in the colour of its stage."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from resnet_explorer.common.colours import STAGE_COLOURS
from resnet_explorer.common.i18n import t
from resnet_explorer.network.table_rows import Row


def stage_column() -> ColumnConfig:
    """How `st.dataframe` shows the column "stage" of `with_badges`."""
    return st.column_config.MultiselectColumn(
        t("stage"),
        options=[t(name) for name in STAGE_COLOURS],
        color=list(STAGE_COLOURS.values()),
        pinned=True,
    )


def with_badges(rows: Iterable[Row]) -> list[Row]:
    """Rows whose stage is a list of one, as that column wants it."""
    return [row | {"stage": [t(row["stage"])]} for row in rows]
