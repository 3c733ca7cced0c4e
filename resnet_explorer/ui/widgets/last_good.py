"""What was on the screen stays, when what was chosen cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import streamlit as st

from resnet_explorer.common.text import sentence_as_markdown

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def last_good(
    key: str, make: Callable[[*Ts], T], values: tuple[*Ts], first: tuple[*Ts]
) -> tuple[tuple[*Ts], T]:
    """Make something of the values on the controls; of those before, with a sentence, where that fails.

    Args:
        key: under which the session keeps the values.
        make: raises a ValueError, whose sentence is shown, where it cannot.
        values: those on the controls.
        first: values that will do, for a session that has seen none.

    Returns:
        The values that were used, and what was made of them.
    """
    try:
        made = make(*values)
        st.session_state[key] = values
    except ValueError as refusal:
        st.warning(sentence_as_markdown(str(refusal)))
        values = st.session_state.get(key, first)
        made = make(*values)
    return values, made
