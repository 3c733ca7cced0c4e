"""The four tests of a heatmap in a real browser, and long work that is stopped and goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit


def test_the_tests_one_after_another(page: Page, app: str) -> None:
    visit(page, f"{app}/prove?pr_test=areas", "Predict")
    reading = page.locator(".st-key-finding")
    expect(reading).to_contain_text(
        re.compile(r"more than with \d+ of 100 areas of the same shape elsewhere")
    )

    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON").click()
    numbers = json.loads(Path(saved.value.path()).read_text())
    assert len(numbers["probabilities without random areas"]) == 100
    assert numbers["stage"] == "stage 4"
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")

    page.get_by_role("radio", name="Pieces").click()
    expect(reading).to_contain_text("rank correlation")
    page.get_by_role("radio", name="Weights").click()
    expect(reading).to_contain_text("With every weight at random")
    expect(page.get_by_text("Head random")).to_have_count(2)  # the picture's and the chart's


def test_stop_keeps_what_is_known_and_go_on_goes_on(page: Page, app: str) -> None:
    page.goto(f"{app}/prove?pr_orders=100")  # 10,302 photos: long enough to be stopped on the way
    expect(page.get_by_text(re.compile(r"\d+ of 10,302 · about \d+ s left"))).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Photos shown to the network: ([4-9]\d\d|\d,\d+) of 10,302"))
    ).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    settle(page)
    stopped = page.get_by_text(re.compile(r"stopped at \d[\d,]* / 10,302"))
    expect(stopped).to_be_visible()
    reading = page.locator(".st-key-finding")
    orders = re.compile(r"smaller than with \d+ of (\d+) random orders")
    expect(reading).to_contain_text(orders)
    told = orders.search(reading.inner_text())
    assert told
    assert 0 < int(told[1]) < 100
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_test_id("stMain").get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    settle(page)
    expect(stopped).to_be_visible()
    expect(reading).to_contain_text(orders)
    further = orders.search(reading.inner_text())
    assert further
    assert int(further[1]) >= int(told[1])
