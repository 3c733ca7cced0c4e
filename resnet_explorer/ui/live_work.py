"""A computation whose picture grows while it goes on, in one place, without a blink."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.progress import Step
from resnet_explorer.short_text import duration
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import Work, offer_to_go_on

T = TypeVar("T")

EVERY: Final = 1.0
"""Seconds between two pictures."""
WORKED: Final = 0.8
"""Seconds of them that are worked; in the others the browser draws."""


def live_work(
    key: str,
    question: tuple[object, ...],
    start: Callable[[], Iterator[Step[T]]],
    label: str,
    draw: Callable[[T | None], None],
) -> T | None:
    """Do the work with progress and Stop, once for a question, and draw what is known every second.

    Args:
        key: names it in the session's state.
        question: all that the answer depends on.
        start: begins the work. It must not use Streamlit.
        label: what is done, in a few words.
        draw: draws what is known so far, None for nothing; its chart has a key, to stay where it is.

    Returns:
        What is known once the work is done or stopped; None before.
    """
    work = remembered(key, question, lambda: Work(start))
    if not (work.is_finished or work.stopped):
        _working(key, label, work, draw)
        return None
    place = st.container()
    if work.is_finished:
        words = t("{label}: all {total:,} done in {duration}.")
        total = work.step.total if work.step else 0
        place.success(words.format(label=label, total=total, duration=duration(work.seconds)))
    else:
        offer_to_go_on(place, key, label, work)
    draw(work.answer)
    return work.answer


@st.fragment(run_every=EVERY)
def _working(key: str, label: str, work: Work[T], draw: Callable[[T | None], None]) -> None:
    """What is known, then a second's work; when all is done or was stopped, the page is drawn anew."""
    if work.is_finished or work.stopped:
        st.rerun()
    words, button = st.columns([5, 1], vertical_alignment="bottom")
    words.progress(work.share, text=f"{label}: {work.words}")
    button.button(t("Stop"), key=f"{key}_stop", on_click=work.stop, width="stretch")
    draw(work.answer)
    until = time.monotonic() + WORKED
    while not work.is_finished and time.monotonic() < until:
        work.go_on()
