"""At 125 % no word is broken, and a keyboard reaches everything, on every page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from resnet_explorer.ui.app.page_list import PAGES
from tests.e2e.conftest import PATIENCE, link_says, settle, visit
from tests.e2e.test_frame import SHOWN

STEMS = [page.stem for page in PAGES]
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


@pytest.fixture
def zoomed(browser: Browser) -> Iterator[Page]:
    """A projector's window at 125 %: 1280 × 600 pixels, 1024 × 480 of the page's."""
    context = browser.new_context(viewport={"width": 1024, "height": 480}, device_scale_factor=1.25)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("stem", STEMS)
def test_at_125_percent_no_word_is_broken_and_the_keyboard_sees_where_it_is(
    zoomed: Page, app: str, stem: str
) -> None:
    zoomed.goto(f"{app}/{stem}?{SHOWN.get(stem, '')}")
    zoomed.locator(".st-key-head").wait_for()
    settle(zoomed)
    zoomed.wait_for_function("() => !document.querySelector('[data-testid=\"stSpinner\"]')")
    settle(zoomed)
    found = zoomed.evaluate(BROKEN)
    assert not found["broken"]
    assert found["width"] <= 1024
    stops = tab_stops(zoomed, 40)
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    names = " ".join(stop["name"] for stop in stops)
    assert "Why residual?" in names and "Words" in names


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


LONGEST_MOTION = """() => Math.max(...[...document.querySelectorAll("*")].map((part) => {
  const look = getComputedStyle(part);
  return Math.max(...[look.transitionDuration, look.animationDuration].map(parseFloat));
}))"""
"""Seconds."""


def test_a_popover_opens_and_closes_by_keyboard(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture", "Architecture")
    assert page.evaluate(LONGEST_MOTION) > 0.05, "a button's colour changes slowly"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(LONGEST_MOTION) < 0.001
    for button in (
        page.get_by_role("button", name="Its parts"),
        page.locator(".st-key-_network button").first,
        page.locator(".st-key-_photo button").first,
        page.locator(".st-key-more_settings button").first,
    ):
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
        expect(button).to_be_focused()


def test_the_steps_of_the_path_are_chosen_by_keyboard(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet50&weights=none", "Architecture")
    page.locator(".st-key-picture svg [tabindex='0']").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    name = page.evaluate(FOCUSED)["name"]
    page.keyboard.press("Enter")
    settle(page)
    link_says(page, "arch_step=")
    assert page.evaluate(FOCUSED)["name"] == name, "the focus stays where it was"
