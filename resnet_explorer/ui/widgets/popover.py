"""Popovers that a click inside them closes."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_CLOSED: Final = "_popovers_closed"


def popover(label: str, key: str, **widget: Any) -> DeltaGenerator:
    """A popover that `close_popovers` closes.

    Args:
        label: what stands on it.
        key: names it; the widget's own key has a number behind, for a popover of a new key is a closed one.
        widget: more for `st.popover`.
    """
    return st.popover(label, key=f"{key}_{st.session_state.get(_CLOSED, 0)}", **widget)


def close_popovers() -> None:
    """Close all of them when the page is drawn next."""
    st.session_state[_CLOSED] = st.session_state.get(_CLOSED, 0) + 1
