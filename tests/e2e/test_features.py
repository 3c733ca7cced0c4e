"""What a class does with the Feature maps page: click a channel, turn the page, step back, click a bar."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import at_rest, link_says, settle, visit


def test_a_click_on_a_picture_shows_that_channel_over_the_photo(page: Page, app: str) -> None:
    visit(page, f"{app}/features?p_stage=2", "Feature maps")
    tiles = page.locator("g.tile")
    expect(tiles).to_have_count(32)
    box = at_rest(page, page.locator("[data-key='tiles']").bounding_box)
    assert box is not None
    wide, high = box["width"] / 8, box["height"] / 4
    number = tiles.nth(8 * 2 + 5).get_attribute("data-number")
    page.mouse.click(box["x"] + 5.5 * wide, box["y"] + 2.4 * high)  # row 2, column 5
    expect(page.get_by_text(f"Channel {number} ·")).to_be_visible()
    settle(page)
    link_says(page, f"fm_channel={number}")
    framed = page.locator("g.tile", has=page.locator("rect"))
    expect(framed).to_have_attribute("data-number", str(number))
    overlaid = page.locator(".picture svg image[opacity='0.5']")
    expect(overlaid).to_have_count(1)
    page.reload()
    expect(page.get_by_text(f"Channel {number} ·")).to_be_visible()


def test_the_next_page_has_other_channels_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/features?fm_order=number&p_stage=2", "Feature maps")
    expect(page.locator("g.tile").first).to_have_attribute("data-number", "0")
    page.get_by_role("button", name="Page ▶").click()
    expect(page.locator("g.tile").first).to_have_attribute("data-number", "32")
    settle(page)
    link_says(page, "fm_page=2")
    page.reload()
    expect(page.locator("g.tile").first).to_have_attribute("data-number", "32")


def test_a_block_back_and_a_bar_of_the_chart_lead_to_places(page: Page, app: str) -> None:
    visit(page, f"{app}/features", "Feature maps")
    expect(page.get_by_text("stage 4 · block 2 (layer4.1)", exact=True)).to_be_visible()
    page.get_by_role("button", name="◀ Block").click()
    expect(page.get_by_text("stage 4 · block 1 (layer4.0)", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("radio", name="Zeros").click()
    bars = page.locator(".js-plotly-plot .barlayer .point path")
    expect(bars.first).to_be_visible()
    settle(page)
    at_rest(page, bars.first.bounding_box)
    bars.first.click(force=True, position={"x": 20, "y": 5})  # the stem's
    expect(page.get_by_text("stem (maxpool)", exact=True)).to_be_visible()
    settle(page)
    link_says(page, "p_stage=0")
