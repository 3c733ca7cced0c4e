"""Values of widgets that outlive their options, as when the network and so its classes change."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st


def replace_stale(key: str, options: Collection[str], fallback: str) -> None:
    """Give a widget another value if the one it had is no longer among its options.

    It is set and not only forgotten: else the browser goes on showing the old one. A widget without
    a value yet is left alone, because it may get one from the link.
    """
    if key in st.session_state and st.session_state[key] not in options:
        st.session_state[key] = fallback
