"""The Predict page with more than one bundled network: a list, and each answers for itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch

from resnet_explorer import ResNetSpec, build
from resnet_explorer.crop import CENTRE
from resnet_explorer.predictor import predict, preprocess
from resnet_explorer.samples import open_sample
from resnet_explorer.weights import Preprocessing, bundled, export_bundled, find, load
from tests.pages.opened import opened

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One bundled network of random weights, the usual one."""
    torch.manual_seed(21)
    monkeypatch.setattr(bundled, "FILE", tmp_path / "cifar10.safetensors")
    export_bundled(build(SPEC).eval(), CLASSES, SEEN, bundled.FILE, {"label": "The usual one"})
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def test_one_bundled_network_that_is_no_preset_is_listed_by_its_label() -> None:
    box = opened("predict").sidebar.selectbox[0]
    assert box.value == "bundled"
    assert [option for option in box.options if "one" in option] == ["The usual one"]


def test_of_two_one_is_chosen_and_stands_in_the_link(folder: Path) -> None:
    smaller = build(SPEC.with_(width=8)).eval()
    export_bundled(smaller, CLASSES, SEEN, folder / "smaller.safetensors", {"label": "A smaller one"})
    page = opened("predict")
    assert page.sidebar.selectbox[0].options[-2:] == ["The usual one", "A smaller one"]
    page.sidebar.selectbox[0].set_value("bundled/smaller").run()
    assert not page.exception
    assert page.query_params["weights"] == "bundled/smaller"
    weights = find("bundled/smaller")
    tensor, _ = preprocess(open_sample("coffee"), weights.preprocessing, CENTRE)
    ((index, probability),) = predict(load(weights), tensor).top(1)
    assert page.metric[0].value == CLASSES[index]
    assert page.metric[0].delta == f"{probability:.1%}"

    for link in ({"weights": "bundled/smaller"}, {"p_weights": "bundled/smaller"}):
        again = opened("predict", **link)
        assert not again.warning
        assert again.sidebar.selectbox[0].value == "bundled/smaller"
