"""A ZIP of photos in a real browser: the table, what could not be read, Stop, and the file to take home."""

from __future__ import annotations

import csv
import io
import re
import urllib.request
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from resnet_explorer.photos.samples import SAMPLES, sample_bytes
from resnet_explorer.weights.catalogue import find
from tests.e2e.conftest import PATIENCE, drawn, link_lacks, open_from_menu, settle, visit, wait_until


def give(page: Page, *files: Path) -> None:
    uploader = page.get_by_test_id("stMain").locator(".st-key-picture").get_by_test_id("stFileUploader")
    uploader.locator("input[type=file]").set_input_files(list(files))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A good file, one that is none, and one inside a folder."""
    with zipfile.ZipFile(tmp_path / "trip.zip", "w") as packed:
        packed.writestr("cat.png", sample_bytes("cat"))
        packed.writestr("diary.jpg", "this is no picture")
        packed.writestr("day 2/rocket.jpg", sample_bytes("rocket"))
        packed.writestr("__MACOSX/._cat.png", "litter")
    return tmp_path / "trip.zip"


def uploaded_bytes(app: str) -> int:
    """Of the uploads that the server holds, of all sessions."""
    with urllib.request.urlopen(f"{app}/_stcore/metrics", timeout=PATIENCE / 1000) as answer:
        lines = answer.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if "UploadedFileManager" in line)


def test_an_archive_gives_a_table_the_unread_and_a_file(page: Page, app: str, archive: Path) -> None:
    visit(page, f"{app}/many?mp_from=files", "Side by side")
    before = uploaded_bytes(app)  # of other tests, which share the server
    give(page, archive)
    expect(page.get_by_text("2 photos", exact=True)).to_be_visible()
    settle(page)
    expect(page.get_by_text("1 file could not be read")).to_be_visible()
    wait_until(page, lambda: uploaded_bytes(app) <= before)
    with page.expect_download() as download:
        page.locator(".st-key-mp_csv button").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert [row["photo"] for row in rows if row["rank"] == "1"] == [
        "trip.zip/cat.png",
        "trip.zip/day 2/rocket.jpg",
    ]
    assert {row["label"] for row in rows} <= set(find("bundled").classes)

    table = drawn(page.get_by_test_id("stDataFrame").first)
    table.click(position={"x": 18, "y": 40 + 72 * 1.5})  # the second row's box
    settle(page)
    expect(page.get_by_test_id("stText").get_by_text("trip.zip/day 2/rocket.jpg")).to_be_visible()
    open_from_menu(page, "The photo lab", "Predict")
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    page.locator(".st-key-_photo button").first.click()
    expect(page.get_by_text("trip.zip/day 2/rocket.jpg: 512 × 342").last).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0


def test_a_photo_is_opened_on_predict_by_a_button(page: Page, app: str) -> None:
    visit(page, f"{app}/many?mp_order=unsure", "Side by side")
    page.get_by_role("button", name="Open it on Predict").click()
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    page.locator(".st-key-_photo button").first.click()
    names = "|".join(re.escape(each.file) for each in SAMPLES)
    expect(page.get_by_text(re.compile(rf"^({names}): \d+ × \d+")).last).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0
    link_lacks(page, "mp_")


def test_stop_keeps_what_is_known_and_go_on_does_the_rest(page: Page, app: str, tmp_path: Path) -> None:
    content = [sample_bytes(each.name) for each in SAMPLES]
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as packed:
        for number in range(600):
            packed.writestr(f"{number:04}.png", content[number % len(content)])
    visit(page, f"{app}/many?mp_from=files", "Side by side")
    before = uploaded_bytes(app)
    give(page, tmp_path / "many.zip")
    ours = page.get_by_test_id("stButton")  # and not the one that Streamlit shows at the top
    expect(page.get_by_text("of 600 ·")).to_be_visible()
    ours.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped at")).to_be_visible()
    settle(page)
    shown = page.locator(".st-key-sentence strong").first.inner_text()
    assert 0 < int(shown.split()[0]) < 600
    ours.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("600 photos", exact=True)).to_be_visible()
    settle(page)
    wait_until(page, lambda: uploaded_bytes(app) <= before)


def test_a_folder_comes_with_its_folders(page: Page, app: str, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "cat.png").write_bytes(sample_bytes("cat"))
    (folder / "rocket.jpg").write_bytes(sample_bytes("rocket"))
    visit(page, f"{app}/many?mp_from=folder", "Side by side")
    give(page, folder)
    expect(page.get_by_text("2 photos", exact=True)).to_be_visible()
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-mp_csv button").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "album/deep/cat.png,1," in text
