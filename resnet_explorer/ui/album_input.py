"""The choice of an album: one that is kept here, or photos that come now; and what is in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from resnet_explorer.finetune.albums import Album, albums, forget_album, keep_files, keep_zip
from resnet_explorer.finetune.collection import LabelledPhotos
from resnet_explorer.finetune.flowers import BYTES, fetch_flowers, kept_flowers
from resnet_explorer.finetune.runs import runs
from resnet_explorer.finetune.survey import Looks, Survey, look_at, summary
from resnet_explorer.i18n import prose, t
from resnet_explorer.many.archive import MAX_MEMBERS, is_archive
from resnet_explorer.short_text import as_markdown
from resnet_explorer.ui.left_out import left_out
from resnet_explorer.ui.linked import SWITCH, Code, linked, one_of, whole, write
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.ui.slow_work import slow_work
from resnet_explorer.ui.uploads import arrived, let_go

WAYS: Final = {"zip": "A ZIP", "folder": "A folder", "flowers": "Five kinds of flowers"}
SHARE, LEAST_SHARE, MOST_SHARE = 20, 5, 50
"""Percent of each class's photos to test on, where the folders do not say."""
LAST_SEED: Final = 9999
MOST_MEGABYTES: Final = 500
"""Of an upload; a little less than the server takes, which the browser would round to 1 GB."""

_CAME, _TURN, _FETCH, _FRESH, _REFUSAL = "_al_came", "_al_turn", "_al_fetch", "_al_fresh", "_al_refusal"


def album_input() -> Album | None:
    """Draw the controls.

    Returns:
        The chosen album; None while none is kept here, after words on how to add one.
    """
    _take_what_came()
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(refusal)
    found = albums()
    if not found:
        linked("al_album", None, _code(found))
        _add_input()
        return None
    chosen = _choice(found)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("Album"),
            [album.key for album in found],
            format_func={album.key: album.label for album in found}.__getitem__,
            key="al_album",
            persist_state="session",
            width=420,
        )
        turn = st.session_state.get(_TURN, 0)  # a popover of a new key is a closed one
        with st.popover(t("Add photos"), icon=":material/add_photo_alternate:", key=f"al_adding_{turn}"):
            _add_input()
        with st.popover(t("Remove"), icon=":material/delete:", key=f"al_removing_{turn}"):
            st.markdown(
                t(
                    "Remove **{album}** from this machine? Runs keep what they learnt, but cannot go on."
                ).format(album=as_markdown(chosen.label))
            )
            if any(run.alive and Path(run.story.data) == chosen.path.resolve() for run in runs()):
                st.warning(t("A run is learning from it at this moment."))
            st.button(t("Remove it"), key="al_forget", on_click=_forget, args=(chosen.key,), type="primary")
    return chosen


def _choice(found: list[Album]) -> Album:
    """The chosen one; its key is always in the link, for on another day the first is another one."""
    keys = [album.key for album in found]
    fresh = st.session_state.pop(_FRESH, None)
    if fresh in keys:
        st.session_state["al_album"] = fresh
    key = linked("al_album", keys[0], _code(found))
    write("al_album", key)
    st.session_state["al_album"] = key  # said anew: the box of another page may have had no album to show
    return found[keys.index(key)]


def _code(found: list[Album]) -> Code:
    """An album's key in a link; photos do not travel with it."""
    keys = [album.key for album in found]

    def read(text: str) -> str:
        if text not in keys:
            raise ValueError(t("this album is not kept on this machine."))
        return text

    return Code(str, read, keys.__contains__)


def photos_of(album: Album) -> LabelledPhotos:
    """The photos of an album, split as the folders or the controls of "Your photos" say.

    Raises:
        ValueError: if it is not there any more.
    """
    share = linked("al_share", SHARE, whole(LEAST_SHARE, MOST_SHARE))
    seed = linked("al_seed", 0, whole(0, LAST_SEED))
    return remembered("_al_photos", (album.key, share, seed), lambda: album.photos(share / 100, seed))


