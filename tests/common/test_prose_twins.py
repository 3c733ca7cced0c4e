"""Every prose file says in every language the same: structure, placeholders, numbers, links, terms."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from resnet_explorer.common.i18n import speaking, t
from tests.common.test_catalogue import PROSE, TRANSLATED, terms_in

NAMES = sorted(file.name for file in (PROSE / "en").iterdir())
_EMPHASIS = {"strong_open", "strong_close", "em_open", "em_close", "text", "softbreak"}
_MARKDOWN = MarkdownIt()

each_text = pytest.mark.parametrize("name", NAMES)
each_language = pytest.mark.parametrize("language", TRANSLATED)


def _text(language: str, name: str) -> str:
    return Path(PROSE / language / name).read_text(encoding="utf-8")


def _structure(text: str) -> list[str]:
    """Paragraphs and items in order; code and the goals of links, by paragraph, in any order."""
    found = []
    for token in _MARKDOWN.parse(text):
        found.append(token.type + (token.content if token.type == "fence" else ""))
        inner = [each for each in token.children or [] if each.type not in _EMPHASIS]
        found += sorted(f"{each.type} {each.content} {each.attrs.get('href', '')}" for each in inner)
    return found


def _emphasised(text: str) -> list[str]:
    """What is italic or bold, whole."""
    tokens = [each for token in _MARKDOWN.parse(text) for each in token.children or []]
    return [
        word.content
        for before, word, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if before.nesting == 1 and word.type == "text" and after.nesting == -1
    ]


@each_language
@each_text
def test_twins_have_the_same_structure_numbers_links_and_placeholders(language: str, name: str) -> None:
    here, there = _text("en", name), _text(language, name)
    assert _structure(there) == _structure(here)
    for pattern in (r"\{[^}]*\}", r"\d[\d.,]*\d"):
        assert Counter(re.findall(pattern, there)) == Counter(re.findall(pattern, here))
    assert set(re.findall(r"\d", there)) == set(re.findall(r"\d", here))


@each_language
@each_text
def test_every_emphasis_is_closed_where_markdown_sees_it(language: str, name: str) -> None:
    """`**标题。**正文` stays as it is: between a sign and a Han letter a closing mark needs a space."""
    tokens = [each for token in _MARKDOWN.parse(_text(language, name)) for each in token.children or []]
    assert not [each.content for each in tokens if each.type == "text" and "*" in each.content]


@each_text
def test_no_line_breaks_between_han_signs(name: str) -> None:
    """It would be seen as a space."""
    tokens = [each for token in _MARKDOWN.parse(_text("zh", name)) for each in token.children or []]
    assert "softbreak" not in [each.type for each in tokens]


@each_language
@each_text
def test_prose_calls_what_is_on_the_screen_as_the_screen_does(language: str, name: str) -> None:
    """Names of pages and controls, which prose sets off: *Feature maps*, *each block*."""
    there = _text(language, name).lower()
    with speaking(language):
        said = {word: t(word) for word in _emphasised(_text("en", name))}
    assert not {word: own for word, own in said.items() if own != word and own.lower() not in there}


@each_text
def test_chinese_prose_keeps_to_the_glossary(name: str) -> None:
    without_titles = re.sub(r"\[[^\]]*\]\([^)]*\)|(?<!\*)\*[^*]+\*(?!\*)", "", _text("en", name))
    chinese = _text("zh", name).lower()
    assert not [
        term for term, said in terms_in(without_titles) if not any(w.lower() in chinese for w in said)
    ]
