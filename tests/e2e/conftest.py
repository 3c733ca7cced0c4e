"""A real server and a real Chromium, and what a person does with them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 120_000  # ms: a busy machine loads torch slowly

expect.set_options(timeout=PATIENCE)


@contextmanager
def running_app(script: Path | None = None) -> Iterator[str]:
    """A server of its own, fresh, of the app or of another script: the address of its root."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    script = script or ROOT / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # A file that is saved while a test runs must not give its server two versions of a class.
    options = ["--server.headless=true", f"--server.port={port}", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://localhost:{port}"
    try:
        _wait_for_health(address)
        yield address
    finally:
        process.terminate()
        process.wait(60)  # a busy server answers late


def _wait_for_health(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the app did not answer within two minutes")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all tests, which neither sees nor changes what is kept on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with running_app() as address:
            yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no Chromium is installed: apt-get install chromium")
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield page
    context.close()


def visit(page: Page, address: str, heading: str) -> None:
    """Open an address and wait until the page with that heading has been drawn to the end."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong in it."""
    page.wait_for_timeout(300)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    assert page.get_by_test_id("stException").count() == 0


def choose_network(page: Page, name: str) -> None:
    """Pick a network in the sidebar by the name that people call it."""
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Network")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)
