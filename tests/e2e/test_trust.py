"""Trust in a real browser: a cell of the matrix, its photos, one of them with both maps, and excluded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import link_says, running_app, settle, visit
from tests.finetune_colours import config_of, done, kept_colours


@pytest.fixture(scope="module")
def app_with_a_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows one dataset and one run."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(home))
        dataset = kept_colours(home)
        done(config_of(dataset.path, label="Colours", called=dataset.label))
        with running_app() as address:
            yield address


def test_from_the_matrix_to_a_photo_and_its_maps(page: Page, app_with_a_run: str) -> None:
    visit(page, f"{app_with_a_run}/trust", "Trust it")
    expect(page.get_by_text(re.compile(r"\d of 9 correct, \d+\.\d%"))).to_be_visible()
    cell = page.locator('[data-key="0-0"]')
    count = int(cell.locator("text").text_content() or "")
    cell.click()
    settle(page)
    expect(page.get_by_text(f"blue, correct: {count}")).to_be_visible()
    link_says(page, "tr_cell=0-0")
    photos = page.locator("svg image")
    expect(photos).to_have_count(count)

    box = page.locator('[data-key^="out:"]').first
    box.click()
    settle(page)
    expect(page.locator('[data-key^="out:"]').first).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("button", name="Train again without this photo")).to_be_enabled()

    photos.first.click()
    settle(page)
    expect(page.get_by_text("map for").first).to_be_visible()
    expect(page.get_by_test_id("stImage").locator("img")).to_have_count(3)  # the photo, before, after
    expect(page.get_by_role("checkbox", name="Exclude")).to_be_checked()
    expect(page.get_by_text("untrained, seed 0")).to_be_visible()
    page.locator(".st-key-tr_bars_after svg [data-key]").last.click()  # of the class that is named last
    settle(page)
    expect(page).to_have_url(re.compile(r"tr_class=\d"))
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG", exact=True).click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")

    link = link_says(page, "tr_photo=")
    visit(page, link, "Trust it")  # whoever gets the link sees the same photo
    expect(page.get_by_text("map for").first).to_be_visible()
    page.get_by_role("button", name="All photos").click()
    settle(page)
    expect(page.get_by_text(f"blue, correct: {count}")).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0


def test_the_figures_are_shown_and_the_photo_goes_on_to_predict(page: Page, app_with_a_run: str) -> None:
    visit(page, f"{app_with_a_run}/trust", "Trust it")
    for view, sign in (
        ("Per class", "harmonic mean"),
        ("Confidence", "Expected calibration error"),
        ("Weights", "made again here from its seed"),
    ):
        page.get_by_role("radio", name=view).click()
        settle(page)
        expect(page.get_by_text(sign).first).to_be_visible()
    visit(page, f"{app_with_a_run}/trust?tr_photo=0", "Trust it")
    page.get_by_role("button", name="Open it on Predict").click()
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    expect(page.locator(".st-key-_network button").first).to_contain_text("yours")
    assert page.get_by_test_id("stAlert").count() == 0
