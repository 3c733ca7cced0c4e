"""What a class does with the Convolution page: move the window, click a cell, change a number."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import at_rest, close_popover, drawn, link_says, settle, visit


def test_the_output_cell_is_moved_and_clicked_and_the_link_keeps_it(page: Page, app: str) -> None:
    visit(page, f"{app}/convolution?cv_row=50&cv_col=111", "Convolution")
    picture = page.locator(".picture svg")
    expect(picture.get_by_text("Row 50 reads 100 to 106")).to_be_visible()
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("slider", name="Row of the output").press("ArrowRight")
    expect(picture.get_by_text("Row 51 reads 102 to 108")).to_be_visible()
    settle(page)
    close_popover(page)
    picture.locator("[data-key='0,1']").click()
    expect(picture.get_by_text("Row 0 reads 0 to 6")).to_be_visible()
    expect(picture.get_by_text("Column 1 reads 2 to 8")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Next").click()
    expect(picture.get_by_text("Column 2 reads 4 to 10")).to_be_visible()
    settle(page)
    link_says(page, "cv_col=2")
    page.reload()
    expect(picture.get_by_text("Column 2 reads 4 to 10")).to_be_visible()


def test_a_click_on_the_photo_chooses_the_cell_under_it(page: Page, app: str) -> None:
    visit(page, f"{app}/convolution?cv_view=field&cv_map=stage4", "Convolution")
    box = at_rest(page, page.locator("[data-key='cell']").bounding_box)
    assert box is not None
    tile = box["width"] / 7
    page.mouse.click(box["x"] + 5.5 * tile, box["y"] + 1.5 * tile)  # row 1, column 5 of 7 × 7
    expect(page.get_by_text("Cell (1, 5) sees rows 0 to 223")).to_be_visible()
    settle(page)
    link_says(page, "cv_frow=1", "cv_fcol=5")
    page.reload()
    expect(page.get_by_text("Cell (1, 5) sees rows 0 to 223")).to_be_visible()


def test_a_number_that_is_edited_changes_the_output_and_the_link(page: Page, app: str) -> None:
    visit(page, f"{app}/convolution?cv_view=toy", "Convolution")
    picture = page.locator(".picture svg")
    expect(picture.locator("text", has_text="19").first).to_be_attached()
    kernel = drawn(page.get_by_test_id("stDataFrame").nth(1))
    kernel.locator(".dvn-scroller").click(position={"x": 30, "y": 60})  # its first number
    expect(kernel.locator("[role=gridcell][aria-selected=true]")).to_be_attached()
    page.keyboard.type("5")
    expect(page.locator("#portal input")).to_have_value("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="3 · 5 + 3 · 1 + 2 · 2")).to_be_visible()
    settle(page)
    expect(picture.locator("text", has_text="27").first).to_be_attached()  # 12 + 5·3
    link_says(page, "cv_ker=5%2C1%2C2_2%2C2%2C0_0%2C1%2C2")
