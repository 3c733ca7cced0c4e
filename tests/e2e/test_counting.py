"""Who counts what: chosen, switched, clicked, and sent as a link."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import link_says, settle, visit


def test_a_tool_moves_the_switches_and_the_link_brings_them_back(
    page: Page, app: str, tmp_path: Path
) -> None:
    visit(page, f"{app}/counting?net=resnet50", "Counting")
    number = page.get_by_test_id("stMetricValue")
    expect(number).to_have_text("4,111,512,576")
    page.get_by_role("radio", name="torchinfo").click()
    expect(number).to_have_text("4,089,238,376")
    settle(page)
    page.locator("svg [data-key=norm]").click()
    expect(page.get_by_text("53,120 operations in 53 layers")).to_be_visible()
    settle(page)
    link_says(page, "cnt_norm=p", "cnt_step=norm")
    page.reload()
    expect(number).to_have_text("4,089,238,376")
    expect(page.get_by_text("53,120 operations in 53 layers")).to_be_visible()
    settle(page)
    expect(page.get_by_role("radio", name="torchinfo")).to_be_checked()
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").get_by_role("button").click()
    file = tmp_path / "step.csv"
    waiting.value.save_as(file)
    rows = list(csv.DictReader(file.open()))
    assert len(rows) == 53 and sum(int(row["amount"]) for row in rows) == 53_120


def test_a_click_on_a_tools_bar_chooses_it(page: Page, app: str) -> None:
    visit(page, f"{app}/counting?net=resnet50", "Counting")
    page.locator("svg [data-key=paper]").click()
    expect(page.get_by_test_id("stMetricValue")).to_have_text("3,857,973,248")
    expect(page.get_by_text("The paper prints 3.8 billion.")).to_be_visible()
    settle(page)
    link_says(page, "cnt_stride=1x1")
