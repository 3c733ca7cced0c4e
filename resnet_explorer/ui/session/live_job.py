"""A job whose picture grows while it runs, in one place, without a blink."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Step
from resnet_explorer.common.text import duration, named
from resnet_explorer.ui.session.cached_result import cached_result
from resnet_explorer.ui.session.polling import polling
from resnet_explorer.ui.session.progress_job import Job, offer_to_resume

T = TypeVar("T")

EVERY: Final = 1.0
"""Seconds between two pictures."""
WORKED: Final = 0.8
"""Seconds of them that are worked; in the others the browser draws."""


def run_live(
    key: str,
    inputs: tuple[object, ...],
    start: Callable[[], Iterator[Step[T]]],
    label: str,
    draw: Callable[[T | None], None],
) -> T | None:
    """Run a job with progress and Stop, once for its inputs, and draw what is known every second.

    Args:
        key: names it in the session's state.
        inputs: all that the answer depends on.
        start: begins the computation, which must not use Streamlit.
        label: what is done, in a few words.
        draw: draws what is known so far, None for nothing; its chart has a key, to stay where it is.

    Returns:
        What is known once the job is done or stopped; None before.
    """
    job = cached_result(key, inputs, lambda: Job(start))
    if not (job.is_finished or job.stopped):
        _working(key, label, job, draw)
        return None
    place = st.container()
    if job.is_finished:
        words = t("{label}: all {total:,} done in {duration}.")
        total = job.step.total if job.step else 0
        place.success(words.format(label=label, total=total, duration=duration(job.seconds)))
    else:
        offer_to_resume(place, key, label, job)
    draw(job.answer)
    return job.answer


@polling(EVERY)
def _working(key: str, label: str, job: Job[T], draw: Callable[[T | None], None]) -> None:
    """What is known, then a second's work; when all is done or was stopped, the page is drawn anew."""
    if job.is_finished or job.stopped:
        st.rerun()
    words, button = st.columns([5, 1], vertical_alignment="bottom")
    words.progress(job.share, text=named(label, job.progress_text))
    button.button(t("Stop"), key=f"{key}_stop", on_click=job.stop, width="stretch")
    draw(job.answer)
    until = time.monotonic() + WORKED
    while not job.is_finished and time.monotonic() < until:
        job.advance()
