"""A run in a real browser: begun, left, found again, stopped, and its network on Predict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import link_says, open_from_menu, running_app, settle, visit
from tests.finetune_colours import colours_zip, kept_colours

LONG = "net=basic.1-1.width-64.stem-cifar&tn_from=none&tn_way=all&tn_epochs=200&tn_batch=8"
"""Minutes: it is not over before it is stopped."""


@pytest.fixture
def app(temporary_home: Path, tmp_path: Path) -> Iterator[str]:
    """A server whose home has one dataset."""
    kept_colours(tmp_path, 60)
    with running_app() as address:
        yield address


def test_a_run_goes_on_when_the_page_is_left_and_stops_when_told(page: Page, app: str) -> None:
    visit(page, f"{app}/train?{LONG}", "Train")
    page.get_by_label("Name").fill("Three colours")
    page.get_by_label("Name").press("Enter")
    settle(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Three colours")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of 200, step"))).to_be_visible()

    open_from_menu(page, "Its parts", "Blocks")
    expect(page.get_by_role("heading", name="Blocks").first).to_be_visible()
    open_from_menu(page, "Train your own", "Train")
    page.get_by_text("Progress", exact=True).click()
    expect(page.get_by_text(re.compile(r"best \d+\.\d% in epoch"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()  # Streamlit has one at the top
    expect(page.get_by_text(re.compile(r"\d+\.\d% of the 36 photos to test on are right"))).to_be_visible()
    settle(page)

    page.goto(f"{app}/predict?p_from=yours")
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    page.locator(".st-key-_network button").first.click()
    expect(page.get_by_role("combobox", name="Network")).to_have_value("Three colours")


def test_the_first_dataset_is_chosen_in_every_view(page: Page, temporary_home: Path, tmp_path: Path) -> None:
    archive = colours_zip(tmp_path / "colours.zip", 12)
    with running_app() as app:
        visit(page, f"{app}/train", "Train")
        page.get_by_role("button", name="Add photos").click()
        page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(archive)
        box = page.get_by_role("combobox", name="Dataset")
        expect(box).to_have_value("colours")
        settle(page)
        page.get_by_role("radio", name="Your photos").click()
        link_says(page, "tn_view=photos")
        expect(box).to_have_value("colours")
