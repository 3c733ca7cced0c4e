"""What a page shows once it is there: the page is painted before it is begun, and drawn anew with it.

    found = background_result(question, compute)   # None: not yet
    …                                              # the page, with or without it
    redraw_when_ready()                            # last of all

It is computed once for all sessions (`common.background`), so that a class that opens one link waits for
one of them, and no click of anybody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import wait
from typing import Any, Final, TypeVar, cast

import streamlit as st

from resnet_explorer.common.background import BackgroundResults
from resnet_explorer.common.i18n import language, with_language_of_now
from resnet_explorer.common.user_folder import with_home_of_now
from resnet_explorer.ui.app.url_state import complain_again
from resnet_explorer.ui.session.polling import polling

T = TypeVar("T")

EVERY: Final = 1.0
"""Seconds between two questions whether it is there; the first one comes after the page was painted."""
PATIENCE: Final = 0.3
"""Seconds that a page waits for it where all is loaded already, rather than be drawn twice."""
MOST: Final = 64
_MISSED, _IS_PAINTED = "_background_missed", "_background_is_painted"


def background_result(question: Hashable, compute: Callable[[], T]) -> T | None:
    """The result if it is there, or nearly; None if not.

    Args:
        question: all that it depends on, and its kind: a name that no other kind has.
        compute: makes it, without Streamlit's elements and state.

    Raises:
        ValueError: what `compute` raised, once; the page goes on without it.
    """
    results, compute = _results(), with_language_of_now(with_home_of_now(compute))
    question = (language(), question)
    found = results.found(question)
    if found is None and results.is_warm:
        wait([results.ask(question, compute)], PATIENCE)
        found = results.found(question)
    if found is None:
        st.session_state.setdefault(_MISSED, {})[question] = compute
        return None
    return cast(T, found.result())


def redraw_when_ready() -> None:
    """Begin what the page lacks once it has been painted, and draw the page anew when it is there."""
    missed = st.session_state.pop(_MISSED, None)
    if missed:
        st.session_state[_IS_PAINTED] = False
        _wait(missed)


@polling(EVERY)
def _wait(missed: dict[Hashable, Callable[[], Any]]) -> None:
    if not st.session_state[_IS_PAINTED]:  # a part of the run that draws the page; the next is the browser's
        st.session_state[_IS_PAINTED] = True
        return
    asked = [_results().ask(question, compute) for question, compute in missed.items()]
    if any(each.done() for each in asked):
        complain_again()
        st.rerun()


@st.cache_resource(show_spinner=False)
def _results() -> BackgroundResults:
    return BackgroundResults(MOST)
