"""One photo, several networks: chosen, asked for another class by a click, and taken away."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.checkpoint import Checkpoint
from resnet_explorer.weights.user_store import keep
from tests.e2e.conftest import link_says, running_app, settle, visit

NOISY = "yours/00000000000e"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with the bundled ResNet-20 and a copy of it that forgot a part of what it knew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        torch.manual_seed(3)
        weights = find("bundled/resnet20")
        state = {
            name: value + 0.5 * value.std() * torch.randn_like(value) if value.ndim > 1 else value
            for name, value in load(weights).state_dict().items()
        }
        keep(Checkpoint(replace(weights, key=NOISY, label="forgetful.pth", source="yours"), state))
        with running_app() as address:
            yield address


def test_two_networks_are_compared_and_taken_away(page: Page, lab: str, tmp_path: Path) -> None:
    visit(page, f"{lab}/side_by_side?sb_nets=bundled/resnet20,{NOISY}", "Side by side")
    picture = page.locator(".st-key-picture svg")
    expect(page.get_by_text("forgetful.pth").last).to_be_visible()
    expect(picture.get_by_text("20 weighted layers")).to_have_count(2)
    expect(picture).to_have_attribute("aria-label", re.compile("(.*the map of stage 3 over the photo){2}"))
    expect(page.get_by_role("heading", name="Where they disagree")).to_be_visible()
    expect(page.get_by_text("A rocket at its launch")).to_be_visible()
    settle(page)

    bar = page.locator("svg [data-key=dog], svg [data-key=frog]").first
    asked = bar.get_attribute("data-key") or ""
    bar.click()  # both maps follow
    expect(picture.get_by_text("8 × 8 cells, for")).to_have_count(2)
    settle(page)
    link_says(page, f"p_class={asked}")
    expect(picture.get_by_text(f"stage 3, 8 × 8 cells, for {asked}")).to_have_count(2)

    page.get_by_role("radio", name="one before").click()
    expect(picture.get_by_text(f"stage 2, 16 × 16 cells, for {asked}")).to_have_count(2)
    settle(page)
    link_says(page, "sb_stage=1")

    files = {}
    for key in ("png", "json", "csv", "matrix_csv"):
        with page.expect_download() as waiting:
            page.locator(f".st-key-sb_{key} button").click()
        files[key] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(files[key])
    assert Image.open(files["png"]).width >= 2 * 448 + 3 * 16
    numbers = json.loads(files["json"].read_text())
    assert [each["stage"] for each in numbers["networks"]] == [2, 2]
    assert {each["target"] for each in numbers["networks"]} == {asked}
    assert numbers["pairs"][0]["total_variation"] > 0
    rows = list(csv.DictReader(files["csv"].open()))
    assert [row["rank"] for row in rows] == list("1234512345")
    assert rows[0]["label"] == numbers["networks"][0]["top"][0]["label"]
    assert len(list(csv.DictReader(files["matrix_csv"].open()))) == 5 * 2

    page.reload()
    expect(picture.get_by_text(f"stage 2, 16 × 16 cells, for {asked}")).to_have_count(2)
    settle(page)


def test_a_network_is_left_out_by_its_cross(page: Page, lab: str) -> None:
    visit(page, f"{lab}/side_by_side?sb_nets={NOISY},bundled/resnet20", "Side by side")
    expect(page.locator(".st-key-picture svg").get_by_text("weighted layers")).to_have_count(2)
    settle(page)
    page.get_by_role("button", name="2 networks").click()
    page.get_by_role("button", name="Remove ResNet-20 CIFAR · forgetful.pth").click()
    expect(page.locator(".st-key-picture svg").get_by_text("weighted layers")).to_have_count(1)
    expect(page.get_by_text("One network alone agrees with itself")).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile("sb_nets=bundled(/|%2F)resnet20&"))
