"""A slow map is stopped and gone on with, and two classes are compared, by a person in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Page, expect

from resnet_explorer import ResNetSpec, build
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.user_store import keep
from tests.e2e.conftest import running_app, settle, visit

FURTHER = """done => {
  const said = document.body.innerText.match(/Score-CAM for .*: (\\d+) of 128/);
  return said && +said[1] > done;
}"""


def choose(page: Page, name: str, option: str) -> None:
    box = page.get_by_role("combobox", name=name)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


@pytest.fixture
def wide_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """512 channels in the only stage, so that Score-CAM takes as many forward passes: its key."""
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path))
    torch.manual_seed(3)
    model = build(ResNetSpec("bottleneck", (1,), width=128, stem="imagenet", num_classes=7))
    stream = io.BytesIO()
    torch.save({"state_dict": model.state_dict()}, stream)
    return keep(read_checkpoint(stream.getvalue(), "wide.pth")).key


@pytest.fixture
def app_with_it(wide_network: str) -> Iterator[str]:
    with running_app() as address:
        yield f"{address}/predict?weights={wide_network}"


def test_score_cam_is_stopped_and_gone_on_with(page: Page, app_with_it: str) -> None:
    visit(page, app_with_it, "Predict")
    expect(page.get_by_text("224 × 224 pixels", exact=True)).to_be_visible()
    settle(page)
    choose(page, "Method", "Score-CAM")
    expect(page.get_by_text(re.compile(r"^Score-CAM for .*: \d+ of 128"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    stopped = page.get_by_text(re.compile(r"^Score-CAM for .*: stopped at \d+ / 128\.$"))
    expect(stopped).to_be_visible()
    settle(page)
    done = int(re.findall(r"at (\d+) /", stopped.inner_text())[0])
    assert 1 <= done < 128
    # What is known by then is drawn, and the page is whole.
    expect(page.get_by_role("img", name="Score-CAM map for")).to_be_visible()
    expect(page.get_by_text("56 × 56 cells")).to_be_visible()
    expect(page.get_by_text("All stages side by side, and two classes at once")).to_be_visible()
    first = page.get_by_role("img", name="Score-CAM map for").get_attribute("src")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile(r"^Score-CAM for .*: \d+ of 128"))).to_be_visible()
    page.wait_for_function(FURTHER, arg=done)
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    expect(stopped).to_be_visible()
    settle(page)
    assert int(re.findall(r"at (\d+) /", stopped.inner_text())[0]) > done
    assert page.get_by_role("img", name="Score-CAM map for").get_attribute("src") != first
    choose(page, "Method", "Grad-CAM")
    expect(page.get_by_role("img", name="Grad-CAM map for")).to_be_visible()
    expect(stopped).to_have_count(0)


def test_a_rival_is_chosen_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/predict?p_class=tabby cat", "Predict")
    expect(page.get_by_role("heading", name=re.compile("^Why tabby cat and not "))).to_be_visible()
    settle(page)
    before = page.get_by_role("img", name="Map for and against tabby cat less").get_attribute("src")
    choose(page, "And not", "teapot")
    expect(page.get_by_role("heading", name="Why tabby cat and not teapot?")).to_be_visible()
    settle(page)
    picture = page.get_by_role("img", name="Map for and against tabby cat less teapot")
    expect(picture).to_be_visible()
    after = picture.get_attribute("src")
    assert after != before
    expect(page).to_have_url(re.compile("p_rival=teapot"))
    page.reload()
    expect(page.get_by_role("heading", name="Why tabby cat and not teapot?")).to_be_visible()
    settle(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Both as PNG").click()
    assert saved.value.suggested_filename == "gradcam-35-148-stage4.png"
