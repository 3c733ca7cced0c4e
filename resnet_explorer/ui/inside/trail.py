"""The way that one took through the numbers of a network: *Back* leads to the value that one came from."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

_TRAIL: Final = "_in_trail"
_LONGEST: Final = 100

Step = tuple[str, dict[str, Any]]
"""Key of the network, and the values of the controls."""


def remember(network: str, controls: dict[str, Any]) -> None:
    """Before one goes on from here; for callbacks.

    Args:
        network: key of its weights: what follows another network is not gone back to.
        controls: what to set to be here again.
    """
    st.session_state[_TRAIL] = [*_steps(network), (network, controls)][-_LONGEST:]


def forget() -> None:
    """One comes from another page; for callbacks."""
    st.session_state.pop(_TRAIL, None)


def leads_back(network: str) -> bool:
    """Whether there is a value to go back to."""
    return bool(_steps(network))


def go_back(network: str) -> None:
    """To where one came from; for callbacks."""
    steps = _steps(network)
    st.session_state[_TRAIL] = steps[:-1]
    for _, controls in steps[-1:]:  # a second click, before the button is locked, finds none
        st.session_state.update(controls)


def _steps(network: str) -> list[Step]:
    return [step for step in st.session_state.get(_TRAIL, []) if step[0] == network]
