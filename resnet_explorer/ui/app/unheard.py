"""Values that were set elsewhere, and of which the browser has not heard yet.

With every click the browser sends what it holds of all controls. If a click on a picture, or Reset, has
set one of them, the browser is told with the page that is drawn next; a second click before that says the
old value again, which is no wish of anybody's. The link tells the two apart: it comes along with the click,
and the browser has the page's last one only after all that is on the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import streamlit as st

_CONTROLS: Final = "_unheard"
_LINK: Final = "_unheard_link"


@dataclass
class _Control:
    """A control that keeps its value.

    Attributes:
        value: that the browser holds, or will when it has heard.
        before: values that the browser may hold until then.
        repeated: whether the last click said one of them again.
    """

    value: Any
    before: list[Any] = field(default_factory=list)
    repeated: bool = False

    def follow(self, value: Any) -> None:
        """Take note of a value that it was given."""
        if value != self.value:
            self.before.append(self.value)
            self.value = value


def begin() -> None:
    """Before a page is drawn, which another click may break off: see what was set by the last click."""
    st.session_state[_LINK] = None
    for key, control in _controls().items():
        if not control.repeated:
            control.before.clear()
        control.repeated = False
        if key in st.session_state:
            control.follow(st.session_state[key])


def end(link: Mapping[str, str]) -> None:
    """A page was drawn, and its link is told to the browser behind it."""
    st.session_state[_LINK] = dict(link)


def drawn(key: str, value: Any) -> None:
    """A control is about to be drawn with a value."""
    _controls().setdefault(key, _Control(value)).follow(value)


def said(key: str, value: Any) -> Any:
    """The value that stands after the browser has said one: that, unless it repeats one of before."""
    control = _controls().get(key)
    if control is None:
        return value
    if value in control.before and st.query_params.to_dict() != st.session_state.get(_LINK):
        control.repeated = True
        return control.value
    control.before.clear()
    control.value = value
    return value


def _controls() -> dict[str, _Control]:
    found: dict[str, _Control] = st.session_state.setdefault(_CONTROLS, {})
    return found
