"""The choice of many photos: the samples, files, a ZIP, a folder. What comes is taken once and let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.batch.results import Results
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.photos.decode import MAX_BYTES
from resnet_explorer.photos.samples import SAMPLES, sample_bytes
from resnet_explorer.photos.sources import Entry, entry_of_bytes
from resnet_explorer.photos.zip_archive import is_archive
from resnet_explorer.ui.session.progress_job import Job
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.uploads import emptied, read_once
from resnet_explorer.weights.description import Weights

SOURCES: Final = {"samples": msg("Samples"), "files": msg("Files, ZIP"), "folder": msg("Folder")}
MOST: Final = 2_000
"""Photos that are done at once; their small copies are some 100 MB."""

_CAME, _BATCH = "_mp_came", "_mp_batch"


@dataclass(eq=False)
class Batch:
    """Photos that a network predicts, or has predicted.

    Attributes:
        entries: those that are left to do; what was uploaded can be read once.
        weights: of the network.
        count: how many they were.
        excluded: how many more there were.
        job: that predicts photos that were given, kept with them: a session's results are computed anew in
            another language, and these photos cannot be read again.
    """

    entries: list[Entry]
    weights: Weights
    count: int
    excluded: int = 0
    job: Job[Results] | None = None


def source_input(place: DeltaGenerator) -> str:
    """Where the photos come from, a key of `SOURCES`."""
    return linked_choice(
        "mp_from", t("Photos"), SOURCES, default="samples", at=place, label_visibility="collapsed"
    )


def photos_input(source: str) -> None:
    """The uploader of files or of a folder; none for the samples."""
    if source == "samples":
        return
    words = t(
        "Up to {most:,} photos of at most {size} MB. Only small copies are kept, on this machine; no link "
        "carries them. Where folders are named as classes are, it is told how many answers are right."
    )
    st.file_uploader(
        t("Photos, or ZIP archives of photos") if source == "files" else t("A folder of photos"),
        accept_multiple_files=True if source == "files" else "directory",
        help=words.format(most=MOST, size=MAX_BYTES // 2**20),
        **emptied(f"mp_{source}", _take),
    )


def batch_for(source: str, weights: Weights) -> Batch | None:
    """The photos to show: the samples with the chosen network, or what was given last.

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


def _take(files: list[UploadedFile]) -> None:
    """Note what came: a file's bytes go when it has been read, an archive's with its last photo."""
    st.session_state[_CAME] = list(chain.from_iterable(map(_entries, files)))


def _entries(file: UploadedFile) -> Iterator[Entry]:
    if not is_archive(file.name):
        yield from entry_of_bytes(file.name, partial(read_once, file))
        return
    for entry in entry_of_bytes(file.name, file.getvalue):
        yield Entry(entry.name, partial(_read_of, file, entry))


def _read_of(_archive: UploadedFile, entry: Entry) -> bytes:
    """A photo of an archive, which counts as held until all of them are let go."""
    return entry.read()
