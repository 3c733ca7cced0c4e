"""A block is run and numbers are edited by a person in a real browser, and the link keeps both."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit


def test_taking_the_1x1_away_fails_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/block_lab", "Run a block")
    expect(page.get_by_role("heading", name="(4, 3, 6, 6) → (4, 6, 3, 3)")).to_be_visible()
    expect(page.locator("svg").get_by_text("downsample.0")).to_be_visible()
    page.get_by_text("no 1×1", exact=True).click()
    expect(page.get_by_role("heading", name="PyTorch fails")).to_be_visible()
    expect(page.get_by_text("at non-singleton dimension 3")).to_be_visible()
    settle(page)
    assert "bl_short=never" in page.url
    page.reload()
    expect(page.get_by_role("heading", name="PyTorch fails")).to_be_visible()
    page.get_by_role("button", name="He: bottleneck, 256").click()
    expect(page.get_by_role("heading", name="(1, 256, 56, 56) → (1, 256, 56, 56)")).to_be_visible()
    expect(page.locator("svg").get_by_text("3×3, 64")).to_be_visible()


def test_an_edited_number_changes_every_step_and_stands_in_the_link(page: Page, app: str) -> None:
    visit(page, f"{app}/batch_norm", "Batch norm")
    expect(page.locator("svg").get_by_text("μ = 36 / 8 = 4.5")).to_be_visible()
    table = page.get_by_test_id("stDataFrame").first
    box = table.bounding_box()
    assert box is not None
    # The last cell of the last row: image 2, pixel (2, 2), which is 8.
    page.mouse.dblclick(box["x"] + box["width"] - 25, box["y"] + box["height"] - 20)
    cell = page.locator("#portal input")
    cell.fill("16")
    cell.press("Enter")
    expect(page.locator("svg").get_by_text("μ = 44 / 8 = 5.5")).to_be_visible()
    settle(page)
    assert "bn_x=1_2_3_4_5_6_7_16" in page.url
    page.mouse.dblclick(box["x"] + box["width"] - 25, box["y"] + box["height"] - 20)
    cell.fill("16.5")
    cell.press("Enter")
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
    settle(page)
    assert "bn_x=1_2_3_4_5_6_7_16.5~" in page.url
    page.reload()
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Run a block").click()
    expect(page.get_by_role("heading", name="Run a block").first).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Batch norm").click()
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
