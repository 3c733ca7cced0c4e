"""What is seen while a file of weights is read: that it goes on, and what is being found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell


@contextmanager
def reading_file(words: str) -> Iterator[Tell]:
    """A spinner with these words and, below it, what is told meanwhile."""
    with st.spinner(words):
        place = st.empty()
        yield lambda asked: _show(place, asked)
        place.empty()


def _show(place: st.delta_generator.DeltaGenerator, asked: str) -> None:
    place.caption(t("Held against ordinary photos: {question} …").format(question=asked))
