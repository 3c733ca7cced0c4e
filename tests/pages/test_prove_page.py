"""The page of the four tests says what the library computes, from the link, for the same map as Predict's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cam import evidence
from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.predictor import preprocess
from resnet_explorer.proof import readings
from resnet_explorer.proof.deletion import deletion
from resnet_explorer.proof.occlusion import occlusion, superpixels
from resnet_explorer.proof.probe import Fill, Probe, blank
from resnet_explorer.proof.random_areas import random_areas
from resnet_explorer.proof.randomisation import cascade
from resnet_explorer.proof.ranking import Map
from resnet_explorer.samples import open_sample
from resnet_explorer.stage_pass import stage_pass
from resnet_explorer.weights import Preprocessing, bundled, export_bundled, find, load
from tests.pages.opened import opened

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A bundled network of random weights that is sure of a class, and nothing outside the test's folder."""
    torch.manual_seed(11)
    model = build(SPEC).eval()
    with torch.no_grad():
        model.fc.weight *= 40
    file = tmp_path / "cifar10.safetensors"
    export_bundled(model, CLASSES, SEEN, file, {"label": "A network for tests"})
    monkeypatch.setattr(bundled, "FILE", file)
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


class Asked:
    """The network, the espresso, and the map that the page is asked about."""

    def __init__(self, stage: int = 3, target: int | None = None, method: str = "gradcam") -> None:
        weights = find("bundled")
        self.stored = load(weights)
        self.model = for_evaluation(self.stored)
        self.tensor, self.crop = preprocess(open_sample("coffee"), weights.preprocessing)
        result = stage_pass(self.model, self.tensor, [stage], target)
        self.target, self.stage, self.method = result.target, stage, method
        self.probability = float(result.prediction.probabilities[result.target])
        self.heat: Map = evidence(result.outputs[0], method).map.numpy()

    def probe(self, fill: Fill = "mean") -> Probe:
        return Probe(self.model, self.tensor, self.target, blank(self.tensor, fill))


def reading(page: AppTest) -> str:
    (said,) = [each.value for each in page.info]
    return said


def words(page: AppTest) -> list[str]:
    return [each.value for each in page.markdown]


def test_deletion_is_the_librarys_and_the_slider_shows_a_share() -> None:
    asked = Asked()
    *_, last = deletion(asked.probe(), asked.heat, 4, "cells", seed=0)
    assert last.answer is not None
    page = opened("prove", pr_orders="4")
    assert reading(page) == readings.deletion_reading(last.answer)
    assert f"**20% removed: {last.answer.removed[10]:.1%}**" in words(page)
    page.slider(key="pr_share").set_value(60).run()
    assert f"**60% removed: {last.answer.removed[30]:.1%}**" in words(page)
    assert f"**60% inserted: {last.answer.inserted[30]:.1%}**" in words(page)
    assert page.query_params["pr_share"] == "60"
    assert f"**{CLASSES[asked.target]}**, {asked.probability:.1%}" in [each.value for each in page.caption]


def test_the_filling_the_shuffle_and_the_seed_come_from_the_link() -> None:
    asked = Asked(stage=1, target=2, method="layercam")
    *_, last = deletion(asked.probe("blur"), asked.heat, 2, "pixels", seed=7)
    assert last.answer is not None
    link = {"pr_fill": "blur", "pr_chance": "pixels", "pr_seed": "7", "pr_orders": "2"}
    page = opened("prove", p_class="bird", p_stage="1", p_method="layercam", **link)
    assert not page.warning or "gives this class only" in page.warning[0].value
    assert reading(page) == readings.deletion_reading(last.answer)


def test_random_areas_are_the_librarys() -> None:
    asked = Asked()
    *_, last = random_areas(asked.probe(), asked.heat, 0.3, 40, seed=0)
    assert last.answer is not None
    page = opened("prove", pr_test="areas", pr_hot="30", pr_places="40")
    assert reading(page) == readings.areas_reading(last.answer)
    assert f"with **{last.answer.beaten} of 40** areas" in reading(page)
    assert f"**30% covered: {last.answer.without:.1%}**" in words(page)


