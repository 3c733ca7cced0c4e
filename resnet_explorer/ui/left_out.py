"""Photos that this session's person leaves out of an album: by hand, or on the Trust page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import streamlit as st

_LEFT_OUT: Final = "_al_left_out"


def left_out(album: str) -> frozenset[str]:
    """The names of the photos that are left out of the album of a key."""
    return _all().get(album, frozenset())


def add_left_out(album: str, names: Iterable[str]) -> None:
    """Leave more of its photos out."""
    _all()[album] = left_out(album) | frozenset(names)


def clear_left_out(album: str, names: Iterable[str] | None = None) -> None:
    """Take some of them back, or all."""
    _all()[album] = frozenset() if names is None else left_out(album) - frozenset(names)


def _all() -> dict[str, frozenset[str]]:
    kept: dict[str, frozenset[str]] = st.session_state.setdefault(_LEFT_OUT, {})
    return kept
