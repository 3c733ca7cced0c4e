"""The labs of "Why residual?" in a real browser: a guess first, long work stopped, a notebook taken home."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit

GUESSES = {
    "gradient?gw_depth=20&gw_width=4": ("Through the depth", "It vanishes: less than a tenth"),
    "signal?sf_depth=20&sf_width=4": ("Through the depth", "It grows: more than ten times"),
    "degradation": ("Degradation", "56 layers"),
    "landscape": ("The landscape", "Around the residual one"),
    "wire?cw_view=sweep": ("Cut the wire", "It depends on the block"),
}


@pytest.mark.parametrize("address", GUESSES)
def test_a_guess_first_then_the_answer(page: Page, app: str, address: str) -> None:
    heading, said = GUESSES[address]
    visit(page, f"{app}/{address}", heading)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.locator(".st-key-foot")).to_be_hidden()  # nothing but the question
    page.locator(".st-key-guess").get_by_text(said).last.click()
    settle(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)  # a guess may be changed until it is shown
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".st-key-sentence")).to_contain_text(said.partition(":")[0])
    expect(page.locator(".st-key-question")).to_contain_text("You: " + said.partition(":")[0])
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    settle(page)


def test_see_and_take_home(page: Page, app: str) -> None:
    visit(page, f"{app}/gradient?gw_depth=20&gw_width=4", "Through the depth")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".st-key-reason")).to_contain_text("Each norm divides by the spread")
    expect(page).to_have_url(re.compile("gw_guess_shown=1"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Notebook").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert any("depth=20, width=4" in "".join(cell["source"]) for cell in file["cells"])


def test_a_thousand_layers_can_be_stopped_and_go_on(page: Page, app: str) -> None:
    page.goto(f"{app}/gradient?gw_depth=998&gw_guess_shown=1")
    expect(page.get_by_text(re.compile(r"\d+ of \d+ · about \d+ s left"))).to_be_visible()
    stop = page.get_by_test_id("stMain").get_by_role("button", name="Stop")
    stop.click()
    settle(page)
    expect(page.get_by_text(re.compile(r"stopped at \d+ / \d+"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    stop.click()
    settle(page)


def test_two_networks_learn_side_by_side(page: Page, app: str) -> None:
    pair = "dg_a_kind=plain&dg_a_depth=8&dg_b_kind=residual&dg_b_depth=8&dg_epochs=2"
    visit(page, f"{app}/degradation?dg_guess_shown=1&{pair}", "Degradation")
    page.get_by_role("button", name="Train both").click()
    expect(page.get_by_text("Batches: all 26 done in")).to_be_visible()
    expect(page.get_by_text("plain 8: training error")).to_be_visible()
    expect(page.locator(".js-plotly-plot").last.locator(".scatterlayer .trace")).to_have_count(4)
    settle(page)


def test_a_sweep_is_stopped_and_goes_on(page: Page, app: str) -> None:
    page.goto(f"{app}/wire?cw_view=sweep&cw_guess_shown=1&cw_net=study/residual-56&cw_photos=1000")
    main = page.get_by_test_id("stMain")
    main.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"stopped at [\d,]+"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("of 1,000 ·")).to_be_visible()
    main.get_by_role("button", name="Stop").click()
    settle(page)
