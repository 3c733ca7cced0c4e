"""From one to the next: of photos, or of parts of what is too much for one screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.ui.app.url_state import linked, whole

T = TypeVar("T")


def step_buttons(key: str, here: int, before: int, after: int, words: str, go: Callable[[int], None]) -> None:
    """To the one before and the one after, with words between.

    Args:
        key: begins the keys of the buttons.
        here: the one that is shown.
        before: the one before it; the same at the first.
        after: the one after it; the same at the last.
        words: which of how many it is.
        go: shows another one.
    """
    # What both are called is heard, and seen as ‹ and › (app/style.css).
    st.button(t("The one before"), key=f"{key}_before", on_click=go, args=(before,), disabled=before == here)
    st.markdown(words, width="content")
    st.button(t("The next one"), key=f"{key}_after", on_click=go, args=(after,), disabled=after == here)


def parts_of(count: int, at_once: int) -> int:
    """How many parts so many things have; one, where there is nothing."""
    return max(1, -(-count // at_once))


def part_words(part: int, what: str, count: int, at_once: int) -> str:
    """Which of the things a part has: "11–20 of 38 photos"; arguments as of `part_buttons`."""
    first, last = (part - 1) * at_once + 1, min(part * at_once, count)
    words = t("{first:,}–{last:,} of {count:,} {what}")
    return words.format(first=first, last=last, count=count, what=what)


def part_of(key: str, things: Sequence[T], at_once: int) -> Sequence[T]:
    """The part of many things that the link says, the first one unless told."""
    part = linked(key, 1, whole(1, parts_of(len(things), at_once)))
    return things[(part - 1) * at_once : part * at_once]


def part_buttons(key: str, what: str, count: int, at_once: int) -> None:
    """To the part before and the one after, with words that say which it is; nothing for a single part.

    Args:
        key: of the part in the link.
        what: the things are called.
        count: of the things.
        at_once: things in a part.
    """
    parts = parts_of(count, at_once)
    if parts < 2:
        return
    part = st.session_state[key]
    words = part_words(part, what, count, at_once)

    def go(place: int) -> None:
        st.session_state[key] = place

    step_buttons(key, part, max(1, part - 1), min(parts, part + 1), words, go)
