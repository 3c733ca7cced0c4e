"""What a person waits for, in Chromium: the first paint, and the repaint after another depth."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from resnet_explorer.ui.app.page_list import PAGES
from tests.benchmarks.timing import Row, side_by_side
from tests.e2e.conftest import CHROMIUM_FLAGS, running_app
from tests.e2e.test_frame import SHOWN

PICTURE = ".st-key-picture :is(svg, canvas, img, .js-plotly-plot)"
EMPTY_APP = 'import streamlit as st\n\nst.title("Empty")\n'


def rows(rounds: int = 3) -> Iterator[Row]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(_start_to_paint(chromium, None, "ResNet Explorer"))
            theirs.append(empty_page(chromium))
        yield Row(
            "start of the server to first paint, Overview",
            statistics.median(ours),
            "an empty Streamlit page",
            statistics.median(theirs),
        )
        with running_app() as address:
            page = chromium.new_page()
            page.goto(f"{address}/architecture?net=resnet18")
            page.get_by_text("11,270,904").first.wait_for()
            changes = [_change_depth(page) for _ in range(rounds)]
            yield Row(
                "Architecture, depth 18 → 152 to repaint",
                statistics.median(changes),
                "an empty page's start",
                statistics.median(theirs),
            )
        yield from _pages(chromium, rounds)
        chromium.close()


def _pages(chromium: Browser, rounds: int) -> Iterator[Row]:
    """Each page, opened by its link in a session of its own, until its picture is there."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_APP)
        with running_app() as ours, running_app(script) as theirs:
            for page in PAGES:
                link = f"{ours}/{page.stem}?{SHOWN.get(page.stem, '')}"
                times = side_by_side(
                    {
                        "ours": partial(_opened, chromium, link, PICTURE),
                        "empty": partial(_opened, chromium, theirs, "h1"),
                    },
                    rounds,
                )
                yield Row(
                    f"{page.english_name}, opened", times["ours"], "an empty Streamlit page", times["empty"]
                )


def _opened(chromium: Browser, address: str, part: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 600})
    page.goto(address)
    page.locator(part).first.wait_for()
    page.close()


def empty_page(chromium: Browser) -> float:
    """From the start of a server to the first paint of a page with a heading and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY_APP)
        return _start_to_paint(chromium, script, "Empty")


def _start_to_paint(chromium: Browser, script: Path | None, heading: str) -> float:
    start = time.perf_counter()
    with running_app(script) as address:
        page = chromium.new_page()
        page.goto(address)
        page.get_by_role("heading", name=heading).first.wait_for()
        taken = (time.perf_counter() - start) * 1000
        page.close()
    return taken


def _change_depth(page: Page) -> float:
    """From the click on the name to the other network's parameters on the screen, and back."""
    taken = _choose(page, "ResNet-152", "60,192,808")
    _choose(page, "ResNet-18", "11,270,904")
    return taken


def _choose(page: Page, name: str, parameters: str) -> float:
    box = page.get_by_role("combobox", name="Network")
    if not box.is_visible():
        page.locator(".st-key-_network button").first.click()
    box.click()
    box.fill(name)
    option = page.get_by_role("option", name=name, exact=True)
    option.wait_for()
    start = time.perf_counter()
    option.click()
    page.get_by_text(parameters).first.wait_for()
    return (time.perf_counter() - start) * 1000
