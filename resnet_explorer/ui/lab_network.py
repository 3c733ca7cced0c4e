"""The choice of a trained network in a laboratory: those of the photo lab, and the study's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from resnet_explorer.i18n import t
from resnet_explorer.labs.study import study_networks
from resnet_explorer.short_text import shortened
from resnet_explorer.ui.linked import complain, linked, one_of
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.remembered import remembered
from resnet_explorer.weights import Weights, find
from resnet_explorer.weights.catalogue import on_this_machine

if TYPE_CHECKING:
    from resnet_explorer.labs.lesions import Photos


def network_input(key: str, usual: str, fits: Callable[[Weights], bool] = lambda _: True) -> Weights:
    """Draw the menu of the networks that are here and fit; the one that is chosen.

    Args:
        key: of the control, as in the link.
        usual: the key of the network that is chosen unless told; the first, where it is not here.
        fits: whether a network can be used.

    Raises:
        ValueError: in one sentence, if there is none.
    """
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    here = [weights for weights in _here() if fits(weights)]
    if not here:
        raise ValueError(t("No trained network is on this machine that can be used here."))
    labels = {weights.key: weights.label for weights in here}
    wanted = st.session_state.get(key)
    if wanted is not None and wanted not in labels:
        complain(t("`{key}={wanted}`: this network is not here.").format(key=key, wanted=shortened(wanted)))
    linked(key, usual if usual in labels else here[0].key, one_of(labels))
    chosen = st.selectbox(
        t("Network"), list(labels), format_func=labels.__getitem__, key=key, persist_state="session"
    )
    return next(weights for weights in here if weights.key == chosen)


def shown_photos(weights: Weights, count: int) -> Photos:
    """The fixed photos that a network is measured on, kept for all sessions and not to be changed.

    Args:
        weights: whose network it is.
        count: how many, of those with labels.

    Raises:
        ValueError: in one sentence, if they are missing.
    """
    return _photos_of(weights.key, count, weights)


@st.cache_resource(max_entries=2, show_spinner=False)
def _photos_of(key: str, count: int, _weights: Weights) -> Photos:
    from resnet_explorer.labs.measured import photos_of

    return photos_of(_weights, count)


def _here() -> list[Weights]:
    """The networks that can look at a photo now, the study's behind the bundled ones."""
    entries = on_this_machine()
    found = remembered("_lab_networks", entries, lambda: [find(entry.key) for entry in entries])
    bundled = [each for each in found if each.source == "bundled"]
    others = [each for each in found if each.source != "bundled"]
    return [
        each
        for each in (*bundled, *study_networks(), *others)
        if each.spec.include_top and each.spec.in_channels in (1, 3)
    ]
