"""A page as it was at first: one click resets its controls, and one takes that back.

Network and photo are the session's, not the page's: they stay.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.url_state import defaults

_UNDO: Final = "_reset_undo"


def reset_button(page: str, kept: frozenset[str]) -> None:
    """Draw the button, and beside it the one that takes the last reset of this page back.

    Args:
        page: name of the page that is open.
        kept: keys of controls that are the same on every page.
    """
    before: tuple[str, dict[str, Any]] | None = st.session_state.get(_UNDO)
    if before and before[0] == page:
        st.button(t("Undo"), key="_undo", type="tertiary", on_click=_undo)
    else:
        st.session_state.pop(_UNDO, None)
    words = t("This page as it was at first")
    st.button(t("Reset"), key="_reset", type="tertiary", help=words, on_click=_reset, args=(page, kept))


def _reset(page: str, kept: frozenset[str]) -> None:
    page_defaults = {key: value for key, value in defaults().items() if key not in kept}
    before = {key: st.session_state[key] for key in page_defaults if key in st.session_state}
    st.session_state.update(page_defaults)
    undo = st.session_state.get(_UNDO)
    # Who clicks twice gets back what there was before the first click.
    if not undo or undo[0] != page or any(before[key] != page_defaults[key] for key in before):
        st.session_state[_UNDO] = (page, before)


def _undo() -> None:
    undo = st.session_state.pop(_UNDO, None)
    if undo:  # a second click may come before the button is gone
        st.session_state.update(undo[1])
