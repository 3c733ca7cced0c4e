"""The language of the session: that of the link, or chosen in the menu bar, or else the browser's."""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_explorer.common.i18n import (
    best_language,
    language,
    language_name,
    languages,
    let_visitors_speak,
    speak,
)
from resnet_explorer.ui.app.url_state import asked_for, complain, one_of, shortened

_CHOSEN, _SPOKEN = "_language_chosen", "_language"
LANGUAGE: Final = "lang"
"""Its name in a link."""


def begin() -> None:
    """Say all words of this run in the session's language, and keep it for callbacks and fragments."""
    let_visitors_speak(_session_language)
    state = st.session_state
    asked = st.query_params.get(LANGUAGE)
    if asked in languages() and asked_for(LANGUAGE) is not None:
        state[_CHOSEN] = asked
    state[_SPOKEN] = state.get(_CHOSEN) or best_language([st.context.locale])
    speak(state[_SPOKEN])


def check_link() -> None:
    """Tell the reader of a language in the link that there are no words for."""
    asked = asked_for(LANGUAGE)
    if asked is not None:  # `begin` has taken it, were it one that there is
        try:
            one_of(languages()).read(asked)
        except ValueError as error:
            complain(f"`{LANGUAGE}={shortened(asked)}`: {error}")


def link_parameters() -> dict[str, str]:
    """The language as it stands in a link, once it was chosen: that of a browser is not another's."""
    chosen = st.session_state.get(_CHOSEN)
    return {LANGUAGE: chosen} if chosen else {}


def language_switch() -> None:
    """A button for each other language, under its own name."""
    for code in languages():
        if code != language():
            name = language_name(code)
            st.button(name, key=f"_speak_{code}", type="tertiary", on_click=_choose, args=(code,))


def _choose(code: str) -> None:
    st.session_state[_CHOSEN] = code


def _session_language() -> str | None:
    """That of the session of this thread: callbacks and fragments run without the frame."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    spoken: str | None = st.session_state.get(_SPOKEN)
    return spoken
