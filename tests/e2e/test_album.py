"""Photos in a real browser: a ZIP is counted and kept; one of its photos is left out, and taken back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import settle, visit
from tests.e2e.test_many import uploaded_bytes


def scene(seed: int) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize((80, 60), Image.Resampling.BICUBIC).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two classes, 20 and 10 photos, and a file that is no photo."""
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as packed:
        for number in range(30):
            packed.writestr(f"pets/{'cats' if number < 20 else 'dogs'}/{number}.jpg", scene(number))
        packed.writestr("pets/dogs/broken.jpg", b"woof")
    return tmp_path / "pets.zip"


def test_a_zip_is_counted_kept_and_a_photo_left_out(page: Page, app: str, archive: Path) -> None:
    visit(page, f"{app}/album", "Your photos")
    before = uploaded_bytes(app)  # of other tests, which share the server
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(archive)
    expect(page.get_by_role("heading", name="What training sees of a photo")).to_be_visible()
    settle(page)
    expect(page.get_by_text("16 + 4", exact=True)).to_be_visible()
    expect(page.get_by_text("8 + 2", exact=True)).to_be_visible()
    expect(page.get_by_text("dogs/broken.jpg is no picture that can be read")).to_be_visible()
    assert uploaded_bytes(app) == before

    page.locator('[data-key="0"]').first.click()
    expect(page.get_by_role("heading", name="cats: 20 photos")).to_be_visible()
    settle(page)
    first = page.locator('[data-key="pets/pets/cats/0.jpg"]')
    first.click()
    expect(page.get_by_text("15 + 4 · 1 left out", exact=True)).to_be_visible()
    settle(page)
    first.click()
    expect(page.get_by_text("16 + 4", exact=True)).to_be_visible()

    address = page.url
    assert "al_album=pets-" in address
    page.goto("about:blank")
    visit(page, address, "Your photos")
    expect(page.get_by_role("heading", name="cats: 20 photos")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("One folder for each class")).to_be_visible()
    settle(page)
