"""A real server and a real Chromium, and what a person does with them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from resnet_explorer.serving.processes import free_ports
from tests import waiting
from tests.places import ROOT

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
Seen = TypeVar("Seen")

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a server and a browser is no part of the quick loop, and comes first in the whole.

    Such modules take long: at the end, one would keep a worker busy while the others have none left.
    """

    def needs_browser(item: pytest.Item) -> bool:
        return item.path.is_relative_to(Path(__file__).parent)

    for item in filter(needs_browser, items):
        item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: not needs_browser(item))


@contextmanager
def running_app(script: Path | None = None) -> Iterator[str]:
    """A server of its own, fresh, of the app or of another script: the address of its root."""
    (port,) = free_ports(1)
    script = script or ROOT / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    # A file that is saved while a test runs must not give its server two versions of a class.
    options = ["--server.headless=true", f"--server.port={port}", "--server.fileWatcherType=none"]
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://localhost:{port}"
    try:
        wait_for_health(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(60)  # a busy server answers late


@contextmanager
def class_server(
    printed: Path, port: int | None = None, options: Sequence[str] = ()
) -> Iterator[tuple[str, str, subprocess.Popen[bytes]]]:
    """A server for a class: its address, the teacher's path, its process.

    Args:
        printed: a file for what it prints.
        port: any that is free unless told.
        options: more for `serve --class`.
    """
    port = port or free_ports(1)[0]
    command = [sys.executable, "-m", "resnet_explorer", "serve", "--class", f"--port={port}", *options]
    with printed.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        wait_for_health(f"http://localhost:{port}", process)
        secret = re.search(r"/teach/\S+", printed.read_text())
        assert secret
        yield f"http://localhost:{port}", secret.group(), process
    finally:
        process.terminate()
        process.wait(60)


def wait_for_health(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers, unless it ends before."""

    def is_there() -> bool:
        assert process.poll() is None, "the server has ended"
        return answers(address)

    waiting.wait_until(is_there)


def answers(address: str) -> bool:
    """Whether the server of an address does."""
    try:
        with urllib.request.urlopen(urljoin(address, "/_stcore/health"), timeout=PATIENCE / 1000) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for all tests, with a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with running_app() as address:
            patch.undo()  # other tests in this process have other homes
            yield address


def chromium() -> str:
    """The program."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if program := shutil.which(name):
            return program
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("no Chromium is installed: apt-get install chromium")
    pytest.skip("no Chromium is installed")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """What a browser keeps from page to page, first of all Streamlit's scripts: for all tests.

    An empty page keeps its window open: a new one for each test costs as much as the page in it. Motion
    that nobody sees is drawn on the same cores as the app runs on.
    """
    context = browser.new_context(accept_downloads=True, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.new_page()
    yield context
    context.close()


@pytest.fixture
def page(profile: BrowserContext) -> Iterator[Page]:
    page = profile.new_page()
    page.set_viewport_size({"width": 1440, "height": 1000})
    yield page
    page.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[[], Page]]:
    """One more person with a browser."""
    contexts = []

    def come() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce"))
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1].new_page()

    yield come
    for context in contexts:
        context.close()


def visit(page: Page, address: str, heading: str) -> None:
    """Open an address and wait until the page with that heading has been drawn to the end."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script has run, and see that nothing went wrong in it."""
    assert answers(page.url)  # a busy server, too, has heard by then of the click before
    page.wait_for_timeout(300)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    assert page.get_by_test_id("stException").count() == 0


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what no locator can tell: a place, a file, what a server says."""
    waiting.wait_until(holds, lambda: page.wait_for_timeout(50))


def close_popover(page: Page) -> None:
    """By Escape, until it is closed: one that has only just come does not listen yet."""
    popover = page.get_by_test_id("stPopoverBody")

    def is_closed() -> bool:
        if popover.count():
            page.keyboard.press("Escape")
        return not popover.count()

    wait_until(page, is_closed)


def at_rest(page: Page, look: Callable[[], Seen]) -> Seen:
    """What is seen as soon as it is there and the same twice: nothing moves any more."""
    seen: list[Seen] = [look()]

    def is_the_same() -> bool:
        page.wait_for_timeout(150)
        seen.append(look())
        return seen[-1] is not None and seen[-1] == seen[-2]

    wait_until(page, is_the_same)
    return seen[-1]


def drawn(table: Locator) -> Locator:
    """A table of Streamlit's, once it is on its canvas: before that, a click on it is lost."""
    table.scroll_into_view_if_needed()  # further down it is not drawn at all
    expect(table.locator("canvas [role=gridcell]").first).to_be_attached()
    return table


def link_says(page: Page, *parts: str) -> str:
    """The address, once it holds these: it is written after the page is."""
    for part in parts:
        expect(page).to_have_url(re.compile(re.escape(part)))
    return page.url


def link_lacks(page: Page, part: str) -> None:
    """Wait until the address holds this no longer."""
    expect(page).not_to_have_url(re.compile(re.escape(part)))


def choose_network(page: Page, name: str) -> None:
    """Pick a network in the head of the page by the name that people call it."""
    page.locator(".st-key-_network button").first.click()
    box = page.get_by_role("combobox", name="Network", exact=True)
    box.click()
    box.fill(name)
    page.get_by_role("option", name=name, exact=True).click()
    settle(page)
    close_popover(page)


def open_from_menu(page: Page, group: str, name: str) -> None:
    """Go to a page by the menu bar; a popover that is open, as the menu's of before, is closed first."""
    close_popover(page)
    page.locator(".st-key-menu").get_by_role("button", name=group, exact=True).click()
    page.get_by_test_id("stPopoverBody").get_by_role("link", name=name, exact=True).click()
    settle(page)
