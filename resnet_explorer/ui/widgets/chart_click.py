"""Which part of a chart was clicked."""

from __future__ import annotations

from typing import Any

import streamlit as st


def clicked_point(key: str) -> dict[str, Any] | None:
    """The point of the chart with that key that was clicked, as Plotly tells it; None for none."""
    selection: Any = st.session_state.get(key)
    points = selection["selection"]["points"] if selection else []
    return points[0] if points else None
