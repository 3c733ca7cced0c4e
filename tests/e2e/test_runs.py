"""Runs in a real browser: renamed, compared, taken home, trained further, used on Predict, deleted."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from resnet_explorer.finetune.runs.store import find_run, runs_folder
from tests.e2e.conftest import drawn, link_says, running_app, settle, visit
from tests.finetune_colours import QUICK, colours_zip, config_of, done


@pytest.fixture
def app_with_runs(temporary_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server with two runs: "first" and, newer, "second"."""
    data = colours_zip(tmp_path / "colours.zip")
    for hour, (name, settings) in enumerate({"first": replace(QUICK, rate=0.003), "second": QUICK}.items()):
        path = done(config_of(data, settings, f"The {name}"), name).folder / "run.json"
        config = json.loads(path.read_text()) | {"begun": f"2026-11-21T1{hour}:00:00+00:00"}
        path.write_text(json.dumps(config))
    with running_app() as address:
        yield address


def test_runs_from_the_table_to_the_bundle(page: Page, app_with_runs: str) -> None:
    visit(page, f"{app_with_runs}/runs", "Trust it")
    main = page.get_by_test_id("stMain")
    menu = main.get_by_role("combobox", name="Run", exact=True)
    expect(menu).to_have_value("The second")
    expect(main.locator("table.words").nth(1)).to_contain_text("0.01")

    table = drawn(page.get_by_test_id("stDataFrame").first)
    table.click(position={"x": 18, "y": 40 * 2.5})  # the second row's circle
    expect(menu).to_have_value("The first")
    expect(main.locator("table.words").nth(1)).to_contain_text("0.003")
    expect(page).to_have_url(re.compile("ru_run=first"))  # the link is written after the page is drawn
    settle(page)

    main.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("Three colours")
    page.get_by_label("Name", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Give it this name").click()
    expect(menu).to_have_value("Three colours")
    expect(page.get_by_role("button", name="Give it this name")).to_have_count(0)
    settle(page)
    assert find_run("first").config.label == "Three colours"

    together = main.locator("table.words").last
    expect(together.locator("thead")).to_have_text("The secondThree colours")
    expect(together).to_contain_text("Learning rate0.010.003")
    main.get_by_role("radio", name="Validation loss").click()
    settle(page)
    expect(main.locator(".legendtext").get_by_text("Three colours")).to_be_visible()
    link_says(page, "ru_curve=val_loss")

    with page.expect_download() as download:
        main.get_by_role("button", name="Bundle (ZIP)").click()
    assert download.value.suggested_filename == "three-colours.zip"
    with zipfile.ZipFile(Path(download.value.path())) as packed:
        assert set(packed.namelist()) >= {"predict.py", "model.py", "network.safetensors"}
        assert packed.read("README.md").decode().startswith("# Three colours\n")
        assert json.loads(packed.read("class_indices.json")) == {"0": "blue", "1": "green", "2": "red"}

    main.get_by_role("button", name="Open on Predict").click()
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    page.locator(".st-key-_network button").first.click()
    expect(page.get_by_role("combobox", name="Network")).to_have_value("Three colours")
    link_says(page, f"weights={find_run('first').status.weights.replace('/', '%2F')}")


def test_a_finished_run_is_trained_further_and_deleted(page: Page, app_with_runs: str) -> None:
    visit(page, f"{app_with_runs}/runs", "Trust it")
    main = page.get_by_test_id("stMain")
    main.get_by_role("button", name="More epochs").click()
    page.get_by_label("How many more?").fill("1")
    page.get_by_label("How many more?").press("Enter")
    settle(page)
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Continue").click()
    expect(main.get_by_test_id("stMetricValue").get_by_text("4 of 4")).to_be_visible()
    expect(main.get_by_role("button", name="More epochs")).to_be_visible()
    settle(page)
    assert [epoch.epoch for epoch in find_run("second").log] == [1, 2, 3, 4]

    main.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(main.get_by_role("combobox", name="Run", exact=True)).to_have_value("The first")
    settle(page)
    assert not (runs_folder() / "second").exists()
    assert page.get_by_test_id("stAlert").count() == 0
