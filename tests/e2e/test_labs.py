"""The labs of "Why residual?" in a real browser: a guess first, a block cut by a click, a sweep stopped."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import settle, visit

GUESSES = {
    "gradient?gw_depth=20&gw_width=4": ("The gradient’s way", "It vanishes: less than a tenth"),
    "signal?sf_depth=20&sf_width=4": ("Signal forward", "It grows: more than ten times"),
    "degradation": ("Degradation", "The deepest, 56 layers"),
    "landscape": ("The landscape", "Around the residual one"),
    "wire": ("Cut the wire", "It depends on the block"),
}


def words(bars: Locator) -> list[str]:
    """The class names of a top five."""
    return [text for text in bars.locator("text").all_text_contents() if not text.endswith("%")]


@pytest.mark.parametrize("address", GUESSES)
def test_a_guess_first_then_the_answer(page: Page, app: str, address: str) -> None:
    heading, said = GUESSES[address]
    visit(page, f"{app}/{address}", heading)
    expect(page.locator(".js-plotly-plot")).to_have_count(0)
    page.get_by_text(said).click()
    expect(page.get_by_test_id("stAlert").first).to_contain_text(said)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    settle(page)


def test_two_networks_learn_side_by_side(page: Page, app: str) -> None:
    pair = "dg_a_kind=plain&dg_a_depth=8&dg_b_kind=residual&dg_b_depth=8&dg_epochs=2"
    visit(page, f"{app}/degradation?dg_guess_shown=1&{pair}", "Degradation")
    page.get_by_role("button", name="Train both").click()
    expect(page.get_by_text("Batches: all 26 done in")).to_be_visible()
    expect(page.get_by_text("plain 8: training error")).to_be_visible()
    assert page.locator(".js-plotly-plot").last.locator(".scatterlayer .trace").count() == 4
    settle(page)


def test_a_block_cut_in_the_graph_changes_the_top_five(page: Page, app: str) -> None:
    visit(page, f"{app}/wire?cw_guess_shown=1&cw_view=hand", "Cut the wire")
    whole, cut = (page.locator(f"svg[aria-label^='{side}: ']") for side in ("Whole", "Cut"))
    expect(cut).to_be_visible()
    before = words(cut)
    assert len(before) == 5
    assert words(whole) == before
    page.locator("[data-key='b1.0']").click()
    expect(page.get_by_role("heading", name=re.compile(r"Accuracy on 200 photos"))).to_be_visible()
    settle(page)
    assert words(whole) == before
    assert len(words(cut)) == 5
    assert words(cut) != before


def test_a_sweep_is_stopped_and_goes_on(page: Page, app: str) -> None:
    page.goto(f"{app}/wire?cw_guess_shown=1&cw_net=bundled/resnet20&cw_photos=1000")
    main = page.get_by_test_id("stMain")
    main.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"stopped at [\d,]+"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("of 1,000 ·")).to_be_visible()
    main.get_by_role("button", name="Stop").click()
    settle(page)
