"""What a run begins with: the network of the session, as it was trained, or with random values."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from resnet_explorer.i18n import prose, t
from resnet_explorer.short_text import as_markdown
from resnet_explorer.spec import ResNetSpec, title
from resnet_explorer.ui.linked import SWITCH, linked
from resnet_explorer.ui.network import current_spec, current_weights
from resnet_explorer.ui.networks import warm_up
from resnet_explorer.weights import Preprocessing, Weights


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
        What to begin with; None where the network's weights are not here, after a sentence that says so.
    """
    from_nothing = linked("tn_scratch", False, SWITCH)
    try:
        weights = current_weights()
    except ValueError as refusal:
        st.error(str(refusal))
        return None
    if weights is None:
        st.markdown(t("Begins with **{network}** of random values.").format(network=title(current_spec())))
        st.markdown(prose("train_scratch"))
        return Start(None, current_spec(), network_preprocessing())
    words = t("Begins with **{network}** and its weights: {label}.")
    st.markdown(words.format(network=title(weights.spec), label=as_markdown(weights.label, 60)))
    st.toggle(t("From nothing: random values instead"), key="tn_scratch", persist_state="session")
    if from_nothing:
        st.markdown(prose("train_scratch"))
    return Start(None if from_nothing else weights, weights.spec, weights.preprocessing)


def network_preprocessing() -> Preprocessing:
    """How the session's network looks at photos: as its weights say, or as its kind does for want of any."""
    try:
        weights = current_weights()
    except ValueError:  # they are not here any more
        weights = None
    if weights:
        return weights.preprocessing
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    from resnet_explorer.weights.checkpoint import assumed_preprocessing

    return assumed_preprocessing(current_spec())