def whole_survey(album: Album) -> Survey | None:
    """What is found in an album, before anything is left out; its photos are looked at once in a session.

    Draws the progress while that lasts.

    Returns:
        The survey; None after Stop.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    photos = photos_of(album)
    looks: Looks | None
    looks, is_whole = slow_work(
        "_al_looks", (album.key,), lambda: look_at(photos), t("Looking through the photos")
    )
    if not is_whole or looks is None:
        return None
    return remembered("_al_survey", (photos, id(looks)), lambda: summary(photos, looks))


def without_left_out(album: Album, survey: Survey) -> Survey:
    """The survey less the photos that are left out: by hand and, if so chosen, the twins.

    Raises:
        ValueError: if a class has none left to learn from, or there is none to test on.
    """
    twins = survey.learnt_twins if leaves_twins_out() else frozenset()
    out = left_out(album.key) | twins
    return remembered("_al_left", (survey, out), lambda: replace(survey, photos=_without(survey.photos, out)))


def leaves_twins_out() -> bool:
    """Whether photos to learn from that show the same as one to test on are left out."""
    return linked("al_twins", True, SWITCH)


def surveyed(album: Album) -> Survey | None:
    """What there is to learn from: the survey of an album, less all that is left out.

    The same as "Your photos" shows; looked through now, with a bar, if that page did not do it before.

    Returns:
        The survey; None after Stop.

    Raises:
        ValueError: in one sentence, if nothing can be learnt from it.
    """
    survey = whole_survey(album)
    return None if survey is None else without_left_out(album, survey)


def _without(photos: LabelledPhotos, out: frozenset[str]) -> LabelledPhotos:
    left = photos.without(out)
    for name, count in zip(left.classes, left.counts("train"), strict=True):
        if not count:
            raise ValueError(
                t("All photos of {name} to learn from are left out; take some back.").format(name=name)
            )
    if not left.part("val"):
        raise ValueError(t("All photos to test on are left out; take some back."))
    return left


def counts_words(album: Album, left: LabelledPhotos) -> str:
    """How many photos are there for what, and how many are left out: unreadable ones, twins, and by hand."""
    words = t("**{learnt:,}** to learn from, **{tested:,}** to test on").format(
        learnt=len(left.part("train")), tested=len(left.part("val"))
    )
    out = len(photos_of(album).items) - len(left.items)
    return words + (t(", {out:,} left out").format(out=out) if out else "")


def split_input(album: Album, left: LabelledPhotos) -> None:
    """How the photos that are left are split: words or, where the folders do not say, the controls."""
    counts = counts_words(album, left)
    if left.split == "given":
        st.markdown(counts + t("; split as the folders say."))
        return
    share, seed, words = st.columns([1.2, 0.8, 2], gap="medium", vertical_alignment="bottom")
    share.slider(
        t("To test on, of each class"),
        LEAST_SHARE,
        MOST_SHARE,
        step=5,
        format="%d %%",
        key="al_share",
        persist_state="session",
    )
    seed.number_input(t("Seed of the split"), 0, LAST_SEED, key="al_seed", persist_state="session")
    words.markdown(counts + ".")


def _add_input() -> None:
    """The three ways to add photos."""
    way = linked("al_add", "zip", one_of(WAYS))
    st.segmented_control(
        t("Photos from"),
        list(WAYS),
        required=True,
        format_func=lambda name: t(WAYS[name]),
        key="al_add",
        wrap=True,
        persist_state="session",
    )
    if way == "flowers":
        _flowers_input()
        return
    key = f"al_{way}_{st.session_state.get(_TURN, 0)}"
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    st.file_uploader(
        t("A ZIP archive of photos") if way == "zip" else t("A folder of photos"),
        accept_multiple_files=False if way == "zip" else "directory",
        key=key,
        max_upload_size=MOST_MEGABYTES,
        on_change=_note,
        args=(key,),
    )
    st.markdown(prose("album_layout").format(megabytes=MOST_MEGABYTES, files=MAX_MEMBERS))


def _flowers_input() -> None:
    st.markdown(prose("album_flowers"))
    kept = kept_flowers()
    if kept:
        st.info(t("It is kept here, as {album}.").format(album=as_markdown(kept.label)))
        return
    label = t("Download {size:,.0f} MB").format(size=BYTES / 1e6)
    st.button(label, icon="⬇️", type="primary", key="al_download", on_click=_ask_for_flowers)


def _ask_for_flowers() -> None:
    st.session_state[_FETCH] = True


def _note(key: str) -> None:
    """Note what came and empty the widget; the run that follows keeps it, with progress."""
    files = arrived(st.session_state.get(key))
    if files:
        st.session_state[_CAME] = files
        let_go(files)
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _take_what_came() -> None:
    """Keep uploaded photos as an album, or fetch the flowers, if that was asked for."""
    files: list[UploadedFile] = st.session_state.get(_CAME, [])
    try:
        if files:
            st.session_state[_FRESH] = _kept(files).key
        elif st.session_state.pop(_FETCH, False):
            st.session_state[_FRESH] = _fetched().key
    except ValueError as refusal:
        st.session_state[_REFUSAL] = str(refusal)
    # Not before: a click that interrupts the run begins it again.
    st.session_state.pop(_CAME, None)


def _kept(files: list[UploadedFile]) -> Album:
    if len(files) == 1 and (is_archive(files[0].name) or "/" not in files[0].name):
        with st.spinner(t("Keeping the photos …")):
            return keep_zip(files[0], files[0].name)
    place = st.empty()
    bar = place.progress(0.0)

    def show(done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            bar.progress(
                done / total,
                text=t("Keeping the photos: {done:,} of {total:,}").format(done=done, total=total),
            )

    album = keep_files(((file.name, file.getvalue) for file in files), progress=show)
    place.empty()
    return album


def _fetched() -> Album:
    """Fetch flower_photos with a bar, an estimate and Stop; any click stops it, and leaves nothing behind."""
    place = st.empty()
    with place.container():
        words, button = st.columns([5, 1], vertical_alignment="bottom")
        button.button(t("Stop"), key="al_stop", width="stretch")
        bar = words.progress(0.0, text=t("Asking for the file …"))
    try:
        album = fetch_flowers(_shown_on(bar.progress))
    finally:
        place.empty()
    return album


def _shown_on(show: Callable[..., object]) -> Callable[[int, int], None]:
    """What draws how far a download is, and how long it may still take."""
    begun = time.perf_counter()
    shown = begun

    def progress(done: int, total: int) -> None:
        nonlocal shown
        now = time.perf_counter()
        if done == total:
            show(1.0, text=t("Packing the photos …"))
        elif now - shown > 0.2 and total:
            shown = now
            left = (now - begun) / done * (total - done)
            show(
                done / total,
                text=t("{done:,.0f} of {total:,.0f} MB · about {left:.0f} s left").format(
                    done=done / 1e6, total=total / 1e6, left=left
                ),
            )

    return progress


def _forget(key: str) -> None:
    try:
        forget_album(key)
    except ValueError as refusal:  # another session was faster
        st.session_state[_REFUSAL] = str(refusal)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
