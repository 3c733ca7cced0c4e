"""The choice of a trained network by where its weights come from: bundled, torchvision, your own."""

from __future__ import annotations

from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.weights import Entry, Weights, available, find, forget, keep

SOURCES: Final = {"bundled": "Bundled", "torchvision": "ImageNet", "yours": "Your own"}

_REFUSAL, _TURN, _FRESH = "_p_weights_refusal", "_p_checkpoint_turn", "_p_fresh_weights"


def weights_input() -> Weights:
    """Draw the controls.

    Returns:
        The weights to predict with: those chosen or, where these cannot be had, the bundled ones,
        after a sentence that says so.

    Raises:
        ValueError: if the bundled ones are missing too.
    """
    fresh = st.session_state.pop(_FRESH, None)
    if fresh:
        st.session_state["p_weights"] = fresh
    source = st.segmented_control(
        t("Weights from"),
        list(SOURCES),
        default="bundled",
        required=True,
        format_func=lambda name: t(SOURCES[name]),
        key="p_from",
        help=prose("predict_sources"),
        bind="query-params",
        persist_state="session",
    )
    try:
        if source == "torchvision":
            return _published()
        if source == "yours":
            return _own()
    except ValueError as refusal:
        st.error(str(refusal))
        st.caption(t("Until then, the bundled network answers."))
    return find("bundled")


def _choice(entries: list[Entry]) -> str:
    """A menu of trained networks; what the session or the link names and is not there, is dropped."""
    labels = {entry.label: entry.key for entry in entries}
    if st.session_state.get("p_weights") not in labels:
        st.session_state.pop("p_weights", None)
    label = st.selectbox(
        t("Network"), list(labels), key="p_weights", bind="query-params", persist_state="session"
    )
    return labels[label]


def _published() -> Weights:
    """torchvision's: from its cache, or fetched when asked for."""
    key = _choice([entry for entry in available() if entry.source == "torchvision"])
    with st.spinner(t("Loading torch …")):
        warm_up()
    from resnet_explorer.weights import imagenet

    if imagenet.cached_file(key) is None:
        _offer_download(key)
    return find(key)


def _offer_download(key: str) -> None:
    """A button that fetches the file.

    Raises:
        ValueError: always, with why there is nothing yet; after a download the page runs anew.
    """
    from resnet_explorer.weights import imagenet
    from resnet_explorer.weights.download import fetch, file_name

    url, folder = imagenet.address(key), imagenet.cache_folder()
    if not st.button(t("Download"), icon="⬇️", type="primary", key="p_download"):
        raise ValueError(
            f"The file {file_name(url)} is not in {folder} yet; download it here, or from {url}."
        )
    bar = st.progress(0.0, text=t("Asking for the file …"))

    def show(done: int, total: int) -> None:
        megabytes = f"{done / 1e6:,.0f} MB" + (f" of {total / 1e6:,.0f} MB" if total else "")
        bar.progress(min(done / total, 1.0) if total else 0.0, text=megabytes)

    try:
        fetch(url, folder, show)
    finally:
        bar.empty()
    st.rerun()


def _own() -> Weights:
    """Checkpoints that were opened here before, and the place to open another."""
    _open_checkpoint()
    kept = [entry for entry in available() if entry.source == "yours"]
    if not kept:
        raise ValueError(t("No checkpoint has been opened yet."))
    key = _choice(kept)
    chosen = find(key)
    for note in chosen.notes:
        st.caption(note)
    st.button(t("Remove it from this machine"), key="p_forget", on_click=forget, args=(key,))
    if not chosen.spec.include_top:
        raise ValueError(f"{chosen.label} has no fully connected layer, so it knows no classes.")
    return chosen


def _open_checkpoint() -> None:
    """The upload of a checkpoint. Once read, the upload is emptied, which lets its bytes go."""
    turn = st.session_state.get(_TURN, 0)
    # Any ending may come: a wrong one would be an error on the whole page, where we have a sentence.
    names = st.file_uploader(
        t("Class names, if the checkpoint has none (.json)"),
        key=f"p_names_{turn}",
        max_upload_size=1,
        help=t('{"0": "daisy", "1": "rose"} or ["daisy", "rose"]'),
    )
    file = st.file_uploader(
        t("Checkpoint (.pth, .pt, .safetensors)"),
        key=f"p_checkpoint_{turn}",
        help=prose("predict_checkpoint"),
    )
    refusal = st.session_state.pop(_REFUSAL, None)
    if refusal:
        st.error(refusal)
    if file is None:
        return
    try:
        with st.spinner(t("Reading the checkpoint …")):
            warm_up()
            from resnet_explorer.weights.checkpoint import read_checkpoint

            checkpoint = read_checkpoint(file.getvalue(), file.name, names.getvalue() if names else None)
            st.session_state[_FRESH] = keep(checkpoint).label
    except ValueError as error:
        st.session_state[_REFUSAL] = str(error)
    st.session_state[_TURN] = turn + 1
    st.rerun()
