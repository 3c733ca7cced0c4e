"""Ablation in a real browser: a click on a block, on an arc, two blocks swapped."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import close_popover, link_lacks, link_says, settle, visit

SCORE = re.compile(r"Accuracy, 200 photos: \d+\.\d% → \d+\.\d%")


def numbers(page: Page) -> dict[str, Any]:
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON").click()
    found: dict[str, Any] = json.loads(Path(saved.value.path()).read_text())
    return found


def top_classes(bars: Locator) -> list[str]:
    return [text for text in bars.locator("text").all_text_contents() if not text.endswith("%")]


def test_a_click_on_a_block_changes_the_answer(page: Page, app: str) -> None:
    visit(page, f"{app}/wire?cw_net=study/residual-20", "Cut the wire")
    expect(page.locator("[data-key='b1.0']")).to_be_visible()
    expect(page.get_by_text("Take a block out, or cut an arc")).to_be_visible()
    settle(page)
    whole, bars = (page.locator(f"g[aria-label^='{side}: ']") for side in ("Whole", "Cut"))
    label = bars.get_attribute("aria-label")  # once they are there
    before = top_classes(bars)
    assert len(before) == 5
    assert top_classes(whole) == before
    page.locator("[data-key='b2.0']").click()
    expect(page.get_by_role("img", name=SCORE)).to_be_visible()
    settle(page)
    expect(bars).not_to_have_attribute("aria-label", label or "")
    assert top_classes(whole) == before
    assert len(top_classes(bars)) == 5
    link_says(page, "cw_cut=s2.0")
    found = numbers(page)
    assert found["lesions"] == "s2.0"
    uncut, cut = (found[f"probabilities of the {which} network"] for which in ("whole", "cut"))
    assert max(abs(one - other) for one, other in zip(uncut, cut, strict=True)) > 0.01

    page.locator("[data-key='c1.1'] rect").click()
    page.wait_for_url(re.compile(r"cw_cut=c1\.1(%2C|,)s2\.0"))
    settle(page)
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("radio", name="swap it with the next one clicked").click()
    link_says(page, "cw_tool=swap")
    close_popover(page)
    page.locator("[data-key='b3.1']").click()
    expect(page.locator("[data-key='b3.1'] [stroke-width='6']")).to_be_attached()  # it waits for the other
    settle(page)
    page.locator("[data-key='b3.2']").click()
    page.wait_for_url(re.compile(r"x3\.1-3\.2"))
    settle(page)
    page.get_by_role("button", name="Mend all").click()
    expect(page.get_by_text("Take a block out, or cut an arc")).to_be_visible()
    settle(page)
    link_lacks(page, "cw_cut")
