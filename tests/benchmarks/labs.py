"""What a class waits for in the laboratories at their defaults: from a click to the first picture."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.browser import empty_page
from tests.benchmarks.timing import Row
from tests.e2e.conftest import CHROMIUM_FLAGS, running_app

PICTURE = ".js-plotly-plot .main-svg"
CURVE = ".scatterlayer .trace path"
LIVE = f".st-key-dg_live_chart {CURVE}"
WAITS = (
    ("Through the depth, gradient", "gradient", "Show", PICTURE),
    ("Through the depth, signal", "gradient?td_lab=signal", "Show", PICTURE),
    ("Degradation", "degradation", "Show", PICTURE),
    (
        "Degradation, two networks trained, their first epoch",
        "degradation?dg_guess_shown=1",
        "Train both",
        LIVE,
    ),
    ("Cut the wire, the whole sweep", "wire?cw_view=sweep", "Show", PICTURE),
    ("The landscape", "landscape", "Show", PICTURE),
    ("The landscape, 9 × 9 points computed", "landscape?ls_guess_shown=1&ls_view=again", "Compute", PICTURE),
)


def rows() -> Iterator[Row]:
    """A fresh server for each: torch is loaded in that time, too."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        empty = empty_page(chromium)
        for name, address, click, picture in WAITS:
            yield Row(
                f"{name}: from “{click}” to the picture",
                _wait(chromium, address, click, picture),
                "an empty Streamlit page, from its start",
                empty,
                "≤ 10 s",
            )
        chromium.close()


def _wait(chromium: Browser, address: str, click: str, picture: str) -> float:
    with running_app() as app:
        page = chromium.new_page()
        page.set_default_timeout(300_000)
        page.goto(f"{app}/{address}")
        button = page.get_by_role("button", name=click, exact=True)
        button.wait_for()
        start = time.perf_counter()
        button.click()
        page.locator(picture).first.wait_for(state="attached")
        taken = (time.perf_counter() - start) * 1000
        page.close()
    return taken
