"""One frame: every page has its picture, and the controls that change it, on the first screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from resnet_explorer.ui.app.page_list import PAGES
from tests.e2e.conftest import PATIENCE, settle

SHOWN = {"gradient": "gw_guess_shown=1", "degradation": "dg_guess_shown=1", "wire": "cw_guess_shown=1"}
SHOWN |= {"landscape": "ls_guess_shown=1"}
STEMS = [page.stem for page in PAGES]

IS_DRAWN = """() => {
  const inShadow = (root) => [...root.querySelectorAll("*")].flatMap((part) =>
    [part, ...(part.shadowRoot ? inShadow(part.shadowRoot) : [])]);
  return inShadow(document.querySelector(".st-key-picture")).some((part) =>
    part.matches("svg, canvas, img, .js-plotly-plot") && part.getBoundingClientRect().width > 200);
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


@pytest.fixture(params=[(600, "light"), (720, "dark")], ids=["600-light", "720-dark"])
def projector(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window of a projector: 1280 pixels wide, its browser's own bars taken off or not."""
    height, theme = request.param
    scheme: Literal["light", "dark"] = theme
    context = browser.new_context(viewport={"width": 1280, "height": height}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("stem", STEMS)
def test_the_picture_and_its_controls_are_on_the_first_screen(projector: Page, app: str, stem: str) -> None:
    projector.goto(f"{app}/{stem}?{SHOWN.get(stem, '')}")
    found = measured(projector)
    height = projector.viewport_size["height"] if projector.viewport_size else 0
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
    assert not is_blank(projector.locator(".st-key-picture").screenshot())


@pytest.mark.parametrize("stem", SHOWN)
def test_before_it_is_shown_a_lab_asks_on_one_screen(projector: Page, app: str, stem: str) -> None:
    projector.goto(f"{app}/{stem}")
    found = measured(projector, drawn=False)
    height = projector.viewport_size["height"] if projector.viewport_size else 0
    assert found["place"]["bottom"] <= height
    assert not found["cut"] and not found["small"]


def measured(page: Page, drawn: bool = True) -> dict[str, Any]:
    """What stands where, once the page has been drawn to its end and its picture is there."""
    page.locator(".st-key-picture").wait_for()
    settle(page)
    page.wait_for_function("() => !document.querySelector('[data-testid=\"stSpinner\"]')")
    settle(page)
    if drawn:
        page.wait_for_function(IS_DRAWN)
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found


def is_blank(screenshot: bytes) -> bool:
    """Whether nearly all of a picture is of one colour."""
    pixels = np.asarray(Image.open(io.BytesIO(screenshot)).convert("L"), dtype=np.int16)
    return bool((abs(pixels - np.median(pixels)) > 16).mean() < 0.005)
