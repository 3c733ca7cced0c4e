"""Kinds on the pages: said where no class is likely, asked for by a click or a link, and tested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.cam import evidence
from resnet_explorer.predictor import preprocess
from resnet_explorer.samples import open_sample
from resnet_explorer.score_cam import score_cam
from resnet_explorer.stage_pass import StagePass, stage_pass
from resnet_explorer.weights import Preprocessing, bundled, export_bundled, find, load
from resnet_explorer.weights.calibration import Bin, Calibration
from resnet_explorer.weights.kinds import Kind
from tests.pages.opened import opened

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))
PET = Kind("pet", (3, 5))
KINDS = (Kind("animal", (2, 3, 4, 5, 6, 7)), PET)
TABLE = Calibration((Bin(0, 0.5, 100, 40, 0.4), Bin(0.5, 1, 100, 80, 0.8)))
OF_A_KIND = [0.03, 0.03, 0.03, 0.4, 0.04, 0.3, 0.04, 0.04, 0.05, 0.04]
OF_NONE = [0.16, 0.16, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.19, 0.19]


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for a bundled network, empty caches, and nothing outside the test's folder."""
    monkeypatch.setattr(bundled, "FILE", tmp_path / "network.safetensors")
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def bundle(about: list[float]) -> None:
    """A bundled network that gives any photo about these probabilities, and looks at it a little."""
    torch.manual_seed(11)
    model = build(SPEC).eval()
    with torch.no_grad():
        model.fc.weight *= 0.05
        model.fc.bias.copy_(torch.tensor(about).log())
    export_bundled(model, CLASSES, SEEN, bundled.FILE, {"label": "For tests"}, TABLE, KINDS)


def asked(target: int | Kind | None = None) -> StagePass:
    """What the library answers for the cat."""
    weights = find("bundled")
    tensor, _ = preprocess(open_sample("cat"), weights.preprocessing)
    return stage_pass(load(weights), tensor, range(4), target)


def said(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.subheader]
    return "\n".join([each.value for each in parts] + [each.proto.body for each in page.get("html")])


def check_kind(page: AppTest) -> None:
    """The map of the kind, closer and in the strip."""
    assert not page.exception
    result = asked(PET)
    found = evidence(result.outputs[3])
    assert f"Overlay for **pet**, {result.probability:.1%}" in said(page)
    assert f"<span>{found.peak:.3g}</span>" in said(page)
    strips = [str(each.proto) for each in page.get("bidi_component")]
    for output in result.outputs:
        assert any(f"up to {evidence(output).peak:.3g}" in each for each in strips)
    assert "a kind has none" in said(page)


def test_the_kind_is_said_and_a_click_asks_for_its_map() -> None:
    bundle(OF_A_KIND)
    page = opened("predict", p_sample="cat")
    p = asked().prediction.probabilities
    assert (page.metric[0].label, page.metric[0].value) == ("Most probable", "a pet")
    assert page.metric[0].delta == f"{float(p[3] + p[5]):.1%}"
    assert f"Unsure which: cat {p[3]:.0%}, dog {p[5]:.0%}." in said(page)
    assert "Of answers as unsure as this one 40% are right." in said(page)
    assert f"Overlay for **cat**, {p[3]:.1%}" in said(page)
    page.button(key="p_kind").click().run()
    check_kind(page)
    assert page.selectbox(key="p_class").value == "kind:pet"
    assert "p_kind" not in [each.key for each in page.button]
    page.selectbox(key="p_class").set_value("ship").run()
    assert f"Overlay for **ship**, {p[8]:.1%}" in said(page)


def test_a_link_asks_for_a_kind_and_the_menu_offers_them() -> None:
    bundle(OF_NONE)
    page = opened("predict", p_sample="cat", p_class="kind:pet")
    assert not page.warning
    check_kind(page)
    options = page.selectbox(key="p_class").options
    assert options[:4] == ["most probable", "a kind: animal", "a kind: pet", "airplane"]
    page.selectbox(key="p_method").set_value("scorecam").run()
    tensor, _ = preprocess(open_sample("cat"), SEEN)
    last = list(score_cam(load(find("bundled")), tensor, 3, PET))[-1].answer
    assert last is not None
    assert f"<span>{float(last.relu().max()):.3g}</span>" in said(page)
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    assert f"The probability is {asked(PET).probability:.3f} for the photo" in said(page)


def test_a_kind_that_is_none_is_told() -> None:
    bundle(OF_A_KIND)
    page = opened("predict", p_sample="cat", p_class="kind:furniture")
    assert "allowed: most probable, kind:animal, kind:pet, airplane" in page.warning[0].value


def test_where_nothing_is_likely_the_page_says_unsure() -> None:
    bundle(OF_NONE)
    page = opened("predict", p_sample="cat")
    assert page.metric[0].label == "Unsure"
    assert "it may well be none of the 10 things that this network knows" in said(page)
    assert "p_kind" not in [each.key for each in page.button]


def test_a_kinds_map_is_put_to_the_tests() -> None:
    bundle(OF_A_KIND)
    page = opened("prove", p_sample="cat", p_class="kind:pet")
    assert f"**pet**, {asked(PET).probability:.1%}" in said(page)
    assert not page.error
    page = opened("prove", p_sample="cat", p_class="kind:pet", pr_test="weights")
    assert not page.error
    assert f"p = {asked(PET).probability:.0%}" in said(page)


def test_where_no_kinds_are_offered_the_choice_falls_back() -> None:
    bundle(OF_A_KIND)
    page = opened("predict", p_sample="cat", p_class="kind:pet")
    page.switch_page("pages/side_by_side.py").run()
    assert not page.exception
    assert page.selectbox(key="p_class").value == "most probable"
