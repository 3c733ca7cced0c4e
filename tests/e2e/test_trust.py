"""Trust in a real browser: a cell of the matrix, its photos, one of them with both maps, and left out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ROOT, running_app, settle, visit
from tests.finetune_colours import colours_zip

MAKE = """
import sys
from pathlib import Path
from resnet_explorer.finetune.albums import keep_zip
from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.runs import runs_folder
from tests.finetune_colours import QUICK, story_of
with Path(sys.argv[1]).open("rb") as file:
    album = keep_zip(file, "colours.zip")
story = story_of(album.path, QUICK, "Colours", album.label)
for _ in conduct(story, story.photos, runs_folder() / "one"):
    pass
"""


@pytest.fixture(scope="module")
def app_with_a_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows one album and one run."""
    home = tmp_path_factory.mktemp("home")
    data: Path = colours_zip(home / "colours.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(home))
        subprocess.run([sys.executable, "-c", MAKE, str(data)], cwd=ROOT, check=True)
        with running_app() as address:
            yield address


def test_from_the_matrix_to_a_photo_and_its_maps(page: Page, app_with_a_run: str) -> None:
    visit(page, f"{app_with_a_run}/trust", "Trust it")
    number = page.get_by_test_id("stMetricValue").first.inner_text()
    assert re.fullmatch(r"\d of 9", number)
    cell = page.locator('[data-key="0-0"]')
    count = int(cell.locator("text").text_content() or "")
    cell.click()
    settle(page)
    expect(page.get_by_text(f"blue, named right: {count}")).to_be_visible()
    assert "tr_cell=0-0" in page.url
    photos = page.locator("svg image")
    expect(photos).to_have_count(count)

    box = page.locator('[data-key^="out:"]').first
    box.click()
    settle(page)
    expect(page.locator('[data-key^="out:"]').first).to_have_attribute("aria-checked", "true")
    expect(page.get_by_role("button", name="Train again without this photo")).to_be_enabled()

    photos.first.click()
    settle(page)
    expect(page.get_by_text("map for").first).to_be_visible()
    assert page.get_by_test_id("stImage").locator("img").count() == 3  # the photo, before, after
    expect(page.get_by_role("checkbox", name="Leave out")).to_be_checked()
    expect(page.get_by_text("untrained, seed 0")).to_be_visible()
    page.locator("svg [data-key]").last.click()  # the map of the class that is named last
    settle(page)
    assert re.search(r"tr_class=\d", page.url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")

    link = page.url
    visit(page, link, "Trust it")  # whoever gets the link sees the same photo
    expect(page.get_by_text("map for").first).to_be_visible()
    page.get_by_role("button", name="All photos").click()
    settle(page)
    expect(page.get_by_text(f"blue, named right: {count}")).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0


def test_the_figures_are_shown_and_the_photo_goes_on_to_predict(page: Page, app_with_a_run: str) -> None:
    visit(page, f"{app_with_a_run}/trust", "Trust it")
    for view, sign in (
        ("Per class", "harmonic mean"),
        ("How sure", "Expected calibration error"),
        ("How far it moved", "made again here from its seed"),
    ):
        page.get_by_role("radio", name=view).click()
        settle(page)
        expect(page.get_by_text(sign).first).to_be_visible()
    visit(page, f"{app_with_a_run}/trust?tr_photo=0", "Trust it")
    page.get_by_role("button", name="Open it on Predict").click()
    expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
    settle(page)
    expect(page.get_by_text("It knows 3 things").first).to_be_visible()
    assert page.get_by_test_id("stAlert").count() == 0
