"""The choice of what a run begins with: a trained network, or random values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.spec import ResNetSpec, title
from resnet_explorer.ui.linked import linked, one_of
from resnet_explorer.ui.network import current_spec
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.ui.weights_input import offered_download, weights_menu
from resnet_explorer.weights import Preprocessing, Weights, available, find

NOTHING: Final = "none"
SOURCES: Final = {"bundled": "Bundled", "torchvision": "ImageNet", "yours": "Your own", NOTHING: "Nothing"}


@dataclass(frozen=True)
class Start:
    """What a run begins with.

    Attributes:
        weights: the trained network; None for random values.
        spec: the network.
        preprocessing: how it looks at photos.
    """

    weights: Weights | None
    spec: ResNetSpec
    preprocessing: Preprocessing


def start_input() -> Start | None:
    """Draw the controls.

    Returns:
        What to begin with; None where nothing that can be had is chosen, after words on how to get it.
    """
    source: str = linked("tn_from", "bundled", one_of(SOURCES))
    st.segmented_control(
        t("Begin with"),
        list(SOURCES),
        required=True,
        format_func=lambda name: t(SOURCES[name]),
        key="tn_from",
        wrap=True,
        persist_state="session",
    )
    if source == NOTHING:
        st.markdown(prose("train_scratch"))
        st.markdown(f"**{title(current_spec())}**")
        return _scratch(current_spec())
    entries = [entry for entry in available() if entry.source == source]
    if not entries:
        st.info(t("None of your own is kept here yet: open one on Predict, or train one here."))
        return None
    key = weights_menu("tn_start", entries)
    try:
        weights = offered_download(key) if source == "torchvision" else find(key)
    except ValueError as refusal:
        st.error(str(refusal))
        return None
    return Start(weights, weights.spec, weights.preprocessing) if weights else None


def _scratch(spec: ResNetSpec) -> Start:
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    from resnet_explorer.weights.checkpoint import assumed_preprocessing

    return Start(None, spec, assumed_preprocessing(spec))