def test_pieces_are_the_librarys() -> None:
    asked = Asked()
    segments = superpixels(asked.crop.image, 60)
    *_, last = occlusion(asked.probe(), asked.heat, segments)
    assert last.answer is not None
    page = opened("prove", pr_test="pieces", pr_pieces="60")
    assert reading(page) == readings.occlusion_reading(last.answer)
    assert f"**{segments.max() + 1} pieces**" in words(page)
    reach = f"<span>+{100 * abs(last.answer.drops).max():.1f}</span>"
    assert any(reach in each.proto.body for each in page.get("html"))


def test_the_cascade_is_the_librarys_and_the_shared_networks_stay_as_they_are() -> None:
    asked = Asked()
    *_, last = cascade(asked.stored, asked.tensor, asked.target, 3, "gradcam", seed=5)
    assert last.answer is not None
    page = opened("prove", pr_test="weights", pr_seed="5")
    assert reading(page) == readings.cascade_reading(last.answer)
    said = words(page)
    names = ["As trained", "Head random", "+ stage 3", "+ stage 2", "+ stage 1", "+ stem"]
    for name, rung in zip(names, last.answer, strict=True):
        assert rung.correlation is not None
        rho = f"{rung.correlation:.2f}".replace("-", "−")
        assert f"**{name}**  \nρ = {rho}  \np = {rung.probability:.0%}" in said
    page.segmented_control(key="pr_test").set_value("areas").run()
    *_, after = random_areas(asked.probe(), asked.heat, 0.2, 100, seed=5)
    assert after.answer is not None
    assert reading(page) == readings.areas_reading(after.answer)


def test_only_the_chosen_test_is_computed() -> None:
    page = opened("prove", pr_test="areas")
    state = page.session_state
    assert "_pr_areas" in state
    assert not any(f"_pr_{name}" in state for name in ("deletion", "occlusion", "cascade"))


def test_a_rerun_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened("prove", pr_orders="2")
    before = reading(page)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked again")

    monkeypatch.setattr(Probe, "without", refuse)
    page.slider(key="pr_share").set_value(40).run()
    assert not page.exception
    assert reading(page) == before


def test_a_map_of_zeros_is_explained_and_not_tested() -> None:
    model = load(find("bundled"))
    with torch.no_grad():
        model.fc.weight[4] = -1.0
    export_bundled(model, CLASSES, SEEN, bundled.FILE)
    st.cache_resource.clear()
    for test in ("deletion", "areas", "pieces", "weights"):
        page = opened("prove", p_class="deer", pr_test=test)
        assert reading(page).startswith("**The map is zero everywhere.**")
        assert not page.error


def test_a_class_that_the_network_does_not_believe_in_is_told() -> None:
    maps = [Asked(target=target) for target in range(10)]
    unlikely = next(each for each in maps if each.probability < 0.2 and each.heat.any())
    page = opened("prove", p_class=CLASSES[unlikely.target], pr_test="areas")
    assert f"only {unlikely.probability:.1%}: there is little to take away" in page.warning[0].value
    assert not opened("prove", pr_test="areas").warning


def test_a_method_that_is_slow_gives_way_to_one_of_one_pass() -> None:
    page = opened("prove", p_method="scorecam", pr_test="areas")
    assert page.selectbox(key="p_method").value == "gradcam"
    assert "`p_method=scorecam`" in page.warning[0].value


@pytest.mark.parametrize(
    "changes", [{"in_channels": 1, "activation": "pre"}, {"norm": "none", "conv_bias": True, "depths": (1,)}]
)
def test_other_networks_are_tested_too(changes: dict[str, object]) -> None:
    torch.manual_seed(4)
    export_bundled(build(SPEC.with_(**changes)).eval(), CLASSES, SEEN, bundled.FILE)
    st.cache_resource.clear()
    page = opened("prove", pr_orders="2", p_class="dog", p_method="layercam")
    for test in ("deletion", "areas", "pieces", "weights"):
        page.segmented_control(key="pr_test").set_value(test).run()
        assert not page.exception
        assert not page.error
        assert re.search(r"area of|areas of|rank correlation", reading(page))


def test_without_a_bundled_file_the_page_says_so() -> None:
    bundled.FILE.unlink()
    page = opened("prove")
    assert "The bundled network is missing" in page.error[0].value
