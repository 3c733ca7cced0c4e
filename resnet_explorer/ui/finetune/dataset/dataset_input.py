"""The choice of a dataset: one that is kept here, or photos that come now."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.common.i18n import msg, prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.finetune.dataset.flowers import BYTES, fetch_flowers, kept_flowers
from resnet_explorer.finetune.dataset.store import Dataset, datasets, forget_dataset, keep_files, keep_zip
from resnet_explorer.finetune.runs.store import runs
from resnet_explorer.photos.zip_archive import MAX_MEMBERS, is_archive
from resnet_explorer.serving.rights import check_download
from resnet_explorer.ui.app.refusal import kept_refusal, show_kept_refusal, shown_refusal
from resnet_explorer.ui.app.url_state import Code, linked, write
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.widgets.keeping_value import keeping_value
from resnet_explorer.ui.widgets.linked_inputs import linked_choice
from resnet_explorer.ui.widgets.popover import close_popovers, popover
from resnet_explorer.ui.widgets.uploads import emptied

SOURCES: Final = {"zip": msg("A ZIP"), "folder": msg("A folder"), "flowers": msg("Five kinds of flowers")}
MOST_MEGABYTES: Final = 500
"""Of an upload; a little less than the server takes, which the browser would round to 1 GB."""

_DATASET: Final = "al_album"
_UPLOADED, _FETCH, _NEWEST = "_al_uploaded", "_al_fetch", "_al_newest"


def chosen_dataset() -> Dataset | None:
    """The chosen dataset, after photos that have just come were kept; None while none is kept here.

    What that takes, and what was refused, is drawn where this is called.
    """
    with shown_refusal():
        _keep_new_photos()
    # Not before: a click that interrupts the run begins it again.
    st.session_state.pop(_UPLOADED, None)
    show_kept_refusal()
    found = datasets()
    if not found:
        linked(_DATASET, None, _code([]))
        return None
    return _chosen(found)


def dataset_input(chosen: Dataset | None) -> None:
    """The menu of datasets, and beside it where photos are added.

    Args:
        chosen: what `chosen_dataset` returned.
    """
    if chosen:
        found = datasets()
        st.selectbox(
            t("Dataset"),
            [dataset.key for dataset in found],
            format_func={dataset.key: dataset.label for dataset in found}.__getitem__,
            width=190,
            label_visibility="collapsed",
            **keeping_value(_DATASET),
        )
    with popover(t("Add photos"), "al_adding", type="secondary" if chosen else "primary"):
        _add_input()


def remove_button(chosen: Dataset) -> None:
    """Where the chosen dataset is removed from this machine."""
    with popover(t("Remove"), "al_removing", type="tertiary"):
        _remove_input(chosen)


def _chosen(found: list[Dataset]) -> Dataset:
    """The chosen one; its key is always in the link, for on another day the first is another one."""
    keys = [dataset.key for dataset in found]
    newest = st.session_state.pop(_NEWEST, None)
    if newest in keys:
        st.session_state[_DATASET] = newest
    key = linked(_DATASET, keys[0], _code(keys))
    write(_DATASET, key)
    st.session_state[_DATASET] = key  # said anew: the box of another page may have had no dataset to show
    return found[keys.index(key)]


def _code(keys: list[str]) -> Code:
    """A dataset's key in a link; photos do not travel with it."""

    def read(text: str) -> str:
        if text not in keys:
            raise ValueError(t("this dataset is not kept on this machine."))
        return text

    return Code(str, read, keys.__contains__)


def _remove_input(chosen: Dataset) -> None:
    words = t("Remove **{dataset}** from this machine? Runs keep what they learnt, but cannot go on.")
    st.markdown(words.format(dataset=as_markdown(chosen.label)))
    if any(run.alive and Path(run.config.data) == chosen.path.resolve() for run in runs()):
        st.warning(t("A run is learning from it at this moment."))
    st.button(t("Remove it"), key="al_forget", on_click=_forget, args=(chosen.key,), type="primary")


@kept_refusal()  # another session may have been faster
def _forget(key: str) -> None:
    close_popovers()
    forget_dataset(key)


def _add_input() -> None:
    """The three sources of photos."""
    source = linked_choice("al_add", t("Photos from"), SOURCES, default="zip", wrap=True)
    if source == "flowers":
        _flowers_input()
        return
    st.file_uploader(
        t("A ZIP archive of photos") if source == "zip" else t("A folder of photos"),
        accept_multiple_files=False if source == "zip" else "directory",
        max_upload_size=MOST_MEGABYTES,
        **emptied(f"al_{source}", _note),
    )
    st.markdown(prose("dataset_layout").format(megabytes=MOST_MEGABYTES, files=MAX_MEMBERS))


def _note(files: list[UploadedFile]) -> None:
    """Note what came; the run that follows keeps it, with progress."""
    st.session_state[_UPLOADED] = files
    close_popovers()


def _flowers_input() -> None:
    st.markdown(prose("dataset_flowers"))
    kept = kept_flowers()
    if kept:
        st.info(t("It is kept here, as {dataset}.").format(dataset=as_markdown(kept.label)))
        return
    label = t("Download {size:,.0f} MB").format(size=BYTES / 1e6)
    st.button(label, icon="⬇️", type="primary", key="al_download", on_click=_request_flowers)


def _request_flowers() -> None:
    st.session_state[_FETCH] = True


def _keep_new_photos() -> None:
    """Keep uploaded photos as a dataset, or fetch the flowers, if that was clicked; choose it.

    Raises:
        ValueError: in one sentence, if that cannot be done.
    """
    files: list[UploadedFile] = st.session_state.get(_UPLOADED, [])
    if files:
        st.session_state[_NEWEST] = _kept(files).key
    elif st.session_state.pop(_FETCH, False):
        check_download(role())
        st.session_state[_NEWEST] = _fetched().key


def _kept(files: list[UploadedFile]) -> Dataset:
    if len(files) == 1 and (is_archive(files[0].name) or "/" not in files[0].name):
        with st.spinner(t("Keeping the photos …")):
            return keep_zip(files[0], files[0].name)
    bar = st.progress(0.0)
    words = t("Keeping the photos: {done:,} of {total:,}")

    def show(done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            bar.progress(done / total, text=words.format(done=done, total=total))

    dataset = keep_files(((file.name, file.getvalue) for file in files), progress=show)
    bar.empty()
    return dataset


def _fetched() -> Dataset:
    """Fetch flower_photos with a bar, an estimate and Stop; any click stops it, and leaves nothing behind."""
    place = st.empty()
    with place.container():
        words, button = st.columns([5, 1], vertical_alignment="bottom")
        button.button(t("Stop"), key="al_stop", width="stretch")
        bar = words.progress(0.0, text=t("Asking for the file …"))
    try:
        return fetch_flowers(_progress(bar.progress))
    finally:
        place.empty()


def _progress(show: Callable[..., object]) -> Callable[[int, int], None]:
    """What draws how far a download is, and how long it may still take."""
    begun = shown = time.perf_counter()
    words = t("{done:,.0f} of {total:,.0f} MB · about {left:.0f} s left")

    def progress(done: int, total: int) -> None:
        nonlocal shown
        now = time.perf_counter()
        if done == total:
            show(1.0, text=t("Packing the photos …"))
        elif now - shown > 0.2 and total:
            shown = now
            left = (now - begun) / done * (total - done)
            show(done / total, text=words.format(done=done / 1e6, total=total / 1e6, left=left))

    return progress
