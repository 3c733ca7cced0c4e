"""The button that fetches torchvision's weights, shows how far it is, and makes them the session's."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.serving.rights import check_download
from resnet_explorer.ui.app.refusal import shown_refusal
from resnet_explorer.ui.serving.visitor import role
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import choose_weights
from resnet_explorer.weights.download import fetch, is_reachable
from resnet_explorer.weights.imagenet_files import SERVER, cache_folder, file_of


def version_of(key: str) -> str:
    """What people call the version of torchvision's weights: "V2"."""
    return key.rpartition("_")[2]


@st.cache_data(ttl=60, show_spinner=False)
def is_offered_by(server: str) -> bool:
    """Whether the server can be reached; asked once a minute at most."""
    return is_reachable(server)


def tell_if_offline() -> None:
    """Say that nothing can be fetched now, where that is so; it takes a second at most."""
    if not is_offered_by(SERVER):
        words = t("**No network connection here now**: {host} does not answer.")
        st.markdown(words.format(host=urlsplit(SERVER).netloc))


def fetch_button(key: str, place: str) -> None:
    """Draw the button. Torch is loaded when it is clicked; why a file cannot be had is told beneath it.

    Args:
        key: of torchvision's weights, whose file is not here.
        place: where the button is, for there may be several on a page.
    """
    file = file_of(key)
    label = t("Fetch ImageNet’s weights {version} ({size:,.0f} MB)")
    help_ = t("Without a network connection here, put {name} into {folder}.")
    words = help_.format(name=f"`{file.name}`", folder=f"`{cache_folder()}`")
    if not st.button(
        label.format(version=version_of(key), size=file.megabytes),
        icon=":material/download:",
        key=f"_fetch_{place}_{version_of(key)}",
        help=None if role() == "student" else words,  # who has no such folder
        wrap=True,
    ):
        return
    with shown_refusal():
        check_download(role())
        _download(key)
        choose_weights(key)
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
        megabytes = t("{done:,.0f} MB").format(done=done / 1000000.0) + (
            t(" of {total:,.0f} MB").format(total=total / 1000000.0) if total else ""
        )
        bar.progress(min(done / total, 1.0) if total else 0.0, text=megabytes)

    try:
        fetch(address(key), cache_folder(), show)
    finally:
        bar.empty()
