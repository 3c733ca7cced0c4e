"""A walk through all pages in Chinese, as a browser shows them: Streamlit's words and our scripts' too."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from resnet_explorer.common.i18n import prose, speaking
from resnet_explorer.ui.app.page_list import GROUPS, OVERVIEW, PREDICT
from tests.e2e.conftest import close_popover, open_from_menu, settle
from tests.english_words import english, names

SHOWN = """() => {
  const parts = (root) => [...root.querySelectorAll("*")]
    .flatMap((part) => [part, ...(part.shadowRoot ? parts(part.shadowRoot) : [])]);
  const isRead = (part) => (part.checkVisibility() || part.matches("svg title, svg desc"))
    && !part.closest("style, script, noscript, code, pre, em, .katex, [data-testid=stIconMaterial]");
  const isWithin = (part) => part.parentElement && getComputedStyle(part).display === "inline";
  const sentence = (part) => isWithin(part) ? sentence(part.parentElement) : part;
  const names = ["aria-label", "title", "placeholder", "alt"];
  const sentences = new Map();
  const heard = [];
  for (const part of parts(document.body).filter(isRead)) {
    const said = [...part.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE);
    const whole = part.closest("[data-testid=stMarkdownContainer]") ?? sentence(part);
    sentences.set(whole, (sentences.get(whole) ?? "") + said.map((child) => child.data).join(""));
    heard.push(...names.map((name) => part.getAttribute(name)).filter(Boolean));
  }
  return [...sentences.values(), ...heard].map((text) => text.trim()).filter(Boolean);
}"""
"""Sentences that are seen, without code and titles, and what those hear who do not see."""


def test_no_chinese_page_shows_an_english_word(person: Callable[[], Page], app: str) -> None:
    page = person()
    with speaking("zh"):
        glossary = prose("words")
        walk = [(group.name, entry.name, entry) for group in GROUPS for entry in group.pages]
    left: dict[str, set[str]] = {}

    def look(place: str) -> None:
        said = [text for text in page.evaluate(SHOWN) if text not in glossary]
        left.update({f"{place}: {text[:120]}": words for text in said if (words := english(text) - names())})

    page.goto(f"{app}/?lang=zh")
    expect(page.locator(".st-key-menu").get_by_role("button", name=walk[0][0])).to_be_visible()
    settle(page)
    look(OVERVIEW.stem)
    for group, name, entry in walk:
        open_from_menu(page, group, name)
        expect(page.locator(".st-key-head").get_by_role("heading", name=name, exact=True)).to_be_visible()
        settle(page)
        look(entry.stem)
        for button in ("_network", "_photo") if entry is PREDICT else ():
            page.locator(f".st-key-{button} button").first.click()
            expect(page.get_by_test_id("stPopoverBody").locator("label").first).to_be_visible()
            settle(page)
            look(button)
            close_popover(page)
    assert not left
