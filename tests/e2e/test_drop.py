"""A photo that is dropped or pasted anywhere on the page Predict becomes the session's photo."""

from __future__ import annotations

import base64
import io

import pytest
from playwright.sync_api import Page, expect

from resnet_explorer.photos.samples import open_sample
from tests.e2e.conftest import settle, visit

GIVE = """([event, kind, content, name]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: "image/jpeg" }));
    const carries = kind === "drop" ? { dataTransfer: data } : { clipboardData: data };
    const target = document.querySelector('[data-testid="stMain"]');
    const made = kind === "drop" ? DragEvent : ClipboardEvent;
    target.dispatchEvent(new made(event, { bubbles: true, cancelable: true, ...carries }));
}"""


def give(page: Page, kind: str, content: bytes, name: str) -> None:
    """Let a file be dropped on, or pasted into, the middle of the page."""
    text = base64.b64encode(content).decode()
    for event in ("dragover", "drop") if kind == "drop" else ("paste",):
        page.evaluate(GIVE, [event, kind, text, name])


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_photo_comes_from_anywhere(page: Page, app: str, kind: str) -> None:
    visit(page, f"{app}/predict", "Predict")
    page.locator("html[data-takes-drops] .st-key-dropped input[type=file]").wait_for(state="attached")
    file = io.BytesIO()
    open_sample("cat").image.save(file, "JPEG")
    give(page, kind, file.getvalue(), "my-cat.jpg")
    expect(page.locator(".photo figcaption")).to_contain_text("my-cat.jpg: 451 × 300")
    settle(page)
    give(page, kind, file.getvalue()[:9000], "cut.jpg")
    expect(page.get_by_text("cut.jpg is cut off or damaged")).to_be_visible()
    expect(page.locator(".photo figcaption")).to_contain_text("my-cat.jpg: 451 × 300")
