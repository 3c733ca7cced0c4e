"""The button that fetches torchvision's weights, shows how far it is, and makes them the session's."""

from __future__ import annotations

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.ui.network import choose_weights
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.weights.download import fetch
from resnet_explorer.weights.imagenet_files import cache_folder, file_of


def version_of(key: str) -> str:
    """What people call the version of torchvision's weights: "V2"."""
    return key.rpartition("_")[2]


def fetch_button(key: str, place: str) -> None:
    """Draw the button. Torch is loaded when it is clicked; why a file cannot be had is told beneath it.

    Args:
        key: of torchvision's weights, whose file is not here.
        place: where the button is, for there may be several on a page.
    """
    file = file_of(key)
    label = t("Fetch ImageNet’s weights {version} ({size:,.0f} MB)")
    help_ = t("Without a network connection here, put {name} into {folder}.")
    if not st.button(
        label.format(version=version_of(key), size=file.megabytes),
        icon=":material/download:",
        key=f"_fetch_{place}_{version_of(key)}",
        help=help_.format(name=f"`{file.name}`", folder=f"`{cache_folder()}`"),
        wrap=True,
    ):
        return
    try:
        _download(key)
        choose_weights(key)
    except ValueError as refusal:
        st.error(str(refusal))
        return
    st.rerun()


def _download(key: str) -> None:
    """Fetch the file, and show how far it is.

    Raises:
        ValueError: if it cannot be fetched.
    """
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    from resnet_explorer.weights.imagenet import address

    bar = st.progress(0.0, text=t("Asking for the file …"))

    def show(done: int, total: int) -> None:
        megabytes = f"{done / 1e6:,.0f} MB" + (f" of {total / 1e6:,.0f} MB" if total else "")
        bar.progress(min(done / total, 1.0) if total else 0.0, text=megabytes)

    try:
        fetch(address(key), cache_folder(), show)
    finally:
        bar.empty()
