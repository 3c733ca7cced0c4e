"""A block is clicked, one is run, numbers are edited by a person in a browser; the link keeps all."""

from __future__ import annotations

from playwright.sync_api import Page, Position, expect

from tests.e2e.conftest import at_rest, drawn, link_says, open_from_menu, settle, visit


def test_a_click_in_the_strip_shows_that_block_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/inside", "Inside")
    expect(page.get_by_text("Block 2.1 adds")).to_be_visible()
    page.locator(".st-key-picture [data-key='layer3.0']").first.click()  # residual 56 below has one, too
    expect(page.get_by_text("Block 3.0 adds")).to_be_visible()
    expect(page.locator("svg").get_by_text("x, projected")).to_be_visible()
    settle(page)
    link_says(page, "in_block=layer3.0")
    page.get_by_role("button", name="And without it?").click()
    expect(page.get_by_role("heading", name="Cut the wire").first).to_be_visible()
    page.wait_for_url("**cw_cut=s3.0**")


def test_the_graphs_record_leads_inside_the_block(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?sc_node=layer4.0", "Shortcuts")
    page.get_by_role("button", name="Inside layer4.0, on the photo").click()
    expect(page.get_by_role("heading", name="Inside").first).to_be_visible()
    expect(page.get_by_text("Block 4.0 adds")).to_be_visible()


def test_taking_the_1x1_away_fails_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/block_lab", "Inside")
    expect(page.get_by_role("heading", name="(4, 3, 6, 6) → (4, 6, 3, 3)")).to_be_visible()
    expect(page.locator("svg").get_by_text("downsample.0")).to_be_visible()
    page.get_by_text("no 1×1", exact=True).click()
    expect(page.get_by_role("heading", name="PyTorch fails")).to_be_visible()
    expect(page.get_by_text("at non-singleton dimension 3").first).to_be_visible()
    settle(page)
    link_says(page, "bl_short=never")
    page.reload()
    expect(page.get_by_role("heading", name="PyTorch fails")).to_be_visible()
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="He et al. 2015: bottleneck, 256 channels").click()
    expect(page.get_by_role("heading", name="(1, 256, 56, 56) → (1, 256, 56, 56)")).to_be_visible()
    expect(page.locator("svg").get_by_text("3×3, 64")).to_be_visible()


def test_an_edited_number_changes_every_step_and_stands_in_the_link(page: Page, app: str) -> None:
    visit(page, f"{app}/batch_norm", "Batch norm")
    expect(page.locator("svg").get_by_text("μ = 36 / 8 = 4.5")).to_be_visible()
    table = drawn(page.get_by_test_id("stDataFrame").first)
    box = at_rest(page, table.bounding_box)
    assert box is not None
    last: Position = {"x": box["width"] - 25, "y": box["height"] - 20}
    # The last cell of the last row: image 2, pixel (2, 2), which is 8.
    table.dblclick(position=last)
    cell = page.locator("#portal input")
    cell.fill("16")
    cell.press("Enter")
    expect(page.locator("svg").get_by_text("μ = 44 / 8 = 5.5")).to_be_visible()
    settle(page)
    link_says(page, "bn_x=1_2_3_4_5_6_7_16")
    table.dblclick(position=last)
    cell.fill("16.5")
    cell.press("Enter")
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
    settle(page)
    link_says(page, "bn_x=1_2_3_4_5_6_7_16.5~")
    page.reload()
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
    open_from_menu(page, "Its parts", "Inside")
    expect(page.get_by_role("heading", name="Inside").first).to_be_visible()
    open_from_menu(page, "Its parts", "Batch norm")
    expect(page.locator("svg").get_by_text("μ = 44.5 / 8 = 5.562")).to_be_visible()
