"""The camera way, with the camera that Chromium pretends to have: a frame is taken, shown and classified."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import CHROMIUM_FLAGS, PATIENCE, chromium, settle, visit

PRETENDED = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture
def page_with_camera(browser: Browser) -> Iterator[Page]:
    """A page of a browser of its own: whether there is a camera is settled when a browser starts."""
    own = browser.browser_type.launch(executable_path=chromium(), args=[*CHROMIUM_FLAGS, *PRETENDED])
    context = own.new_context(viewport={"width": 1440, "height": 1000}, permissions=["camera"])
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    own.close()


def test_a_frame_of_the_camera_is_classified(page_with_camera: Page, app: str) -> None:
    page = page_with_camera
    visit(page, f"{app}/predict?p_photo=camera", "Predict")
    page.locator(".st-key-_photo button").first.click()
    expect(page.get_by_text("The frame stays on this machine.")).to_be_visible()
    settle(page)
    photo = page.get_by_role("img", name="The photo, the square framed")
    before = photo.get_attribute("src") or ""
    expect(page.locator("video")).to_be_visible()  # with the browser's leave: before it, a frame is none
    page.wait_for_function("() => document.querySelector('video')?.videoWidth > 0")  # it shows something
    page.get_by_test_id("stCameraInputButton").click()
    expect(page.get_by_text(re.compile(r"^camera-input-.*\.jpg: [\d,]+ × [\d,]+")).first).to_be_visible()
    expect(photo).not_to_have_attribute("src", before)
    settle(page)
    # What Chromium pretends to see is none of the 184 things.
    expect(page.locator(".answer .heading")).to_have_text(re.compile("^(Unsure|Most probable)$"))
