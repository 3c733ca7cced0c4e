"""A keyboard opens what a click opens, and moves along a picture's parts; a slow machine heeds each click."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.conftest import at_rest, close_popover, link_says, settle, visit, wait_until
from tests.e2e.test_frame import FOCUSED

LONGEST_MOTION = """() => Math.max(...[...document.querySelectorAll("*")].map((part) => {
  const look = getComputedStyle(part);
  return Math.max(...[look.transitionDuration, look.animationDuration].map(parseFloat));
}))"""
"""Seconds."""


def test_a_popover_opens_and_closes_by_keyboard(page: Page, app: str) -> None:
    page.emulate_media(reduced_motion="no-preference")
    visit(page, f"{app}/architecture", "Architecture")
    assert page.evaluate(LONGEST_MOTION) > 0.05, "a button's colour changes slowly"
    page.emulate_media(reduced_motion="reduce")
    wait_until(page, lambda: bool(page.evaluate(LONGEST_MOTION) < 0.001))
    for button in (
        page.get_by_role("button", name="Its parts"),
        page.locator(".st-key-_network button").first,
        page.locator(".st-key-_photo button").first,
        page.locator(".st-key-more_settings button").first,
    ):
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        close_popover(page)
        expect(button).to_be_focused()


def test_a_click_on_a_popovers_arrow_opens_it_on_a_slow_machine(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts", "Shortcuts")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for button in (
        page.get_by_role("button", name="Its parts"),
        page.locator(".st-key-more_settings button"),
    ):
        arrow = at_rest(page, button.get_by_test_id("stIconMaterial").bounding_box)
        assert arrow
        page.mouse.click(arrow["x"] + arrow["width"] / 2, arrow["y"] + arrow["height"] / 2)
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        close_popover(page)


def test_a_part_that_is_pressed_while_its_picture_is_drawn_anew_is_chosen(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?arch_step=stage+2", "Architecture")
    parts = page.locator(".st-key-picture")
    place = at_rest(page, parts.locator("[data-key='stage 4']").bounding_box)
    assert place
    parts.locator("[data-key='stage 3']").click()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    link_says(page, "arch_step=stage+3")
    settle(page)
    page.mouse.up()
    link_says(page, "arch_step=stage+4")


def test_the_steps_of_the_path_are_chosen_by_keyboard(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture?net=resnet50&weights=none", "Architecture")
    page.locator(".st-key-picture svg [tabindex='0']").first.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    name = page.evaluate(FOCUSED)["name"]
    page.keyboard.press("Enter")
    settle(page)
    link_says(page, "arch_step=")
    wait_until(page, lambda: (page.evaluate(FOCUSED) or {}).get("name") == name)  # it stays where it was
