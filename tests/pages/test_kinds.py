"""Kinds on the pages: said where no class is likely, asked for by a click or a link, and tested."""

from __future__ import annotations

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.progress import final_answer
from resnet_explorer.explanation.activations_and_gradients import StagePass, stage_pass
from resnet_explorer.explanation.cam import evidence
from resnet_explorer.explanation.score_cam import score_cam
from resnet_explorer.photos.samples import open_sample
from resnet_explorer.weights.calibration import Bin, Calibration
from resnet_explorer.weights.kinds import Kind
from tests.pages.bundled_network import bundle, network_and_input, random_network
from tests.pages.opened import component, opened, text

PET = Kind("pet", (3, 5))
KINDS = (Kind("animal", (2, 3, 4, 5, 6, 7)), PET)
TABLE = Calibration((Bin(0, 0.5, 100, 40, 0.4), Bin(0.5, 1, 100, 80, 0.8)))
OF_A_KIND = [0.03, 0.03, 0.03, 0.4, 0.04, 0.3, 0.04, 0.04, 0.05, 0.04]
OF_NONE = [0.16, 0.16, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.19, 0.19]


pytestmark = pytest.mark.usefixtures("bundled_file")


def bundle_about(about: list[float]) -> None:
    """A bundled network that gives any photo about these probabilities, and depends on it a little."""
    model = random_network(confidence=0.05)
    with torch.no_grad():
        model.fc.bias.copy_(torch.tensor(about).log())
    bundle(model, TABLE, KINDS)


def explained(target: int | Kind | None = None) -> StagePass:
    """The library's pass for the cat."""
    model, tensor = network_and_input(photo=open_sample("cat"))
    return stage_pass(model, tensor, range(4), target)


def said(page: AppTest) -> str:
    return "\n".join([text(page), str(component(page, "answer")["answer"])])


def check_kind(page: AppTest) -> None:
    """The map of the kind, closer and in the strip."""
    assert not page.exception
    result = explained(PET)
    found = evidence(result.outputs[3])
    assert f"**pet**, {result.probability:.1%}: evidence for it at stage 3, 8 × 8 cells" in said(page)
    assert f"up to **{found.peak:.3g}**." in said(page)
    strips = [str(each.proto) for each in page.get("bidi_component")]
    for output in result.outputs:
        assert any(f"up to {evidence(output).peak:.3g}" in each for each in strips)
    assert "a kind has none" in said(page)


@pytest.mark.slow
def test_the_kind_is_said_and_a_click_asks_for_its_map() -> None:
    bundle_about(OF_A_KIND)
    page = opened("predict", p_sample="cat")
    p = explained().prediction.probabilities
    answer = component(page, "answer")["answer"]
    assert (answer["heading"], answer["name"]) == ("Most probable", "a pet")
    assert answer["probability"] == f"{float(p[3] + p[5]):.1%}"
    assert f"Unsure which: cat {p[3]:.0%}, dog {p[5]:.0%}." in said(page)
    assert "Of answers as unsure as this one 40% are right." in said(page)
    assert f"**cat**, {p[3]:.1%}: evidence" in said(page)
    assert answer["kind"]["pick"] == "class:kind:pet"
    page.selectbox(key="p_class").set_value("kind:pet").run()  # what a click does
    check_kind(page)
    assert component(page, "answer")["answer"]["kind"] is None
    page.selectbox(key="p_class").set_value("ship").run()
    assert f"**ship**, {p[8]:.1%}: evidence" in said(page)


@pytest.mark.slow
def test_a_link_asks_for_a_kind_and_the_menu_offers_them() -> None:
    bundle_about(OF_NONE)
    page = opened("predict", p_sample="cat", p_class="kind:pet")
    assert not page.warning
    check_kind(page)
    options = page.selectbox(key="p_class").options
    assert options[:4] == ["most probable", "a kind: animal", "a kind: pet", "airplane"]
    page.selectbox(key="p_method").set_value("scorecam").run()
    model, tensor = network_and_input(photo=open_sample("cat"))
    last = final_answer(score_cam(model, tensor, 3, PET))
    assert f"up to **{float(last.relu().max()):.3g}**." in said(page)
    page.selectbox(key="p_method").set_value("integrated").run()
    assert not page.exception
    assert f"The probability is {explained(PET).probability:.3f} for the photo" in said(page)


def test_a_kind_that_is_none_is_told() -> None:
    bundle_about(OF_A_KIND)
    page = opened("predict", p_sample="cat", p_class="kind:furniture")
    assert "allowed: most probable, kind:animal, kind:pet, airplane" in page.warning[0].value


def test_where_nothing_is_likely_the_page_says_unsure() -> None:
    bundle_about(OF_NONE)
    page = opened("predict", p_sample="cat")
    assert component(page, "answer")["answer"]["heading"] == "Unsure"
    assert "it may well be none of the 10 things that this network knows" in said(page)
    assert component(page, "answer")["answer"]["kind"] is None


@pytest.mark.slow
def test_a_kinds_map_is_put_to_the_tests() -> None:
    bundle_about(OF_A_KIND)
    page = opened("predict", p_view="prove", p_sample="cat", p_class="kind:pet")
    assert f"**pet**, {explained(PET).probability:.1%}" in text(page)
    assert not page.error
    page = opened("predict", p_view="prove", p_sample="cat", p_class="kind:pet", pr_test="weights")
    assert not page.error
    assert f"p = {explained(PET).probability:.0%}" in text(page)


@pytest.mark.slow
def test_where_no_kinds_are_offered_the_choice_falls_back() -> None:
    bundle_about(OF_A_KIND)
    page = opened("predict", p_sample="cat", p_class="kind:pet")
    page.switch_page("pages/side_by_side.py").run()
    assert not page.exception
    assert page.selectbox(key="p_class").value == "most probable"
