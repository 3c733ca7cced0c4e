"""The page of the four tests says what the library computes, from the link, for the same map as Predict's."""

import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.faithfulness import findings
from resnet_explorer.faithfulness.baseline import baseline_photo
from resnet_explorer.faithfulness.cascading_randomization import cascade
from resnet_explorer.faithfulness.deletion import deletion
from resnet_explorer.faithfulness.masked_forward import MaskedForward
from resnet_explorer.faithfulness.occlusion import occlusion, superpixels
from resnet_explorer.faithfulness.pixel_ranking import Map
from resnet_explorer.faithfulness.random_areas import random_areas
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos.crop import crop_photo
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights import bundled
from resnet_explorer.weights.catalogue import find, load
from tests.pages.bundled_network import CLASSES, SEEN, SPEC, bundle, network_and_input, random_network
from tests.pages.opened import opened, words


@pytest.fixture(autouse=True)
def confident_network(bundled_file: Path) -> None:
    """A bundled network of random weights that is confident of a class."""
    bundle(random_network(confidence=40))


class ExpectedMap:
    """The network, the cat, and the map that the page tests."""

    def __init__(self, stage: int = 3, target: int | None = None, method: str = "gradcam") -> None:
        self.stored, self.tensor = network_and_input()
        self.model = for_evaluation(self.stored)
        result = stage_pass(self.model, self.tensor, [stage], target)
        self.target, self.stage, self.method = result.target, stage, method
        self.probability = float(result.prediction.probabilities[result.target])
        self.heat: Map = evidence(result.outputs[0], method).map.numpy()

    def forward(self, baseline: str = "mean") -> MaskedForward:
        return MaskedForward(self.model, self.tensor, self.target, baseline_photo(self.tensor, baseline))


def finding(page: AppTest) -> str:
    """The sentence below the picture; that of a map that cannot be tested stands there, too."""
    if page.info:
        return str(page.info[0].value)
    beginnings = ("Area ", "Removing ", "Without ", "With ")
    return next(each.value for each in page.markdown if each.value.startswith(beginnings))


def test_the_link_of_before_leads_to_the_view() -> None:
    page = opened("prove", pr_test="areas", pr_places="10")
    assert (page.query_params["p_view"], page.query_params["pr_places"]) == ("prove", "10")
    assert "of 10** areas" in finding(page)


@pytest.mark.slow
def test_deletion_is_the_librarys_and_the_slider_shows_a_share() -> None:
    tested = ExpectedMap()
    last = final_answer(deletion(tested.forward(), tested.heat, 4, "cells", seed=0))
    page = opened("predict", p_view="prove", pr_orders="4")
    assert finding(page) == findings.deletion_finding(last)
    assert f"**20% removed: {last.removed[10]:.1%}**" in words(page)
    page.slider(key="pr_share").set_value(60).run()
    assert f"**60% removed: {last.removed[30]:.1%}**" in words(page)
    assert f"**60% inserted: {last.inserted[30]:.1%}**" in words(page)
    assert page.query_params["pr_share"] == "60"
    assert f"**{CLASSES[tested.target]}**, {tested.probability:.1%}" in [each.value for each in page.caption]


@pytest.mark.slow
def test_the_filling_the_shuffle_and_the_seed_come_from_the_link() -> None:
    tested = ExpectedMap(stage=1, target=2, method="layercam")
    last = final_answer(deletion(tested.forward("blur"), tested.heat, 2, "pixels", seed=7))
    link = {"pr_fill": "blur", "pr_chance": "pixels", "pr_seed": "7", "pr_orders": "2"}
    page = opened("predict", p_view="prove", p_class="bird", p_stage="1", p_method="layercam", **link)
    assert not page.warning or "gives this class only" in page.warning[0].value
    assert finding(page) == findings.deletion_finding(last)


def test_random_areas_are_the_librarys() -> None:
    tested = ExpectedMap()
    last = final_answer(random_areas(tested.forward(), tested.heat, 0.3, 40, seed=0))
    page = opened("predict", p_view="prove", pr_test="areas", pr_hot="30", pr_places="40")
    assert finding(page) == findings.areas_finding(last)
    assert f"with **{last.beaten} of 40** areas" in finding(page)
    assert f"**30% covered: {last.without:.1%}**" in words(page)


