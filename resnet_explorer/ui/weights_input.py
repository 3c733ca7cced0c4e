"""The choice of a trained network by where its weights come from: bundled, torchvision, your own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.linked import linked, one_of, write
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.weights import Entry, Weights, available, find, forget, keep, own
from resnet_explorer.weights.download import fetch, file_name

SOURCES: Final = {"bundled": "Bundled", "torchvision": "ImageNet", "yours": "Your own"}

_REFUSAL, _TURN, _FRESH = "_p_weights_refusal", "_p_checkpoint_turn", "_p_fresh_weights"


def weights_input(complain: Callable[[str], object] = st.error) -> Weights:
    """Draw the controls.

    Args:
        complain: shows why the chosen weights cannot be had, where it is seen.

    Returns:
        The weights to predict with: those chosen or, where these cannot be had, the usual bundled ones,
        after a sentence that says so.

    Raises:
        ValueError: if the bundled ones are missing too.
    """
    linked("p_from", "bundled", one_of(SOURCES))
    source = st.segmented_control(
        t("Weights from"),
        list(SOURCES),
        required=True,
        format_func=lambda name: t(SOURCES[name]),
        key="p_from",
        wrap=True,
        help=prose("predict_sources"),
        persist_state="session",
    )
    chosen = None
    try:
        if source == "bundled":
            chosen = _bundled()
        elif source == "torchvision":
            chosen = _published()
        elif source == "yours":
            chosen = _own()
    except ValueError as refusal:
        complain(str(refusal))
    if chosen is None and source != "bundled":
        st.caption(t("Until then, the bundled network answers."))
    return chosen or find("bundled")


def _choice(entries: list[Entry]) -> str:
    """The menu of the photo lab; what was opened a moment ago is chosen.

    Returns:
        The key of the chosen one.
    """
    fresh = st.session_state.pop(_FRESH, None)
    if any(entry.key == fresh for entry in entries):
        st.session_state["p_weights"] = fresh
    return weights_menu("p_weights", entries)


def weights_menu(control: str, entries: list[Entry]) -> str:
    """A menu of trained networks, one at least, under the key of its control.

    Returns:
        The key of the chosen one.
    """
    labels = {entry.key: _label(entry, entries) for entry in entries}
    linked(control, next(iter(labels)), one_of(labels))
    key: str = st.selectbox(
        t("Network"),
        list(labels),
        format_func=labels.__getitem__,
        key=control,
        persist_state="session",
    )
    if key.startswith(own.PREFIX):  # on another day the first of one's own is another one
        write(control, key)
    return key


def _label(entry: Entry, entries: list[Entry]) -> str:
    """What the menu says: two files of one name are told apart by the end of their keys."""
    same = [other for other in entries if other.label == entry.label]
    return entry.label if len(same) == 1 else f"{entry.label} ({entry.key[-6:]})"


def _bundled() -> Weights | None:
    """A menu where there are several."""
    entries = [entry for entry in available() if entry.source == "bundled"]
    return find(_choice(entries)) if len(entries) > 1 else None


def _published() -> Weights | None:
    """A menu of torchvision's.

    Raises:
        ValueError: if the chosen one cannot be fetched.
    """
    return offered_download(_choice([entry for entry in available() if entry.source == "torchvision"]))


def offered_download(key: str) -> Weights | None:
    """torchvision's weights of a key; where the file is not there yet, a button that fetches it.

    Raises:
        ValueError: if it cannot be fetched.
    """
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    from resnet_explorer.weights import imagenet

    if imagenet.cached_file(key) is not None:
        return find(key)
    label = t("Download {size:,.0f} MB").format(size=imagenet.megabytes(key))
    if st.button(label, icon="⬇️", type="primary", key="p_download"):
        _download(key)
        st.rerun()
    url, folder = imagenet.address(key), imagenet.cache_folder()
    place = t("The file {name} is not in {folder} yet. Without a network here, put it there from {url}.")
    st.info(place.format(name=f"`{file_name(url)}`", folder=f"`{folder}`", url=url))
    return None


def _download(key: str) -> None:
    """Fetch the file, and show how far it is.

    Raises:
        ValueError: if it cannot be fetched.
    """
    from resnet_explorer.weights import imagenet

    bar = st.progress(0.0, text=t("Asking for the file …"))

    def show(done: int, total: int) -> None:
        megabytes = f"{done / 1e6:,.0f} MB" + (f" of {total / 1e6:,.0f} MB" if total else "")
        bar.progress(min(done / total, 1.0) if total else 0.0, text=megabytes)

    try:
        fetch(imagenet.address(key), imagenet.cache_folder(), show)
    finally:
        bar.empty()


def _own() -> Weights | None:
    """Checkpoints that were opened here before, and the place to open another.

    Raises:
        ValueError: if the chosen one knows no classes.
    """
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(refusal)
    kept = [entry for entry in available() if entry.source == "yours"]
    if not kept:
        _open_checkpoint()
        return None
    key = _choice(kept)
    chosen = find(key)
    with st.popover(t("Open another, or remove it")):
        _open_checkpoint()
        st.button(t("Remove it from this machine"), key="p_forget", on_click=_forget, args=(key,))
    for note in chosen.notes:
        st.caption(note)
    if not chosen.spec.include_top:
        raise ValueError(f"{chosen.label} has no fully connected layer, so it knows no classes.")
    return chosen


def _forget(key: str) -> None:
    try:
        forget(key)
    except ValueError as refusal:  # another session was faster
        st.session_state[_REFUSAL] = str(refusal)


def _open_checkpoint() -> None:
    """The upload of a checkpoint. Once read, the upload is emptied, which lets its bytes go."""
    turn = st.session_state.get(_TURN, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    names = st.file_uploader(
        t("First, if the checkpoint has no class names: a .json of them"),
        key=f"p_names_{turn}",
        max_upload_size=1,
        help=t('{"0": "daisy", "1": "rose"} or ["daisy", "rose"]'),
    )
    file = st.file_uploader(
        t("Then the checkpoint (.pth, .pt, .safetensors)"),
        key=f"p_checkpoint_{turn}",
    )
    st.caption(prose("predict_checkpoint"))
    if file is None:
        return
    try:
        with st.spinner(t("Reading the checkpoint …")):
            warm_up("torchvision")
            from resnet_explorer.weights.checkpoint import read_checkpoint

            checkpoint = read_checkpoint(file.getvalue(), file.name, names.getvalue() if names else None)
            st.session_state[_FRESH] = keep(checkpoint).key
    except ValueError as error:
        st.session_state[_REFUSAL] = str(error)
    st.session_state[_TURN] = turn + 1
    st.rerun()
