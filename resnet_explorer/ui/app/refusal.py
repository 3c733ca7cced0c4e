"""What could not be done, said on the page in the one sentence that the error carries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.memory import is_out_of_memory, no_memory
from resnet_explorer.common.text import sentence_as_markdown
from resnet_explorer.common.user_folder import home
from resnet_explorer.ui.app.page_end import end_page
from resnet_explorer.ui.serving.visitor import role

_KEPT: Final = "_kept_refusal"


@contextmanager
def shown_refusal(at: Any = st, *, ends_page: bool = False) -> Iterator[None]:
    """Show the sentence of a `ValueError` that is raised inside, and go on after it.

    That memory could not be had is told in a sentence, too.

    Args:
        at: where it is shown.
        ends_page: draw nothing more of the page after it.
    """
    try:
        yield
    except (ValueError, MemoryError, RuntimeError) as refusal:
        tell_refusal(sentence_of(refusal), at)
        if ends_page:
            end_page()


@contextmanager
def kept_refusal(place: str = "") -> Iterator[None]:
    """For a callback, which draws nothing: keep the sentence of a `ValueError` for `show_kept_refusal`.

    Args:
        place: names where it is shown, unless that is the page.
    """
    try:
        yield
    except (ValueError, MemoryError, RuntimeError) as refusal:
        st.session_state[_KEPT + place] = sentence_of(refusal)


def show_kept_refusal(place: str = "") -> None:
    """Show, once, why the last callback could not do what was asked; the place as of `kept_refusal`."""
    sentence = st.session_state.pop(_KEPT + place, None)
    if sentence:
        tell_refusal(sentence)


def sentence_of(error: Exception) -> str:
    """What is told of an error that says why something could not be done; others are raised again."""
    if is_out_of_memory(error):
        return no_memory()
    if not isinstance(error, ValueError):
        raise error
    if role() == "student":  # where things lie on the teacher's machine is none of a student's concern
        return str(error).replace(str(home()), t("your folder"))
    return str(error)


def tell_refusal(sentence: str, at: Any = st) -> None:
    """Show why something could not be done; what the sentence quotes of a file is text, never markup."""
    at.error(sentence_as_markdown(sentence))
