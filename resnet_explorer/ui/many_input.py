"""The choice of many photos: the samples, files, a ZIP, a folder. What comes is taken once and let go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.many.entries import Entry, entry_of_bytes
from resnet_explorer.photo import MAX_BYTES
from resnet_explorer.samples import SAMPLES, sample_bytes
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.uploads import arrived, let_go, read_once
from resnet_explorer.weights import Weights

SOURCES: Final = {"samples": "The five samples", "files": "Files or a ZIP", "folder": "A folder"}
MOST: Final = 2_000
"""Photos that are done at once; their small copies are some 100 MB."""

_CAME, _BATCH, _TURN = "_mp_came", "_mp_batch", "_mp_turn"


@dataclass(eq=False)
class Batch:
    """Photos that wait for a network, or have been before it.

    Attributes:
        entries: those that are left to do; what was uploaded can be read once.
        weights: whose network answers.
        count: how many they were.
        left_out: how many more there were.
    """

    entries: list[Entry]
    weights: Weights
    count: int
    left_out: int = 0


def photos_input() -> str:
    """Draw the controls.

    Returns:
        Where the photos come from, a key of `SOURCES`.
    """
    source: str = linked("mp_from", "samples", one_of(SOURCES))
    st.segmented_control(
        t("Photos"),
        list(SOURCES),
        required=True,
        format_func=lambda name: t(SOURCES[name]),
        key="mp_from",
        wrap=True,
        persist_state="session",
    )
    if source == "samples":
        return source
    key = f"mp_{source}_{st.session_state.get(_TURN, 0)}"
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    st.file_uploader(
        t("Photos, or ZIP archives of photos") if source == "files" else t("A folder of photos"),
        accept_multiple_files=True if source == "files" else "directory",
        key=key,
        on_change=_take,
        args=(key,),
    )
    st.caption(
        t(
            "Up to {most:,} photos of at most {size} MB. Only small copies are kept; no link carries them."
        ).format(most=MOST, size=MAX_BYTES // 2**20)
    )
    return source


def batch_for(source: str, weights: Weights) -> Batch | None:
    """The photos to show: the samples before the chosen network, or what was given last.

    Given photos stay with the network that was chosen when they came: they cannot be read again.
    """
    if source == "samples":
        entries = [Entry(each.file, partial(sample_bytes, each.name)) for each in SAMPLES]
        return Batch(entries, weights, len(entries))
    came: list[Entry] | None = st.session_state.pop(_CAME, None)
    if came is not None:
        st.session_state[_BATCH] = Batch(came[:MOST], weights, min(len(came), MOST), max(0, len(came) - MOST))
    batch: Batch | None = st.session_state.get(_BATCH)
    return batch


def _take(key: str) -> None:
    """Note what came, and empty the widget: each file's bytes go when it has been read."""
    files = arrived(st.session_state.get(key))
    if not files:
        return
    found = chain.from_iterable(entry_of_bytes(file.name, partial(read_once, file)) for file in files)
    st.session_state[_CAME] = list(found)
    let_go(files)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
