"""Every control's state is in the link: read from it once, checked, and written back to it.

Before a control is drawn, `linked` gets its key, its default and what is allowed. It gives the control
its value in the session's state: from the link, or as it was before, or the default.
What the link says is a code and not the words on the screen, so that a link means the same in every
language; a default is left out of it. A value that is not allowed gets a sentence.

A link that a session has seen is no new wish, and what a link does not name stays as it was. Not so the
link of a step of a lesson, by `follow`: it counts however often, and what it leaves out is at its default.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import sentence_as_markdown
from resnet_explorer.ui.app import unheard

T = TypeVar("T")
N = TypeVar("N", int, float)

_SEEN, _LINK, _WRITTEN, _COMPLAINTS = "_link_seen", "_link", "_link_written", "_link_complaints"
_DEFAULTS: Final = "_link_defaults"
_FOLLOWED, _PAGE = "_link_followed", "_link_page"
_LABELS, _CONTROLS = "_link_labels", "_link_controls"
_TOLD: Final = "_link_complaints_told"
MOST_SEEN: Final = 200_000
"""Characters of what a session has seen in links: a day's clicks; more is of nobody who clicks."""
LONGEST: Final = 200
"""Characters of a text in a link, and of what a complaint repeats at most a part of."""


@dataclass(frozen=True)
class _Followed:
    """A link that is followed to the letter.

    Attributes:
        page: the stem of the page that it is of.
        link: what it says.
        taken: the controls that took from it what it says, or their default; each does so once.
    """

    page: str
    link: Mapping[str, str]
    taken: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Code:
    """How a control's value stands in a link.

    Attributes:
        write: the value as text.
        read: the value of a text; raises ValueError, saying what is allowed.
        allows: whether a value of before can still be shown.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    allows: Callable[[Any], bool]


def one_of(values: Iterable[Any], former: Mapping[str, str] = MappingProxyType({})) -> Code:
    """One of some values, written as they print.

    Args:
        values: those that there are.
        former: what links of before may say, and what is said for it now.
    """
    codes = {str(value): value for value in values}
    return Code(str, lambda text: _entry(codes, former.get(text, text)), lambda value: str(value) in codes)


def some_of(values: Iterable[Any]) -> Code:
    """Any of some values, in their order, written with a comma between."""
    codes = {str(value): value for value in values}

    def read(text: str) -> list[Any]:
        named = [_entry(codes, part) for part in text.split(",")] if text else []
        return [value for value in codes.values() if value in named]

    return Code(
        lambda chosen: ",".join(map(str, chosen)),
        read,
        lambda chosen: all(str(value) in codes for value in chosen),
    )


def whole(low: int, high: int) -> Code:
    """A whole number of a range."""

    def read(text: str) -> int:
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 12):
            raise ValueError(_range_sentence(low, high))
        return _within(int(text), low, high)

    return Code(str, read, lambda value: isinstance(value, int) and low <= value <= high)


def number(low: float, high: float) -> Code:
    """A number of a range."""

    def read(text: str) -> float:
        try:
            return _within(float(text[:LONGEST]), low, high)
        except ValueError:
            raise ValueError(_range_sentence(low, high)) from None

    return Code(lambda value: f"{value:g}", read, lambda value: low <= value <= high)


def _read_switch(text: str) -> bool:
    return bool(_entry({"0": False, "1": True}, text))


SWITCH: Final = Code(lambda on: str(int(on)), _read_switch, lambda value: isinstance(value, bool))
"""On or off, written as 1 or 0."""

TEXT: Final = Code(str, lambda text: text[:LONGEST], lambda value: isinstance(value, str))
"""What somebody typed."""


def linked(key: str, default: T, code: Code) -> T:
    """Give a control its value before it is drawn, and put that value into the link.

    The control is drawn after it with `keeping_value(key)`, and without a default of its own. Where a click
    on it is all that ever sets it, its key and `persist_state="session"` do as well.

    Args:
        key: the control's key, and its name in the link.
        default: its value where neither the link nor the session says another; None for no choice.
        code: what is allowed, and how it is written.

    Returns:
        The value that the control will have.
    """
    state = st.session_state
    state.setdefault(_DEFAULTS, {})[key] = default
    text, is_fresh = asked_for(key), False
    followed: _Followed | None = state.get(_FOLLOWED)
    if followed and followed.page == state.get(_PAGE) and key not in followed.taken:
        followed.taken.add(key)
        text, is_fresh = followed.link.get(key), True
    if is_fresh:
        state[key] = default
    if text is not None:
        try:
            state[key] = code.read(text)
        except ValueError as error:
            complain(f"`{key}={shortened(text)}`: {sentence_as_markdown(str(error))}")
    if key not in state or (state[key] is not None and not code.allows(state[key])):
        state[key] = default
    value: T = state[key]
    write(key, None if value == default or value is None else code.write(value))
    return value


def asked_for(key: str) -> str | None:
    """What the link asks for under a name, if this session has neither read nor written it before.

    A browser may send a link of a moment ago along with a click: what the session wrote itself is
    no new wish.
    """
    text = st.query_params.get(key)
    known = _seen().setdefault(key, set())
    if text is None or text in known:
        return None
    known.add(text)
    return text


def write(key: str, text: str | None) -> None:
    """Put a value under a name into the link, or leave it out with None; `end` tells the browser."""
    _link()[key] = text
    if text is not None:
        _seen().setdefault(key, set()).add(text)


def complain(sentence: str) -> None:
    """Tell the reader, above the page, what was wrong with the link.

    Args:
        sentence: in Markdown.
    """
    st.session_state.setdefault(_COMPLAINTS, []).append(sentence)


def follow(page: str, link: Mapping[str, str]) -> None:
    """Let a page be as a link says, whatever this session saw and set; what it leaves out, as at first.

    Args:
        page: the stem of its file, which is the same in every language.
        link: what it says; the session goes to the page with it.
    """
    for name, text in link.items():
        _seen().get(name, set()).discard(text)
    st.session_state[_FOLLOWED] = _Followed(page, dict(link))


def begin(page: str) -> None:
    """Before a page is drawn: none of its controls is known yet.

    Args:
        page: the stem of its file; empty for one that only leads on.
    """
    st.session_state[_LINK], st.session_state[_DEFAULTS] = {}, {}
    st.session_state[_PAGE] = page
    seen = _seen()
    if sum(len(name) + sum(map(len, texts)) for name, texts in seen.items()) > MOST_SEEN:
        seen.clear()
    unheard.begin()


def defaults() -> dict[str, Any]:
    """The defaults of the controls of the page that was drawn last, by key: what resets it, in a callback."""
    found: dict[str, Any] = st.session_state.get(_DEFAULTS, {})
    return found


def name_control(key: str, label: str) -> None:
    """Keep what a control is called on the screen."""
    st.session_state.setdefault(_LABELS, {})[key] = label


def control_names() -> dict[str, str]:
    """The labels of the page's controls by their keys, as it was drawn last; none on a page just opened."""
    page, keys = st.session_state.get(_CONTROLS, ("", ()))
    labels: dict[str, str] = st.session_state.get(_LABELS, {})
    return {key: labels[key] for key in keys if key in labels} if page == st.session_state[_PAGE] else {}


