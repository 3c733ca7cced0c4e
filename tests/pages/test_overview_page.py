"""The first page: the network at a glance, three doors, and the network of the session in head and link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer import plan
from resnet_explorer.explanation.predict import predict
from resnet_explorer.features.path_maps import mean_maps
from resnet_explorer.features.path_photo import face
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.ui.app.page_list import GROUPS
from resnet_explorer.ui.session import background_result
from tests.pages.bundled_network import CLASSES, bundle, network_and_input, random_network
from tests.pages.opened import opened, pictures, totals


def overview(**link: str) -> AppTest:
    return opened("overview", **link)


def figures(app: AppTest) -> list[str]:
    return list(totals(app).values())


def test_the_first_view_shows_resnet_18() -> None:
    app = overview()
    assert app.title[0].value == "ResNet Explorer"
    assert figures(app) == ["18", "11,270,904", "1.81 G", "32.9 MB", "184"]
    assert "Path of the feature map through ResNet-18: 224 → 112" in pictures(app)[0]
    assert "<image" in pictures(app)[0], "the photo is on the front of the first box"


def test_every_page_has_a_card_that_says_what_it_is_for() -> None:
    told = [each.value for each in overview().markdown]
    for group in GROUPS:
        assert all(page.purpose in told for page in group.pages)


def test_three_doors_lead_into_the_app() -> None:
    links = {
        link.proto.label.split("**")[1]: link.proto.page
        for link in overview().get("page_link")
        if ":small[" in link.proto.label
    }
    assert links == {
        "Look at a network": "architecture",
        "Drop in a photo": "predict",
        "See why": "degradation",
    }


def test_the_head_changes_the_network_and_its_link() -> None:
    app = overview()
    app.selectbox(key="_network_choice").set_value("resnet152").run()
    assert figures(app) == ["152", "60,192,808", "11.5 G", "318 MB", "1000"]
    assert app.query_params["net"] == "resnet152"


def test_a_link_brings_a_network_of_ones_own() -> None:
    app = overview(net="basic.1-2-3.width-32.stem-cifar.num_classes-10", size="32x48")
    assert figures(app)[0] == "14"
    assert app.selectbox(key="_network_choice").options[0] == "ResNet-14 (basic, 1-2-3, width 32)"
    assert app.query_params["size"] == "32x48"


def test_a_cifar_network_is_shown_for_its_own_size() -> None:
    app = overview(net="resnet20_cifar")
    assert figures(app) == ["20", "269,722", "40.6 M", "2.65 MB", "10"]
    assert app.query_params["size"] == "32"


def test_a_bad_size_keeps_the_network_of_the_link() -> None:
    app = overview(net="resnet50", size="0")
    assert "two whole numbers from 1 to 4096" in app.warning[0].value
    assert figures(app)[:2] == ["50", "25,557,032"]
    assert app.query_params["size"] == "224"


def test_a_link_that_is_bad_twice_is_told_twice_and_the_default_shown() -> None:
    app = overview(net="resnet51", size="0")
    assert "net is 'resnet51', which is no preset" in app.warning[0].value
    assert "two whole numbers from 1 to 4096" in app.warning[0].value
    assert figures(app)[0] == "18"


@pytest.fixture
def patient(bundled_file: Path, monkeypatch: pytest.MonkeyPatch) -> ResNet:
    """A small bundled network, and a page that waits for what it computes, as if all were loaded."""
    model = random_network(confidence=40)
    bundle(model)
    monkeypatch.setattr(background_result, "PATIENCE", 100)
    background_result._results().is_warm = True
    return model


def test_the_photos_maps_and_the_answer_are_on_the_path(patient: ResNet) -> None:
    svg = pictures(overview())[0]
    model, tensor = network_and_input()
    best = predict(model, tensor).top(5)
    expected = [(f"class:{CLASSES[index]}", f"{share:.1%}") for index, share in best]
    rows = re.findall(r'<g data-key="(class:[^"]+)"[^>]*>.*?>([\d.]+%)</text></g>', svg)
    assert rows == expected, "those of Predict, at the size of the weights"
    means = [face(each).address for each in mean_maps(for_evaluation(model), tensor)]
    assert re.findall(r'href="(data:image/png[^"]+)"', svg) == means
    assert f"Answer: {CLASSES[best[0][0]]} {best[0][1]:.0%}" in svg


def test_the_switch_shows_one_channel_or_none(patient: ResNet) -> None:
    app = overview(size="48x40")
    assert "photo at 32 × 32" in pictures(app)[0], "its size is another than that of the blueprint"
    app.selectbox(key="arch_faces").set_value("speaks").run()
    assert len(re.findall(r">channel \d+<", pictures(app)[0])) == 4
    assert app.query_params["arch_faces"] == "speaks"
    app.selectbox(key="arch_faces").set_value("plain").run()
    assert pictures(app)[0].count("<image") == 1
    assert "class:" not in pictures(app)[0]


def test_without_weights_the_fronts_are_empty_and_nothing_is_asked() -> None:
    app = overview(net="resnet50", weights="none", arch_faces="speaks")
    assert pictures(app)[0].count("<image") == 1
    assert not [each for each in app.selectbox if each.key == "arch_faces"]
    assert not app.warning


def test_what_stands_on_several_pages_is_the_same_though_the_blueprints_size_is_another(
    patient: ResNet,
) -> None:
    path, strip = pictures(opened("architecture", size="224", arch_faces="speaks"))[:2]
    channels = pictures(opened("predict", size="224", p_view="channels"))[0]
    first = re.search(r'data-key="channel:(\d+)"', channels)
    assert first and re.findall(r">channel (\d+)<", path)[-1] == first[1]
    ratios = [re.findall(r">(\d\.\d\d)<", each) for each in (strip, pictures(opened("inside"))[0])]
    blocks = len(plan(patient.spec).blocks)
    assert len(ratios[0]) == blocks and ratios[0] == ratios[1][-blocks:]
