"""The labs of gradient and signal in a real browser: guess, see, take home; a long run is stopped."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit


def test_guess_see_and_take_home(page: Page, app: str) -> None:
    visit(page, f"{app}/gradient?gw_depth=20&gw_width=4", "The gradient’s way")
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text("It vanishes: less than a tenth").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("From the last block to the first")
    expect(page.locator(".js-plotly-plot")).to_be_visible()
    expect(page).to_have_url(re.compile("gw_guess=vanishes"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="This experiment as a notebook").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert any("depth=20, width=4" in "".join(cell["source"]) for cell in file["cells"])


def test_a_thousand_layers_can_be_stopped_and_go_on(page: Page, app: str) -> None:
    page.goto(f"{app}/gradient?gw_depth=998&gw_guess_shown=1")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ · about \d+ s left"))).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    settle(page)
    expect(page.get_by_text(re.compile(r"stopped at \d+ / \d+"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_test_id("stMain").get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    settle(page)


def test_the_signal(page: Page, app: str) -> None:
    visit(page, f"{app}/signal?sf_depth=20&sf_width=4&sf_guess=grows", "Signal forward")
    expect(page.get_by_text("Each block adds")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_be_visible()
