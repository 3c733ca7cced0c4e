"""What a person does with the film strip: clicks a cell, sees its field, asks for another class."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit


def test_a_click_on_a_cell_shows_what_it_sees_and_looks_closer_at_its_stage(page: Page, app: str) -> None:
    visit(page, f"{app}/predict?p_cells=cells", "Predict")
    strip = page.get_by_role("img", name="Evidence at every stage")
    grid = strip.locator("[data-name='2']")
    box = grid.bounding_box()
    assert box is not None
    # row 4, column 9 of 16 × 16, the middle of the cell
    grid.click(position={"x": box["width"] * 9.5 / 16, "y": box["height"] * 4.5 / 16})
    settle(page)
    expect(page.get_by_text("Cell (4, 9) of stage 2 sees 82 × 99 of the 128 × 128 pixels")).to_be_visible()
    expect(page.get_by_text("Map: 16 × 16 cells")).to_be_visible()
    assert "p_cell=2.4.9" in page.url
    field, photo = strip.locator(".field").bounding_box(), strip.locator("image").first.bounding_box()
    assert field is not None
    assert photo is not None
    assert abs((field["width"] - 4) / photo["width"] - 99 / 128) < 0.03  # its line is 4 wide


def test_a_click_on_a_bar_changes_every_map(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    strip = page.get_by_role("img", name="Evidence at every stage")
    expect(strip.locator("image")).to_have_count(6)
    before = [image.get_attribute("href") for image in strip.locator("image").all()]
    bars = page.locator(".js-plotly-plot .point path")
    bars.nth(1).click(force=True, position={"x": 2, "y": 4})
    settle(page)
    expect(page.get_by_text("Overlay for espresso")).to_have_count(0)
    after = [image.get_attribute("href") for image in strip.locator("image").all()]
    assert before[0] == after[0]  # the photo
    assert all(one != other for one, other in zip(before[1:], after[1:], strict=True))
