"""What a link says is told as text and never as Markdown, and no session grows by what links say."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from resnet_explorer.ui.app import unheard, url_state
from resnet_explorer.ui.comparison.views import NETWORK
from resnet_explorer.ui.session import language, network

PICTURE = "![](//x.example/a.png)`[b](//x.example)"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the link of a session says, outside of any server."""
    parameters: dict[str, str] = {}
    fake = SimpleNamespace(session_state={}, query_params=parameters)
    for module in (url_state, unheard, network, language):
        monkeypatch.setattr(module, "st", fake)
    url_state.begin("compare")
    return parameters


def complaints() -> str:
    return " ".join(url_state.st.session_state.get(url_state._COMPLAINTS, []))


@pytest.mark.parametrize("name", ["net", "size", "cmp_with", "lang", "weights"])
def test_no_mark_of_a_link_comes_onto_the_page(asked: dict[str, str], name: str) -> None:
    asked[name] = PICTURE
    network.read_link()
    language.check_link()
    url_state.linked("cmp_with", "resnet50", NETWORK)
    told = complaints()
    assert told
    acting = re.sub(r"\\.", "", told)  # what is escaped is a letter
    assert acting.count("`") % 2 == 0
    assert not re.search(r"[\[\]`]", re.sub(r"`[^`]*`", "", acting))


def test_what_a_session_has_seen_of_links_is_bounded(asked: dict[str, str]) -> None:
    control = url_state.whole(1, 9)
    for number in range(30):
        url_state.begin("compare")
        asked.update({"step": str(number % 9 + 1), f"name{number}": "x" * 100_000})
        assert url_state.linked("step", 1, control) == number % 9 + 1
        for name in list(asked):
            url_state.asked_for(name)
        asked.pop(f"name{number}")
    seen = sum(len(text) for texts in url_state._seen().values() for text in texts)
    assert seen <= url_state.MOST_SEEN + 100_000


def test_a_link_is_no_new_wish_after_it_was_forgotten_that_it_was_seen(asked: dict[str, str]) -> None:
    """The session wrote it itself, and so it asks for what there is."""
    control = url_state.whole(1, 9)
    url_state.linked("step", 1, control)
    url_state.st.session_state["step"] = 4
    url_state.linked("step", 1, control)
    asked["step"] = url_state._link()["step"] or ""
    url_state._seen()["other"] = {"x" * 300_000}
    url_state.begin("compare")
    assert url_state.linked("step", 1, control) == 4


def _photo_of_an_archive() -> None:
    from PIL import Image

    from resnet_explorer.photos.decode import Photo
    from resnet_explorer.ui.app import url_state
    from resnet_explorer.ui.photos.photo_input import photo_button, put_photo

    url_state.begin("predict")
    put_photo(Photo("a/![](//x.example/a.png) [b](//x.example).jpg", Image.new("RGB", (8, 6)), (8, 6)))
    photo_button()


def test_the_name_of_a_photo_is_text() -> None:
    """An archive of somebody else's may call its photos anything."""
    app = AppTest.from_function(_photo_of_an_archive, default_timeout=60).run()
    (caption,) = [each.value for each in app.caption if "example" in each.value]
    assert caption == r"a/!\[\](//x.example/a.png) \[b\](//x.example).jpg: 8 × 6"
