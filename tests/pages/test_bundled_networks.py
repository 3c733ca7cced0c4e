"""The Predict page with more than one bundled network: a list, and each answers for itself."""

from pathlib import Path

import pytest

from resnet_explorer.explanation.predict import predict
from resnet_explorer.weights.bundled import export_bundled
from tests.pages.bundled_network import CLASSES, SEEN, SPEC, bundle, network_and_input, random_network
from tests.pages.opened import component, opened


@pytest.fixture(autouse=True)
def default_network(bundled_file: Path) -> None:
    bundle(random_network(), label="The default one")


def test_one_bundled_network_that_is_no_preset_is_listed_by_its_label() -> None:
    box = opened("predict").selectbox(key="_network_choice")
    assert box.value == "bundled"
    assert [option for option in box.options if "one" in option] == ["The default one"]


@pytest.mark.slow
def test_of_two_one_is_chosen_and_stands_in_the_link(bundled_file: Path) -> None:
    smaller = random_network(SPEC.with_(width=8))
    export_bundled(smaller, CLASSES, SEEN, bundled_file.with_stem("smaller"), {"label": "A smaller one"})
    page = opened("predict")
    assert page.selectbox(key="_network_choice").options[-2:] == ["The default one", "A smaller one"]
    page.selectbox(key="_network_choice").set_value("bundled/smaller").run()
    assert not page.exception
    assert page.query_params["weights"] == "bundled/smaller"
    ((index, probability),) = predict(*network_and_input("bundled/smaller")).top(1)
    answer = component(page, "answer")["answer"]
    assert (answer["name"], answer["probability"]) == (CLASSES[index], f"{probability:.1%}")

    for link in ({"weights": "bundled/smaller"}, {"p_weights": "bundled/smaller"}):
        again = opened("predict", **link)
        assert not again.warning
        assert again.selectbox(key="_network_choice").value == "bundled/smaller"
