"""Widgets whose state is in the link: one call makes one, keeps it across pages and writes it to the address.

A value that the link may not have, or that is no longer allowed, gives way to the default with a sentence
(`ui.app.url_state`). Whatever else a widget takes is passed on to Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.url_state import (
    SWITCH,
    TEXT,
    linked,
    name_control,
    number,
    one_of,
    some_of,
    whole,
)
from resnet_explorer.ui.widgets.keeping_value import keeping_value

T = TypeVar("T")
Names = Callable[[Any], str] | Mapping[Any, str]
"""What options are called on the screen: a function of one, or a table of English names, translated here.

Where the options are such a table themselves, it names them unless told; others are called as they print.
"""


def linked_choice(
    key: str,
    label: str,
    options: Iterable[T],
    *,
    default: T,
    names: Names | None = None,
    at: Any = st,
    **widget: Any,
) -> T:
    """One of a few options, all of them seen.

    Args:
        key: the widget's, and its name in the link.
        label: what stands above it.
        options: written in the link as they print.
        default: the option that is chosen unless told; it is left out of the link.
        names: of the options.
        at: where it stands.
        widget: more for `st.segmented_control`.
    """
    there = list(options)
    linked(key, default, one_of(there))
    name_control(key, label)
    chosen: T = at.segmented_control(
        label, there, required=True, format_func=_function(options, names), **keeping_value(key, at, **widget)
    )
    return chosen


def view_choice(key: str, views: Mapping[str, str], at: Any, *, default: str | None = None) -> str:
    """Which view of a page is shown, in its head.

    Args:
        key: the widget's, and its name in the link.
        views: their names by what the link says, in English.
        at: the room in the head.
        default: the view at first; the first one unless told.
    """
    first = default or next(iter(views))
    return linked_choice(key, t("View"), views, default=first, at=at, label_visibility="collapsed")


def linked_select(
    key: str,
    label: str,
    options: Iterable[T],
    *,
    default: T,
    names: Names | None = None,
    at: Any = st,
    **widget: Any,
) -> T:
    """One of many options, in a list that opens; arguments as of `linked_choice`."""
    there = list(options)
    linked(key, default, one_of(there))
    name_control(key, label)
    chosen: T = at.selectbox(
        label, there, format_func=_function(options, names), **keeping_value(key, at, **widget)
    )
    return chosen


def linked_pills(key: str, label: str, options: Iterable[T], *, at: Any = st, **widget: Any) -> list[T]:
    """Any of a few options, all of them seen, none at first; arguments as of `linked_choice`."""
    there = list(options)
    linked(key, [], some_of(there))
    name_control(key, label)
    chosen: list[T] = at.pills(label, there, selection_mode="multi", **keeping_value(key, at, **widget))
    return chosen


def linked_switch(key: str, label: str, *, default: bool = False, at: Any = st, **widget: Any) -> bool:
    """On or off."""
    linked(key, default, SWITCH)
    name_control(key, label)
    return bool(at.toggle(label, **keeping_value(key, at, **widget)))


def linked_slider(key: str, label: str, low: T, high: T, *, default: T, at: Any = st, **widget: Any) -> T:
    """A number of a range, on a line: a whole one if its bounds are whole."""
    linked(key, default, _range(low, high))
    name_control(key, label)
    chosen: T = at.slider(label, low, high, **keeping_value(key, at, **widget))
    return chosen


def linked_number(key: str, label: str, low: T, high: T, *, default: T, at: Any = st, **widget: Any) -> T:
    """A number of a range, typed: a whole one if its bounds are whole."""
    linked(key, default, _range(low, high))
    name_control(key, label)
    chosen: T = at.number_input(label, low, high, **keeping_value(key, at, **widget))
    return chosen


def linked_text(key: str, label: str, **widget: Any) -> str:
    """Words that somebody types."""
    linked(key, "", TEXT)
    name_control(key, label)
    return str(st.text_input(label, **keeping_value(key, **widget)) or "")


def _range(low: Any, high: Any) -> Any:
    return whole(low, high) if isinstance(low, int) and isinstance(high, int) else number(low, high)


def _function(options: Iterable[Any], names: Names | None) -> Callable[[Any], str]:
    if names is None:
        names = options if isinstance(options, Mapping) else str
    return (lambda option: t(names[option])) if isinstance(names, Mapping) else names
