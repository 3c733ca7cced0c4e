"""From the click on *Train* to the first point of its curve, on flower_photos, in Chromium.

`FLOWERS=flower_photos.zip python -m tests.benchmarks first_point`; the default strategy, the bundled network.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from resnet_explorer.finetune.dataset.store import keep_zip
from tests.benchmarks.timing import Row
from tests.e2e.conftest import CHROMIUM_FLAGS, running_app, settle


def rows(rounds: int = 3) -> Iterator[Row]:
    archive = os.environ.get("FLOWERS")
    if not archive:
        print("first_point: FLOWERS names no ZIP of flower_photos; left out.", file=sys.stderr)
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        times = [_clicked(chromium, Path(archive)) for _ in range(rounds)]
        chromium.close()
    passing, first = (statistics.median(column) for column in zip(*times, strict=True))
    yield Row("click on Train to the first point, ≤ 10 s", first, "to the first photos passing", passing)


def _clicked(chromium: Browser, archive: Path) -> tuple[float, float]:
    """Milliseconds to the first photos that have passed, and to the first point; then it is stopped."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", home)
        with archive.open("rb") as file:
            keep_zip(file, archive.name)
        with running_app() as address:
            page = chromium.new_page(viewport={"width": 1280, "height": 600})
            page.goto(f"{address}/train?tn_view=new")
            button = page.get_by_role("button", name="Train", exact=True)
            button.wait_for()
            settle(page)
            began = time.perf_counter()
            button.click()
            page.get_by_text(re.compile(r"\b[1-9]\d*% have")).first.wait_for(state="attached")
            passing = time.perf_counter() - began
            page.get_by_text("passed: by a first head").first.wait_for()
            first = time.perf_counter() - began
            page.get_by_role("button", name="Stop", exact=True).click()
            expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
            page.close()
    return 1000 * passing, 1000 * first
