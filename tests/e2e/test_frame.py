"""One frame: every page has its picture and its controls on the first screen, for every eye and hand."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from resnet_explorer.ui.app.page_list import PAGES
from tests.e2e.conftest import at_rest, settle

SHOWN = {"gradient": "gw_guess_shown=1", "degradation": "dg_guess_shown=1", "wire": "cw_guess_shown=1"}
SHOWN |= {"landscape": "ls_guess_shown=1"}
STEMS = [page.stem for page in PAGES]

IS_DRAWN = """() => {
  const inShadow = (root) => [...root.querySelectorAll("*")].flatMap((part) =>
    [part, ...(part.shadowRoot ? inShadow(part.shadowRoot) : [])]);
  const place = document.querySelector(".st-key-picture"), { bottom } = place.getBoundingClientRect();
  // Plotly draws a chart at a height of its own first, and then at that of its place.
  return inShadow(place).filter((part) => part.matches("svg, canvas, img, .js-plotly-plot"))
    .map((part) => part.getBoundingClientRect()).some((box) => box.width > 200 && box.bottom <= bottom + 1);
}"""
BROKEN = r"""() => {
  const inShadow = (root) => [...root.querySelectorAll("*")].flatMap((part) =>
    [part, ...(part.shadowRoot ? inShadow(part.shadowRoot) : [])]);
  const broken = [];
  for (const part of inShadow(document.querySelector("[data-testid=stApp]"))) {
    for (const words of [...part.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE)) {
      for (const word of words.textContent.matchAll(/[^\s\/_.–-]{2,}/g)) {
        const range = document.createRange();
        range.setStart(words, word.index);
        range.setEnd(words, word.index + word[0].length);
        const tops = [...range.getClientRects()].filter((box) => box.width > 0).map((box) => box.top);
        if (Math.max(...tops) - Math.min(...tops) > 6) broken.push(word[0]);
      }
    }
  }
  return { broken, width: document.documentElement.scrollWidth };
}"""
FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return null;
  // Of fields and switches Streamlit colours the edge.
  const seen = !at.matches("a, button, svg *");
  const rings = (part) => {
    const look = getComputedStyle(part);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none";
  };
  const above = at.parentElement;
  const around = [at, above, above?.parentElement, at.nextElementSibling, at.firstElementChild];
  const name = at.getAttribute("aria-label") || at.textContent.trim() || at.id || at.tagName;
  return { name: name.slice(0, 60), seen: seen || around.filter(Boolean).some(rings) };
}"""
IS_DARK = """() => {
  const ground = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
  return ground.match(/\\d+/g).slice(0, 3).every((part) => +part < 100);
}"""
MEASURE = """() => {
  const box = (part) => part.getBoundingClientRect().toJSON();
  const place = document.querySelector(".st-key-picture");
  const inShadow = (root) => [...root.querySelectorAll("*")].flatMap((part) =>
    [part, ...(part.shadowRoot ? inShadow(part.shadowRoot) : [])]);
  const parts = inShadow(place);
  const pictures = parts.filter((part) => part.matches("svg, canvas, img, .js-plotly-plot, button"))
    .map(box).filter((each) => each.width * each.height > 0);
  const texts = parts.filter((part) => part.matches("text, p, label, td, th, button"));
  const small = texts.filter((part) => part.textContent.trim())
    .filter((part) => {
      const drawn = part.ownerSVGElement ? part.getScreenCTM() : { a: 1, b: 0 };
      const scale = Math.hypot(drawn.a, drawn.b); // a word on its side is turned, and no smaller
      const shown = part.getBoundingClientRect();
      return shown.width > 0 && parseFloat(getComputedStyle(part).fontSize) * scale < 13.5;
    }).map((part) => part.textContent.trim().slice(0, 40));
  const cut = [...document.querySelectorAll(".st-key-head p, .st-key-menu p")]
    .filter((part) => part.scrollWidth > part.clientWidth + 1).map((part) => part.textContent);
  const head = box(document.querySelector(".st-key-head"));
  const name = (part) => {
    for (let at = part; at && at !== place; at = at.parentElement || at.getRootNode().host) {
      const title = [...at.children].find((child) => child.tagName === "title");
      const words = at.getAttribute("aria-label") || at.getAttribute("alt") || title?.textContent;
      if (words) return words;
    }
    return "";
  };
  const unnamed = parts.filter((part) => part.matches("svg, canvas, img") && part.clientWidth > 60)
    .map((part) => [name(part), part.outerHTML.slice(0, 80)]).filter(([words]) => words.length < 6);
  const lines = [...document.querySelectorAll(".st-key-sentence p")]
    .map((part) => part.clientHeight / parseFloat(getComputedStyle(part).lineHeight));
  const width = document.documentElement.scrollWidth;
  return { place: box(place), pictures, small, cut, head, unnamed, lines, width };
}"""


