"""The initial weights of a run: those of the session's network, as it was trained, or random values."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from resnet_explorer.common.i18n import prose, t
from resnet_explorer.common.text import as_markdown
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.ui.app.url_state import SWITCH, linked
from resnet_explorer.ui.session.loaded_networks import warm_up
from resnet_explorer.ui.session.network import current_spec, current_weights
from resnet_explorer.ui.widgets.linked_inputs import linked_switch
from resnet_explorer.weights.description import Weights


@dataclass(frozen=True)
class InitialWeights:
    """What a run begins with.

    Attributes:
        weights: the trained network; None for random values.
        spec: the network.
        preprocessing: how photos are prepared for it.
    """

    weights: Weights | None
    spec: ResNetSpec
    preprocessing: Preprocessing


def initial_weights() -> InitialWeights:
    """What the network of the session and the switch say.

    Raises:
        ValueError: in one sentence, where the network's weights are not here.
    """
    is_random = linked("tn_scratch", False, SWITCH)  # in the link also where there is nothing to switch
    weights = current_weights()
    if weights is None:
        return InitialWeights(None, current_spec(), network_preprocessing())
    return InitialWeights(None if is_random else weights, weights.spec, weights.preprocessing)


def initial_weights_input(initial: InitialWeights) -> None:
    """What the run begins with, and the switch to random values where there are others."""
    weights = current_weights()
    if weights is None:
        st.markdown(t("Begins with **{network}** of random values.").format(network=title(initial.spec)))
    else:
        words = t("Begins with **{network}** and its weights: {label}.")
        st.markdown(words.format(network=title(weights.spec), label=as_markdown(weights.label, 60)))
        linked_switch("tn_scratch", t("Random initial weights instead"))
    if initial.weights is None:
        st.markdown(prose("train_random"))


def network_preprocessing() -> Preprocessing:
    """How the session's network takes photos: as its weights say or, without any, as its kind does."""
    try:
        weights = current_weights()
    except ValueError:  # they are not here any more
        weights = None
    if weights:
        return weights.preprocessing
    with st.spinner(t("Loading torch …")):
        warm_up("torchvision")
    from resnet_explorer.weights.recognition.network_and_input import assumed_preprocessing

    return assumed_preprocessing(current_spec())
