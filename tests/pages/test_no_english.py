"""In Chinese no page says an English word, but for names, code and units: held against all that is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from resnet_explorer.common.i18n import prose, speaking
from resnet_explorer.ui.app.page_list import PAGES
from tests.english_words import english, names
from tests.pages.opened import opened

SEEN = {
    "body",
    "caption",
    "default",
    "help",
    "label",
    "labels",
    "name",
    "options",
    "placeholder",
    "raw_values",
    "text",
    "title",
}
"""Fields of Streamlit's messages that a person reads."""
DRAWN = {"text", "title", "name", "hovertemplate", "ticktext", "customdata", "hovertext", "texttemplate"}
"""Fields of a figure of Plotly's that a person reads."""
LINKS = {
    "landscape": {"ls_guess_shown": "1"},
    "train": {"tn_view": "new"},
    "trust": {"tr_view": "runs"},
    "architecture": {"arch_view": "layers"},
}
"""What is asked of pages that show less without."""


def parts(message: Message) -> Iterator[str]:
    """The texts in a message that a person reads."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        for each in values:
            if isinstance(each, Message):
                yield from parts(each)
            elif isinstance(each, str) and field.name in SEEN:
                yield each


def drawn(part: Any, name: str = "") -> Iterator[str]:
    """The texts of a figure of Plotly's."""
    if isinstance(part, dict):
        for key, each in part.items():
            yield from drawn(each, key if not (key == "text" and name == "title") else "title")
    elif isinstance(part, list):
        for each in part:
            yield from drawn(each, name)
    elif isinstance(part, str) and name in DRAWN:
        yield part


def strings(part: Any) -> Iterator[str]:
    """All texts in what a component gets, but for pictures, colours, and what a click says."""
    if isinstance(part, dict):
        for key, each in part.items():
            if key not in ("key", "pick", "css", "src", "file"):
                yield from strings(each)
    elif isinstance(part, list):
        for each in part:
            yield from strings(each)
    elif isinstance(part, str) and not part.startswith("data:"):
        yield part


def texts(app: AppTest) -> Iterator[str]:
    """All that a page says."""
    todo: list[Any] = [app._tree]
    while todo:
        node = todo.pop()
        todo.extend(getattr(node, "children", {}).values())
        proto = getattr(node, "proto", None)
        if node.type == "bidi_component":
            yield from strings(json.loads(proto.json)) if proto.json else ()
        elif node.type == "plotly_chart":
            yield from drawn(json.loads(proto.spec))
        elif node.type == "dataframe":
            shown = json.loads(proto.columns or "{}")
            for name in proto.column_order or node.value.columns:
                yield str((shown.get(str(name)) or {}).get("label") or name)
                yield from map(str, node.value[name])
        elif isinstance(proto, Message):
            yield from parts(proto)


@pytest.mark.parametrize("stem", [page.stem for page in PAGES])
def test_a_chinese_page_says_no_english_word(stem: str) -> None:
    app = opened(stem, lang="zh", **LINKS.get(stem, {}))
    with speaking("zh"):
        glossary = prose("words").strip()
    left = {text: words for text in texts(app) if text != glossary and (words := english(text) - names())}
    assert not {text[:200]: words for text, words in left.items()}


def test_an_english_word_is_seen() -> None:
    assert english("**阶段** of the network") == {"of", "the", "network"}
    assert english("Upload") == {"Upload"}
    assert not english("`conv1` 的 ResNet-18，He 等人 2015：*Deep Residual Learning for Images*，$\\cdot$")
