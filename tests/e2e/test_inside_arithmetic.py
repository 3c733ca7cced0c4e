"""From a map's cell to its arithmetic, and from a bar of the answer to its channels and back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import at_rest, link_says, settle, visit


def test_a_cell_of_a_map_leads_to_its_arithmetic_and_on_to_the_layer_before(page: Page, app: str) -> None:
    visit(page, f"{app}/features?p_stage=1&fm_block=1&fm_channel=3", "Feature maps")
    cells = page.locator("[data-key='cells']")
    box = at_rest(page, cells.bounding_box)
    rows, columns = (int(cells.get_attribute(f"data-{name}") or 0) for name in ("rows", "columns"))
    assert box is not None
    down, across = box["height"] / rows, box["width"] / columns
    page.mouse.click(box["x"] + 7.5 * across, box["y"] + 5.5 * down)
    picture = page.get_by_role("group", name="layer1.0.conv2, channel 3, row 5, column 7: the value")
    expect(picture).to_be_visible()
    settle(page)
    link_says(page, "in_map=3", "in_row=5", "in_col=7")
    expect(picture.get_by_text(re.compile(r"^torch: .*, at most .* apart$"))).to_be_visible()
    page.reload()
    expect(picture).to_be_visible()
    settle(page)
    under = picture.locator("[data-key^='from:']").first
    channel, row, column = (under.get_attribute("data-key") or "").removeprefix("from:").split(",")
    under.click()
    name = f"layer1.0.conv1, channel {channel}, row {row}, column {column}: the value"
    expect(page.get_by_role("group", name=name)).to_be_visible()
    settle(page)


def test_the_chosen_bar_leads_to_its_channels_and_a_channel_to_its_map(page: Page, app: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    page.locator(".answer .bar[aria-pressed='true']").click()
    picture = page.get_by_role("group", name=re.compile("^The channels that made "))
    expect(picture).to_be_visible()
    settle(page)
    link_says(page, "p_view=channels")
    row = picture.locator("[data-key^='channel:']").first
    number = (row.get_attribute("data-key") or "").removeprefix("channel:")
    row.click()
    expect(page.get_by_text(f"Channel {number} ·")).to_be_visible()
    settle(page)
    link_says(page, "/features")


@pytest.mark.parametrize(
    ("address", "heading", "key"),
    [
        ("/inside", "Inside", "in_png"),
        ("/inside?in_source=arithmetic", "Inside", "in_number_png"),
        ("/predict?p_view=channels", "Predict", "p_channels_png"),
    ],
)
def test_the_picture_is_saved_as_png(
    page: Page, app: str, tmp_path: Path, address: str, heading: str, key: str
) -> None:
    visit(page, f"{app}{address}", heading)
    with page.expect_download() as download:
        page.locator(f".st-key-{key} button").click()
    download.value.save_as(tmp_path / "picture.png")
    assert Image.open(tmp_path / "picture.png").width >= 2 * 1000
