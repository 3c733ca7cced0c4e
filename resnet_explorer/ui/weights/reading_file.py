"""What is seen while a file of weights is read: that it goes on, and what is being found out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell

PATIENCE: Final = 0.5
"""Seconds after which who waits is told so once more: one who has left the page waits no longer."""
_reading: Final = threading.Lock()
"""To find out what a file holds takes seconds of all cores and hundreds of megabytes, for each of a class."""


@contextmanager
def reading_file(words: str) -> Iterator[Tell]:
    """A spinner with these words and, below it, what is told meanwhile; one file is read at a time."""
    with st.spinner(words):
        place = st.empty()
        while not _reading.acquire(timeout=PATIENCE):
            place.caption(t("Somebody else’s file is read first …"))
        try:
            yield lambda asked: _show(place, asked)
        finally:
            _reading.release()
        place.empty()


def _show(place: st.delta_generator.DeltaGenerator, asked: str) -> None:
    place.caption(t("Held against ordinary photos: {question} …").format(question=asked))
