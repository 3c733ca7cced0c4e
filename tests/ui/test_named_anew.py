"""A file of one's own that comes again with names for its classes is called by them at once."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import preset
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.checkpoint import Checkpoint
from resnet_explorer.weights.description import OWN_PREFIX, Weights

SPEC = preset("resnet20_cifar").with_(depths=(1, 1, 1), num_classes=2)


def page() -> None:
    import streamlit as st

    from resnet_explorer.ui.session.loaded_networks import photo_networks

    st.session_state["found"] = {each.key: each.classes for each in photo_networks()}


@pytest.mark.usefixtures("temporary_home")
def test_a_list_of_networks_has_the_names_of_now() -> None:
    key, state = OWN_PREFIX + "0123456789ab", build(SPEC).state_dict()
    at = AppTest.from_function(page, default_timeout=60)
    for classes in (("class 0", "class 1"), ("daisy", "rose")):
        weights = Weights(key, "own.pth", SPEC, classes, bundled.describe().preprocessing, "yours")
        user_store.keep(Checkpoint(weights, state))
        at.run()
        assert not at.exception
        assert at.session_state["found"][key] == classes