def test_pieces_are_the_librarys() -> None:
    tested = ExpectedMap()
    segments = superpixels(crop_photo(open_sample("cat"), SEEN).image, 60)
    last = final_answer(occlusion(tested.forward(), tested.heat, segments))
    page = opened("predict", p_view="prove", pr_test="pieces", pr_pieces="60")
    assert finding(page) == findings.occlusion_finding(last)
    assert f"**{segments.max() + 1} pieces**" in words(page)
    reach = f"<span>+{100 * abs(last.drops).max():.1f}</span>"
    assert any(reach in each.proto.body for each in page.get("html"))


@pytest.mark.slow
def test_the_cascade_is_the_librarys_and_the_shared_networks_stay_as_they_are() -> None:
    tested = ExpectedMap()
    last = final_answer(cascade(tested.stored, tested.tensor, tested.target, 3, "gradcam", seed=5))
    page = opened("predict", p_view="prove", pr_test="weights", pr_seed="5")
    assert finding(page) == findings.cascade_finding(last)
    said = words(page)
    names = ["As trained", "Head random", "+ stage 3", "+ stage 2", "+ stage 1", "+ stem"]
    for name, rung in zip(names, last, strict=True):
        assert rung.correlation is not None
        rho = f"{rung.correlation:.2f}".replace("-", "−")
        assert f"**{name}**  \nρ = {rho}, p = {rung.probability:.0%}" in said
    page.segmented_control(key="pr_test").set_value("areas").run()
    after = final_answer(random_areas(tested.forward(), tested.heat, 0.2, 100, seed=5))
    assert finding(page) == findings.areas_finding(after)


def test_only_the_chosen_test_is_computed() -> None:
    page = opened("predict", p_view="prove", pr_test="areas")
    state = page.session_state
    assert "_pr_areas" in state
    assert not any(f"_pr_{name}" in state for name in ("deletion", "occlusion", "randomisation"))


@pytest.mark.slow
def test_a_rerun_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("predict", p_view="prove", pr_orders="2")
    before = finding(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked again")

    monkeypatch.setattr(MaskedForward, "probabilities_without", refuse)
    page.slider(key="pr_share").set_value(40).run()
    assert not page.exception
    assert finding(page) == before


def test_a_map_of_zeros_is_explained_and_not_tested() -> None:
    model = load(find("bundled"))
    with torch.no_grad():
        model.fc.weight[4] = -1.0
    bundle(model)
    for test in ("deletion", "areas", "pieces", "weights"):
        page = opened("predict", p_view="prove", p_class="deer", pr_test=test)
        assert finding(page).startswith("**The map is zero everywhere.**")
        assert not page.error


@pytest.mark.slow
def test_a_class_that_the_network_does_not_believe_in_is_told() -> None:
    maps = [ExpectedMap(target=target) for target in range(10)]
    unlikely = next(each for each in maps if each.probability < 0.2 and each.heat.any())
    page = opened("predict", p_view="prove", p_class=CLASSES[unlikely.target], pr_test="areas")
    assert f"only {unlikely.probability:.1%}: there is little to take away" in page.warning[0].value
    assert not opened("predict", p_view="prove", pr_test="areas").warning


def test_a_method_that_is_slow_gives_way_to_one_of_one_pass() -> None:
    page = opened("predict", p_view="prove", p_method="scorecam", pr_test="areas")
    assert page.selectbox(key="p_method").value == "gradcam"
    assert "`p_method=scorecam`" in page.warning[0].value


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes", [{"in_channels": 1, "activation": "pre"}, {"norm": "none", "conv_bias": True, "depths": (1,)}]
)
def test_other_networks_are_tested_too(changes: dict[str, object]) -> None:
    bundle(random_network(SPEC.with_(**changes)))
    page = opened("predict", p_view="prove", pr_orders="2", p_class="dog", p_method="layercam")
    for test in ("deletion", "areas", "pieces", "weights"):
        page.segmented_control(key="pr_test").set_value(test).run()
        assert not page.exception
        assert not page.error
        assert re.search(r"area of|areas of|rank correlation", finding(page))


def test_without_a_bundled_file_the_page_says_so() -> None:
    bundled.FILE.unlink()
    page = opened("predict", p_view="prove")
    assert "The bundled network is missing" in page.error[0].value
