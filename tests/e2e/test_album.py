"""Photos in a real browser: a ZIP is counted and kept; one of its photos is excluded, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import link_says, settle, visit, wait_until
from tests.e2e.test_many import uploaded_bytes
from tests.photos.files import file_of, scene, zipped


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two classes, 20 and 10 photos, and a file that is no photo."""
    files = {
        f"pets/{'cats' if number < 20 else 'dogs'}/{number}.jpg": file_of(scene(number, (80, 60)))
        for number in range(30)
    }
    (tmp_path / "pets.zip").write_bytes(zipped(files | {"pets/dogs/broken.jpg": b"woof"}))
    return tmp_path / "pets.zip"


def test_a_zip_is_counted_kept_and_a_photo_excluded(page: Page, app: str, archive: Path) -> None:
    visit(page, f"{app}/album", "Train")
    page.get_by_role("button", name="Add photos").click()
    before = uploaded_bytes(app)  # of other tests, which share the server
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(archive)
    expect(page.get_by_role("heading", name="What training sees of a photo")).to_be_visible()
    settle(page)
    expect(page.get_by_text("16 + 4", exact=True)).to_be_visible()
    expect(page.get_by_text("8 + 2", exact=True)).to_be_visible()
    expect(page.get_by_text("dogs/broken.jpg is no picture that can be read")).to_be_visible()
    wait_until(page, lambda: uploaded_bytes(app) <= before)

    page.locator('[data-key="0"]').first.click()
    expect(page.get_by_text("cats: 20 photos")).to_be_visible()
    settle(page)
    first = page.locator('[data-key="pets/pets/cats/0.jpg"]')
    first.click()
    expect(page.get_by_text("15 + 4 · 1 excluded", exact=True)).to_be_visible()
    settle(page)
    first.click()
    expect(page.get_by_text("16 + 4", exact=True)).to_be_visible()

    address = link_says(page, "al_album=pets-")
    page.goto("about:blank")
    visit(page, address, "Train")
    expect(page.get_by_text("cats: 20 photos")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("No photos are kept here yet.")).to_be_visible()
    settle(page)
