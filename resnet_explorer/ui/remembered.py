"""What a session made for its last question, kept so that a rerun with the same question makes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def remembered(key: str, question: tuple[object, ...], make: Callable[[], T]) -> T:
    """The answer to a question, made now unless it was the last one asked under this key.

    Args:
        key: names it in the session's state.
        question: all that the answer depends on, compared by identity first and then by equality.
        make: makes the answer; what it raises is raised, and the last answer stays.
    """
    kept: tuple[tuple[object, ...], T] | None = st.session_state.get(key)
    if kept is not None and kept[0] == question:
        return kept[1]
    answer = make()
    st.session_state[key] = (question, answer)
    return answer
