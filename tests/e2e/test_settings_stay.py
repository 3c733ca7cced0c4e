"""What is set by a click outside a popover stays, though the popover was open before and has its own idea."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import at_rest, close_popover, link_lacks, link_says, settle, visit, wait_until


def opened_and_closed(page: Page, key: str, act: Callable[[], None] = lambda: None) -> None:
    """Open a popover, do something there, and close it."""
    page.locator(f".st-key-{key} button").first.click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    act()
    settle(page)
    close_popover(page)


def switch(page: Page, key: str) -> None:
    """Any other click: with it the browser sends what it holds of all controls."""
    page.locator(f".st-key-{key} label").first.click()
    link_says(page, f"{key}=1")


def test_a_network_that_is_chosen_on_the_page_stays(page: Page, app: str) -> None:
    visit(page, f"{app}/architecture", "Architecture")
    opened_and_closed(page, "_network")
    opened_and_closed(page, "arch_builder")
    for depth in ("50", "152"):
        page.get_by_role("radio", name=depth, exact=True).click()
        settle(page)
    page.get_by_role("radio", name="Compare", exact=True).click()
    settle(page)
    expect(page.locator(".st-key-_network")).to_contain_text("ResNet-152")
    link_says(page, "net=resnet152")
    page.locator(".st-key-_network button").first.click()
    expect(page.get_by_role("combobox", name="Network", exact=True)).to_have_value("ResNet-152")


def test_a_second_click_before_the_browser_has_heard_of_the_first_keeps_both(page: Page, app: str) -> None:
    """What the server says is held back meanwhile: so the browser knows nothing of what the first one set."""
    held: list[tuple[WebSocketRoute, str | bytes]] = []
    is_holding = False

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda told: held.append((socket, told)) if is_holding else socket.send(told))

    page.route_web_socket("**/_stcore/stream", route)
    visit(page, f"{app}/architecture?arch_step=stage+2", "Architecture")
    settle(page)
    is_holding = True
    page.locator(".st-key-picture [data-key='stage 3']").click()
    wait_until(page, lambda: bool(held))  # the server has heard of it
    page.locator(".st-key-arch_view").get_by_role("radio", name="Stages").click()
    while held:
        socket, told = held.pop(0)
        socket.send(told)
    is_holding = False
    link_says(page, "arch_view=stages")
    link_says(page, "arch_step=stage+3")


def test_a_stage_that_is_unfolded_in_the_graph_stays(page: Page, app: str) -> None:
    visit(page, f"{app}/shortcuts?net=resnet50", "Shortcuts")
    opened_and_closed(page, "more_settings")
    page.locator('[data-fold="layer3.1"]').click()
    expect(page.locator('[data-part="layer3.5"]')).to_be_attached()
    settle(page)
    switch(page, "sc_plain")
    link_says(page, "sc_unfold=3")
    unfold = page.get_by_role("button", name="3", exact=True)
    opened_and_closed(page, "more_settings", unfold.click)
    link_lacks(page, "sc_unfold")


@pytest.mark.parametrize("undone", [False, True])
def test_a_page_that_was_reset_stays_so(page: Page, app: str, undone: bool) -> None:
    visit(page, f"{app}/shortcuts?net=resnet50", "Shortcuts")
    opened_and_closed(page, "more_settings", lambda: page.get_by_role("radio", name="Top down").click())
    link_says(page, "sc_dir=TB")
    page.get_by_role("button", name="Reset").click()
    link_lacks(page, "sc_dir=TB")
    if undone:
        page.get_by_role("button", name="Undo").click()
        link_says(page, "sc_dir=TB")
    switch(page, "sc_plain")
    (link_says if undone else link_lacks)(page, "sc_dir=TB")
    page.locator(".st-key-more_settings button").first.click()
    chosen = "Top down" if undone else "Left to right"
    expect(page.get_by_role("radio", name=chosen)).to_be_checked()


def test_what_a_tool_counts_stays(page: Page, app: str) -> None:
    visit(page, f"{app}/counting?net=resnet50", "Counting")
    opened_and_closed(page, "more_settings")
    page.get_by_role("radio", name="torchinfo").click()
    settle(page)
    link_says(page, "cnt_norm=p")
    chosen = at_rest(page, lambda: page.url)
    switch(page, "cnt_ask")
    wait_until(page, lambda: page.url.replace("cnt_ask=1&", "") == chosen)
