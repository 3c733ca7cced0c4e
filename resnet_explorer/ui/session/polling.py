"""A part of a page that is drawn again every few seconds, as long as its page is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")


def polling(seconds: float) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Draw a part again and again: `st.fragment(run_every=…)`, which knows what page it is of.

    The browser asks for each drawing. One that has not heard yet that its session went on to another page
    asks for a part of the page of before, and says so. Answered, Streamlit would go back there in the
    browser: the page loses its elements, the next one finds no place, and the window stays white. So a part
    has a name of its own on each page, and `forget_parts` lets go of those of a page that is left: what is
    asked of them then is dropped.

    Args:
        seconds: between two drawings.
    """

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
            @wraps(draw)
            def part() -> None:
                draw(*args, **kwargs)

            context = get_script_run_ctx(suppress_warning=True)
            part.__qualname__ += f" of {context.page_script_hash if context else ''}"
            st.fragment(part, run_every=seconds)()

        return drawn

    return decorate


def forget_parts() -> None:
    """Before the session goes to another page: nobody may ask for the parts of this one any more."""
    context = get_script_run_ctx(suppress_warning=True)
    if context:
        context.fragment_storage.clear()
