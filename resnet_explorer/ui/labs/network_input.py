"""The choice of a trained network in a laboratory: those of the photo lab, and the study's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_explorer.common.i18n import t
from resnet_explorer.labs.degradation.study import study_networks
from resnet_explorer.ui.app.url_state import complain, shortened
from resnet_explorer.ui.session.loaded_networks import photo_networks, warm_up
from resnet_explorer.ui.widgets.linked_inputs import linked_select
from resnet_explorer.weights.description import Weights

if TYPE_CHECKING:
    from resnet_explorer.labs.photos import Photos


def network_input(
    key: str, preferred: Sequence[str], fits: Callable[[Weights], bool] = lambda _: True, **widget: Any
) -> Weights:
    """Draw the menu of the networks that are here and fit; the one that is chosen.

    Args:
        key: of the control, as in the link.
        preferred: keys of networks: the first of them that is here and fits is chosen until somebody chooses
            another one; the first of all, where none is.
        fits: whether a network can be used.
        widget: more for `st.selectbox`.

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
    first = next((each for each in preferred if each in labels), here[0].key)
    before = f"_{key}_first"
    if wanted is not None and wanted == st.session_state.get(before):  # nobody chose it: it follows
        st.session_state[key] = first
    st.session_state[before] = first
    chosen = linked_select(key, t("Network"), labels, default=first, names=labels.__getitem__, **widget)
    return next(weights for weights in here if weights.key == chosen)


def shown_photos(weights: Weights, count: int, dataset: str = "") -> Photos:
    """The photos that a network is measured on, kept for all sessions and not to be changed.

    Args:
        weights: whose network it is.
        count: how many, of those with labels.
        dataset: the key of one that is kept here, to measure on that instead.

    Raises:
        ValueError: in one sentence, if they are missing.
    """
    from resnet_explorer.finetune.dataset.store import find_dataset

    # Their keys are short, and students of a class may have others of the same; so may classes be called.
    path = str(find_dataset(dataset).path) if dataset else ""
    return _photos_of(weights.key, weights.classes, count, dataset, path, weights)


@st.cache_resource(max_entries=3, show_spinner=False)
def _photos_of(
    key: str, classes: tuple[str, ...], count: int, dataset: str, path: str, _weights: Weights
) -> Photos:
    from resnet_explorer.finetune.dataset.store import find_dataset
    from resnet_explorer.labs.photos import dataset_photos, photos_of

    return dataset_photos(_weights, find_dataset(dataset)) if dataset else photos_of(_weights, count)


def _here() -> list[Weights]:
    """The networks that can look at a photo now, the study's behind the bundled ones."""
    found = photo_networks()
    bundled = [each for each in found if each.source == "bundled"]
    others = [each for each in found if each.source != "bundled"]
    return [*bundled, *study_networks(), *others]
