"""A student's phone: a question is answered, a photo given, its heatmap seen; no page scrolls sideways."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PATIENCE, close_popover, settle
from tests.e2e.test_frame import BROKEN
from tests.places import ROOT

PHOTO = ROOT / "docs" / "gradient.png"
PARTS = ".st-key-menu, .st-key-lesson, .st-key-lesson_steps, .st-key-head, .st-key-picture"
OUTSIDE = f"""() => [...document.querySelectorAll("{PARTS}")]
  .filter((part) => part.getBoundingClientRect().right > 391).map((part) => part.className)"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def fits(page: Page, has_spaces: bool = True) -> None:
    """The page is as wide as the phone, and no word is broken, where spaces say what a word is."""
    settle(page)
    found = page.evaluate(BROKEN)
    assert found["width"] == 390
    assert not page.evaluate(OUTSIDE)
    assert not (has_spaces and found["broken"])


def test_a_student_answers_gives_a_photo_and_sees_the_heatmap(phone: Page, app: str) -> None:
    phone.goto(f"{app}/?lesson=paper&step=9")
    steps = phone.locator(".st-key-lesson_steps")
    expect(steps).to_contain_text("Step 9 of 10")
    expect(phone.locator(".st-key-picture .picture svg").first).to_be_visible()
    fits(phone)
    picture = phone.locator(".st-key-picture .picture").first
    drawn = picture.locator("svg").first.bounding_box()
    assert drawn and drawn["width"] > 600, (
        "it keeps a size at which its words are read, and scrolls in its box"
    )

    phone.goto(f"{app}/?lesson=paper&step=3&lang=zh")
    phone.get_by_role("button", name="提问", exact=True).tap()
    asked = phone.get_by_test_id("stPopoverBody")
    asked.get_by_role("radiogroup").locator("label").nth(1).tap()
    asked.get_by_role("button", name="揭晓", exact=True).tap()
    expect(asked.get_by_text("正是如此")).to_be_in_viewport()
    close_popover(phone)
    fits(phone, has_spaces=False)

    phone.goto(f"{app}/?lesson=paper&step=10&lang=en")
    expect(phone.locator(".evidence img")).to_be_visible()
    phone.locator(".st-key-_photo button").first.tap()
    popover = phone.get_by_test_id("stPopoverBody")
    popover.get_by_role("radio", name="Upload", exact=True).or_(
        popover.get_by_text("Upload", exact=True)
    ).first.tap()
    chooser = popover.locator("input[type=file]")
    assert chooser.get_attribute("accept") is None, "a phone offers its camera, too"
    before = phone.locator(".evidence img").get_attribute("src")
    chooser.set_input_files(PHOTO)
    expect(popover.get_by_text(re.compile(r"^gradient\.png: [\d,]+ × "))).to_be_visible()
    close_popover(phone)
    expect(phone.locator(".evidence img")).not_to_have_attribute("src", before or "")
    expect(phone.locator(".evidence img")).to_be_in_viewport(ratio=0.95)
    expect(phone.locator(".answer .likeliest")).to_be_in_viewport()
    fits(phone)
    expect(steps.get_by_role("button").first).to_be_in_viewport()
