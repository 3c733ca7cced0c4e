"""What a person does with the film strip: clicks a cell, sees its field, asks for another class."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import at_rest, link_says, settle, visit


def test_a_click_on_a_cell_shows_what_it_sees_and_looks_closer_at_its_stage(page: Page, app: str) -> None:
    visit(page, f"{app}/predict?p_cells=cells", "Predict")
    strip = page.locator("svg[aria-label^='Evidence at every stage']")
    grid = strip.locator("[data-name='2']")
    box = at_rest(page, grid.bounding_box)
    assert box is not None
    # row 4, column 9 of 16 × 16, the middle of the cell
    grid.click(position={"x": box["width"] * 9.5 / 16, "y": box["height"] * 4.5 / 16})
    settle(page)
    expect(page.get_by_text("Cell (4, 9) of stage 2 sees 82 × 99 of the 128 × 128 pixels")).to_be_visible()
    expect(page.get_by_text("at stage 2, 16 × 16 cells")).to_be_visible()
    link_says(page, "p_cell=2.4.9")
    field, photo = strip.locator(".field").bounding_box(), strip.locator("image").first.bounding_box()
    assert field is not None
    assert photo is not None
    assert abs((field["width"] - 4) / photo["width"] - 99 / 128) < 0.03  # its line is 4 wide


def test_a_click_on_a_bar_changes_every_map(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    strip = page.locator("svg[aria-label^='Evidence at every stage']")
    expect(strip.locator("image")).to_have_count(6)
    photo, *before = [image.get_attribute("href") or "" for image in strip.locator("image").all()]
    bars = page.locator(".answer .bar")
    bars.nth(1).focus()
    page.keyboard.press("Enter")  # the keyboard does what a click does
    expect(bars.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(bars.nth(1)).to_be_focused()
    for number, of_the_first_class in enumerate(before, start=1):
        expect(strip.locator("image").nth(number)).not_to_have_attribute("href", of_the_first_class)
    expect(strip.locator("image").first).to_have_attribute("href", photo)
    settle(page)


def test_a_small_picture_of_a_stage_becomes_the_large_one(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    large = page.locator(".evidence img")
    expect(large).to_have_attribute("alt", "Grad-CAM map for espresso at stage 4, over the photo")
    page.locator(".stage").nth(2).click()
    expect(large).to_have_attribute("alt", "Grad-CAM map for espresso at stage 2, over the photo")
    settle(page)
    link_says(page, "p_stage=2")
    on_one_scale = large.get_attribute("src")
    page.get_by_role("button", name="Each its own").click()
    expect(large).not_to_have_attribute("src", on_one_scale or "")
    settle(page)
    link_says(page, "p_scale=own")
