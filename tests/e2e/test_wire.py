"""Cutting wires in a real browser: a click on a block, on an arc, two blocks swapped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit

SCORE = re.compile(r"Accuracy on 200 photos: \d+\.\d% → \d+\.\d%")


def numbers(page: Page) -> dict[str, Any]:
    with page.expect_download() as saved:
        page.get_by_role("button", name="Numbers as JSON").click()
    found: dict[str, Any] = json.loads(Path(saved.value.path()).read_text())
    return found


def test_a_click_on_a_block_changes_the_answer(page: Page, app: str) -> None:
    visit(page, f"{app}/wire?cw_view=hand", "Cut the wire")
    expect(page.locator("[data-key='b1.0']")).to_be_visible()
    page.get_by_role("radio", name="It depends on the block").click()
    expect(page.get_by_text("Nothing is cut yet")).to_be_visible()
    settle(page)
    bars = page.locator("svg[aria-label^='Cut: ']")
    whole = bars.get_attribute("aria-label")
    page.locator("[data-key='b2.0']").click()
    expect(page.get_by_role("heading", name=SCORE)).to_be_visible()
    settle(page)
    expect(bars).not_to_have_attribute("aria-label", whole or "")
    assert "cw_cut=s2.0" in page.url
    found = numbers(page)
    assert found["lesions"] == "s2.0"
    before, after = (found[f"probabilities of the {which} network"] for which in ("whole", "cut"))
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) > 0.01

    page.locator("[data-key='c1.1'] rect").click()
    page.wait_for_url(re.compile(r"cw_cut=c1\.1(%2C|,)s2\.0"))
    settle(page)
    page.get_by_role("radio", name="swap it with the next one clicked").click()
    settle(page)
    page.locator("[data-key='b3.1']").click()
    settle(page)
    page.locator("[data-key='b3.2']").click()
    page.wait_for_url(re.compile(r"x3\.1-3\.2"))
    settle(page)
    page.get_by_role("button", name="Mend all").click()
    expect(page.get_by_text("Nothing is cut yet")).to_be_visible()
    settle(page)
    assert "cw_cut" not in page.url
