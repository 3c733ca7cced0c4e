"""Widgets that keep their value across pages, and that something else may set, in popovers too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_explorer.ui.app import unheard

_KNOWN: Final = "_keeping_widgets"


def keeping_value(key: str, at: Any = st, **widget: Any) -> Mapping[str, Any]:
    """What a widget is drawn with, so that its value stays: across pages, and if something else set it.

    The browser says a value of before again with a click anywhere, if it has not heard of the new one yet
    (`ui.app.unheard`). In a closed popover it is deaf to what it is told. So there a value that was set
    elsewhere gets a widget of a new key, of which the browser knows nothing; the value itself stays in the
    session's state under its own key.

    Args:
        key: of the value, which the session's state has already.
        at: where the widget stands.
        widget: more for the widget: its `on_change` with its `args`, if any, finds the value under `key`.
    """
    state = st.session_state
    in_popover, page = _is_popover(at), _page()
    if not in_popover:
        unheard.drawn(key, state[key])
    kept = {"persist_state": "session", **widget}
    act, args = kept.pop("on_change", None), kept.pop("args", ())
    known: dict[str, tuple[int, Any, str]] = state.setdefault(_KNOWN, {})
    number, value, drawn_on = known.get(key, (0, state[key], ""))
    if value != state[key] and in_popover:
        number += 1
    known[key] = (number, state[key], page)
    name = f"{key}_{number}" if number else key
    # On another page a widget is another one to Streamlit, which has no value for it if a click broke off the
    # run that gave it the first one.
    if page != drawn_on or name not in state or state[name] != state[key]:
        state[name] = state[key]

    def changed() -> None:
        if known[key][0] != number:  # of a popover's widget of before
            state[key] = known[key][1]
            return
        stands = state[name] if in_popover else unheard.said(key, state[name])
        is_new = stands == state[name]
        if number or not is_new:
            state[key] = stands
        if act and is_new:
            act(*args)
        known[key] = (number, state[key], page)

    return {"key": name, "on_change": changed, **kept}


def _is_popover(at: Any) -> bool:
    """Whether a place is in a popover, which Streamlit knows and does not say."""
    place = getattr(st, "_main", None) if at is st else at
    return "popover" in getattr(getattr(place, "_active_dg", place), "_ancestor_block_types", ())


def _page() -> str:
    """The page that is drawn."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.page_script_hash if context else ""
