"""The photo in the path: the picture is there first, the maps come, nothing moves; a click leads on."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.e2e.conftest import at_rest, running_app, settle

BOXES = """() => {
  const inShadow = (root) => [...root.querySelectorAll("*")].flatMap((part) =>
    [part, ...(part.shadowRoot ? inShadow(part.shadowRoot) : [])]);
  const shown = ["h1, h2, h4, .st-key-head, .st-key-foot, .picture svg", "polygon, svg [opacity='0.18']",
    "[data-key] > rect:first-of-type"].join(", ");
  return inShadow(document.body).filter((part) => part.matches(shown))
    .filter((part) => !part.closest("[data-key^='class:']"))
    .map((part) => { const box = part.getBoundingClientRect();
      return [part.tagName, ...["x", "y", "width", "height"].map((side) => Math.round(box[side]))]; });
}"""


def test_the_path_is_painted_first_and_nothing_moves_when_the_maps_come(page: Page) -> None:
    is_waiting = True

    def route(socket: WebSocketRoute) -> None:
        """Let nobody ask for the maps before the page without them was looked at."""
        server = socket.connect_to_server()
        server.on_message(socket.send)

        def ask(told: str | bytes) -> None:
            is_question = isinstance(told, bytes) and BackMsg.FromString(told).rerun_script.fragment_id
            if not (is_waiting and is_question):
                server.send(told)

        socket.on_message(ask)

    page.route_web_socket("**/_stcore/stream", route)
    with running_app() as address:  # fresh: no torch is loaded yet
        page.goto(f"{address}/architecture?net=resnet18&weights=bundled&size=224&p_sample=coffee&colour=red")
        complaint = page.get_by_text("Nothing here is called colour.")
        expect(complaint).to_be_visible()
        picture = page.locator(".st-key-picture svg").first
        expect(picture.locator("[data-key='stage 4']")).to_be_visible()
        expect(page.get_by_role("heading", name="Take it home")).to_be_attached()
        assert picture.locator("image").count() == 1, "the photo alone"
        before: list[Any] = at_rest(page, lambda: page.evaluate(BOXES))
        is_waiting = False
        expect(picture.locator("image")).to_have_count(7)
        settle(page)
        assert at_rest(page, lambda: page.evaluate(BOXES)) == before
        expect(complaint).to_be_visible()  # nobody has clicked since
        assert len(before) > 50
        expect(picture).to_have_accessible_name(
            re.compile("On the fronts.* at 128 × 128.* Answer: espresso 9")
        )

        picture.locator("[data-key='stage 3']").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"arch_step=stage\+3"))
        settle(page)
        page.locator(".st-key-picture svg").nth(1).locator("[data-key='layer3.1']").click()
        expect(page.get_by_role("heading", name="Inside").first).to_be_visible()
        expect(page).to_have_url(re.compile(r"in_block=layer3\.1"))

        settle(page)
        page.goto(f"{address}/?arch_faces=speaks")
        picture = page.locator(".st-key-picture svg").first
        expect(picture.locator("image")).to_have_count(7)  # loaded by now: at once
        picture.locator("[data-key='class:mixing bowl']").click()
        expect(page.get_by_role("heading", name="Predict").first).to_be_visible()
        expect(page).to_have_url(re.compile(r"p_class=mixing\+bowl"))