def written_link() -> dict[str, str]:
    """The link of the page that was drawn last, for a callback."""
    written: tuple[str, dict[str, str]] | None = st.session_state.get(_WRITTEN)
    return dict(written[1]) if written else {}


def end(page: str, *, is_whole: bool = True) -> list[str]:
    """After a page was drawn: put its link into the address, and return the complaints.

    What the link says of controls that are not drawn yet, because the page waits for a guess, stays in it.

    All is written at once, and on one page the same link never twice: each writing is told to the browser.

    Args:
        page: its name.
        is_whole: whether all of it was drawn.
    """
    unread = {key: text for key, text in st.query_params.items() if key not in _link()}
    if is_whole:
        for key in unread:
            if asked_for(key) is not None:
                complain(t("Nothing here is called `{name}`.").format(name=shortened(key)))
        unread = {}
    link = {key: text for key, text in _link().items() if text is not None} | unread
    written: tuple[str, dict[str, str]] | None = st.session_state.get(_WRITTEN)
    known = written[1] if written and written[0] == page else st.query_params.to_dict()
    if link != known:
        st.query_params.from_dict(link)
    st.session_state[_WRITTEN] = (page, link)
    unheard.end(link)
    st.session_state[_CONTROLS] = (st.session_state[_PAGE], tuple(defaults()))
    complaints: list[str] = st.session_state.pop(_COMPLAINTS, [])
    st.session_state[_TOLD] = complaints
    return complaints


def complain_again() -> None:
    """Before a page is drawn anew without a click of anybody: what was told just now is not read yet."""
    st.session_state[_COMPLAINTS] = st.session_state.get(_TOLD, [])


def _seen() -> dict[str, set[str]]:
    seen: dict[str, set[str]] = st.session_state.setdefault(_SEEN, {})
    return seen


def _link() -> dict[str, str | None]:
    link: dict[str, str | None] = st.session_state.setdefault(_LINK, {})
    return link


def _entry(codes: dict[str, Any], text: str) -> Any:
    if text not in codes:
        listed = ", ".join(list(codes)[:8]) + (", …" if len(codes) > 8 else "")
        raise ValueError(t("allowed: {listed}.").format(listed=listed))
    return codes[text]


def _within(value: N, low: float, high: float) -> N:
    if not low <= value <= high or math.isnan(value):
        raise ValueError(_range_sentence(low, high))
    return value


def _range_sentence(low: float, high: float) -> str:
    return t("allowed: a number from {low:g} to {high:g}.").format(low=low, high=high)


def shortened(text: str) -> str:
    """A part of a link as a complaint repeats it, between back ticks."""
    kept = "".join(character for character in text if character.isprintable() and character != "`")
    return kept[:40] + ("…" if len(kept) > 40 else "")
