"""Where the session goes when its script runs next: a callback cannot leave its page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NoReturn

import streamlit as st

from resnet_explorer.ui.session.polling import forget_parts

_GOAL: Final = "_goal"


def set_goal(file: str, parameters: Mapping[str, str]) -> None:
    """Go to a page when the script runs next.

    Args:
        file: its script, beside `app.py`.
        parameters: what its link says.
    """
    st.session_state[_GOAL] = (file, dict(parameters))


def follow_goal() -> None:
    """Go where a callback wanted to go, if anywhere; nothing after it is run then."""
    goal = st.session_state.pop(_GOAL, None)
    if goal:
        leave_for(*goal)


def leave_for(file: str, parameters: Mapping[str, str]) -> NoReturn:
    """Go to another page at once; nothing after it is run.

    Args:
        file: its script, beside `app.py`.
        parameters: what its link says.
    """
    forget_parts()
    st.switch_page(file, query_params=parameters)