@pytest.fixture(scope="module", params=STEMS)
def visited(request: pytest.FixtureRequest, profile: BrowserContext, app: str) -> Iterator[Page]:
    """A page of the app, opened once for all that is looked at on it."""
    page = profile.new_page()
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto(f"{app}/{request.param}?{SHOWN.get(request.param, '')}")
    yield page
    page.close()


def screens(page: Page) -> Iterator[int]:
    """A projector's window, its browser's own bars taken off or not, light and dark: each one's height."""
    page.set_viewport_size({"width": 1280, "height": 600})
    page.emulate_media(color_scheme="light")
    yield 600
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    yield 720


def test_the_picture_and_its_controls_are_on_the_first_screen(visited: Page) -> None:
    for height in screens(visited):
        check_screen(visited, height)


def check_screen(page: Page, height: int) -> None:
    found = measured(page)
    place, head = found["place"], found["head"]
    assert place["top"] >= 0 and place["bottom"] <= height, "the picture's place is whole in the window"
    assert head["bottom"] <= place["top"] + 1 and head["height"] <= 70, "the head is one line above it"
    inside = [box for box in found["pictures"] if box["bottom"] <= height + 1 and box["right"] <= 1281]
    widest, highest = (max(box[side] for box in inside) for side in ("width", "height"))
    assert widest >= 1000 or highest >= 340, found["pictures"]
    assert found["width"] <= 1280, "nothing makes the page wider than the window"
    assert not found["cut"], "no word of the head or of the menu is cut"
    assert not found["small"], "no label is smaller than 14 pixels"
    assert not found["unnamed"], "every picture says what it shows to those who hear it"
    assert sum(found["lines"]) < 1.5, "the sentence beneath it is one line"
    assert not is_blank(page.locator(".st-key-picture").screenshot())
    assert not lasting_violations(page)


def test_at_125_percent_no_word_is_broken_and_the_keyboard_sees_where_it_is(visited: Page) -> None:
    """1280 × 600 pixels are 1024 × 480 of the page's."""
    visited.emulate_media(color_scheme="light")
    screen = {"width": 1024, "height": 480, "deviceScaleFactor": 1.25, "mobile": False}
    visited.context.new_cdp_session(visited).send("Emulation.setDeviceMetricsOverride", screen)
    visited.wait_for_function("() => devicePixelRatio === 1.25 && innerWidth === 1024")
    visited.locator(".st-key-head").wait_for()
    settle(visited)
    visited.wait_for_function("() => !document.querySelector('[data-testid=\"stSpinner\"]')")
    settle(visited)
    found = at_rest(visited, lambda: visited.evaluate(BROKEN))
    assert not found["broken"]
    assert found["width"] <= 1024
    stops = tab_stops(visited, 40)
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    names = " ".join(stop["name"] for stop in stops)
    assert "Why residual?" in names and "Words" in names


@pytest.mark.parametrize("stem", SHOWN)
def test_before_it_is_shown_a_lab_asks_on_one_screen(page: Page, app: str, stem: str) -> None:
    page.goto(f"{app}/{stem}")
    for height in screens(page):
        found = measured(page, drawn=False)
        assert found["place"]["bottom"] <= height
        assert not found["cut"] and not found["small"]


def tab_stops(page: Page, most: int) -> list[dict[str, Any]]:
    """Where Tab leads, from the page's beginning."""
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    return stops


def measured(page: Page, drawn: bool = True) -> dict[str, Any]:
    """What stands where, once the page has been drawn to its end and its picture is there."""
    page.locator(".st-key-picture").wait_for()
    settle(page)
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stSpinner\"]')")
    settle(page)
    if drawn:
        page.wait_for_function(IS_DRAWN)
    found: dict[str, Any] = at_rest(page, lambda: page.evaluate(MEASURE))
    return found


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2, levels A and AA: contrast, names, what is nested."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]})
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def lasting_violations(page: Page) -> list[str]:
    """Those that stay: what a rerun is about to change is faded meanwhile."""
    for _ in range(5):
        found = violations(page)
        if not found:
            break
        settle(page)
    return found


def is_blank(screenshot: bytes) -> bool:
    """Whether nearly all of a picture is of one colour."""
    pixels = np.asarray(Image.open(io.BytesIO(screenshot)).convert("L"), dtype=np.int16)
    return bool((abs(pixels - np.median(pixels)) > 16).mean() < 0.005)
