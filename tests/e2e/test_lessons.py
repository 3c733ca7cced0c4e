"""A lesson in a real browser: from the first step to the last with its questions, back again, presented."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from resnet_explorer.lessons.store import find_lesson
from resnet_explorer.ui.app.page_list import PAGES, STEMS
from tests.e2e.conftest import at_rest, close_popover, settle, visit
from tests.e2e.test_frame import measured

ENTRIES_OF_A_LATE_PAGE = """() => {
  const before = history.length;
  for (const address of ["/blocks?lesson=paper&step=4", "/blocks?net=resnet50&lesson=paper&step=4",
                         "/shortcuts?net=resnet50&lesson=paper&step=4"]) history.pushState({}, "", address);
  return history.length - before;
}"""
"""As a fast server tells a step: its link twice, and only then its page."""
TITLES = {page.stem: page.name for page in PAGES} | {"overview": "ResNet Explorer"}


def step_is(page: Page, number: int, count: int, title: str) -> None:
    expect(page.locator(".st-key-lesson_steps")).to_contain_text(f"Step {number} of {count}")
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(rf"[?&]step={number}(&|$)"))
    settle(page)


def button(page: Page, name: str) -> Locator:
    """One of the bar's."""
    return page.locator(f".st-key-_lesson_{name}").get_by_role("button")


def press(page: Page, name: str) -> None:
    button(page, name).click()


def test_a_lesson_is_followed_from_its_first_step_to_its_last(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    lesson = find_lesson("paper", STEMS)
    visit(page, f"{app}/lessons", "Lessons")
    page.get_by_role("button", name="Begin", exact=True).click()
    for number, step in enumerate(lesson.steps, start=1):
        step_is(page, number, len(lesson.steps), TITLES[step.page])
        found = measured(page)
        assert found["place"]["bottom"] <= 600, "below the bar, the picture is whole still"
        for foot in page.locator(".st-key-foot").all():
            assert foot.evaluate("(it) => it.getBoundingClientRect().bottom") <= 600, "and so is its sentence"
        assert not found["cut"] and not found["small"] and found["width"] <= 1280
        if step.question:
            page.get_by_role("button", name="Question", exact=True).click()
            asked = page.get_by_test_id("stPopoverBody")
            wrong = next(place for place in range(9) if place not in step.question.right)
            asked.get_by_role("radiogroup").locator("label").nth(wrong).click()
            asked.get_by_role("button", name="Show", exact=True).click()
            expect(asked).to_contain_text("It is: ")
            close_popover(page)
        if number < len(lesson.steps):
            press(page, "next")
    expect(button(page, "next")).to_be_disabled()
    press(page, "leave")
    expect(page.locator(".st-key-lesson_steps")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("lesson="))


def test_what_was_changed_at_a_step_is_undone_by_coming_back(page: Page, app: str) -> None:
    visit(page, f"{app}/?lesson=paper&step=5", "Blocks")
    step_is(page, 5, 10, "Blocks")
    channels = page.locator(".st-key-blk_channels input")
    channels.fill("64")
    channels.press("Enter")
    expect(page).to_have_url(re.compile("blk_channels=64"))
    press(page, "next")
    step_is(page, 6, 10, "Architecture")
    press(page, "back")
    step_is(page, 5, 10, "Blocks")
    expect(channels).to_have_value("256")
    expect(page).not_to_have_url(re.compile("blk_channels"))
    page.go_back()  # the browser's: each step is a page of its own to it
    step_is(page, 6, 10, "Architecture")
    page.go_forward()
    step_is(page, 5, 10, "Blocks")
    assert page.evaluate(ENTRIES_OF_A_LATE_PAGE) == 1


def test_presented_the_picture_is_all_that_is_seen_and_the_steps_go_on(page: Page, app: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    visit(page, f"{app}/shortcuts?net=resnet34&lesson=paper&step=3", "Shortcuts")
    page.locator(".st-key-menu").get_by_role("button", name="Lessons").click()
    page.get_by_test_id("stPopoverBody").get_by_text("Present: the picture alone").click()
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    for hidden in ("head", "foot", "menu", "lesson"):
        expect(page.locator(f".st-key-{hidden}")).to_be_hidden()
    picture = at_rest(page, page.locator(".st-key-picture").bounding_box)
    assert picture and picture["height"] > 540 and picture["y"] + picture["height"] <= 600
    press(page, "next")
    expect(page).to_have_url(re.compile(r"present=1.*step=4|step=4.*present=1"))
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".st-key-head")).to_be_visible()
