"""What a session computed last, kept so that a rerun with the same inputs computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from resnet_explorer.common.i18n import language

T = TypeVar("T")


def cached_result(key: str, inputs: tuple[object, ...], compute: Callable[[], T]) -> T:
    """The result for some inputs, computed unless they are the last ones under this key, in this language.

    Args:
        key: names it in the session's state.
        inputs: all that the result depends on, compared by identity first and then by equality.
        compute: makes the result; what it raises is raised, and the last result stays.
    """
    inputs = (language(), *inputs)
    kept: tuple[tuple[object, ...], T] | None = st.session_state.get(key)
    if kept is not None and kept[0] == inputs:
        return kept[1]
    result = compute()
    st.session_state[key] = (inputs, result)
    return result
