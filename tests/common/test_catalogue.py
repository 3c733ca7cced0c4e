"""The catalogues hold a translation of every word of the app, which says what the English one says."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markdown_it import MarkdownIt

from resnet_explorer.common.i18n import LOCALE, language_name, languages
from tests.places import ROOT

Words = frozenset[str | tuple[str, ...]]
KEYWORDS = ("t", "msg", "nt")
TRANSLATED = [code for code in languages() if code != "en"]
PROSE = ROOT / "resnet_explorer" / "common" / "prose"
GLOSSARY = ROOT / "resnet_explorer" / "common" / "glossary.csv"
CODE = r"""`[^`]*`|\{[^{}]*\}|\*[A-Z][^*]*\*|--[\w-]+( [a-z]+)?|\w*\.\w[\w.]*(\([^)]*\))?|"\w*"|'\w*'"""
"""What stands in a text and is no words: code, placeholders, titles, options of a command, values."""
OTHERWISE = {
    "Fronts: plain",
    "Shortcut {key}",
    "*Tensor a* is the branch y, *tensor b* the shortcut x.",
    "{depth} = {convs} × {blocks} + 2: {words}, {per_stage}, "
    "spread over the stages as in the published networks.",
}
"""Words in which a term of the glossary is meant as no term."""


def sources() -> list[Path]:
    return [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "resnet_explorer").rglob("*.py")]


@pytest.fixture(scope="module")
def words_of_the_app(tmp_path_factory: pytest.TempPathFactory) -> Words:
    """What the command of `docs/languages.md` finds."""
    command = re.findall(r"`python (-m babel.* extract .*)`", (ROOT / "docs" / "languages.md").read_text())[0]
    found = tmp_path_factory.mktemp("words") / "words.pot"
    arguments = command.replace("words.pot", str(found)).split()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)
    with found.open("rb") as file:
        return frozenset(message.id for message in read_po(file) if message.id)


@cache
def catalogue(code: str) -> Catalog:
    with (LOCALE / code / "LC_MESSAGES" / "resnet_explorer.po").open("rb") as file:
        return read_po(file)


def pairs(code: str) -> Iterator[tuple[str, str]]:
    """Each translation behind the English that it is held against, the plural where there is one."""
    for message in catalogue(code):
        for text in as_tuple(message.string) if message.id else ():
            yield as_tuple(message.id)[-1], text


def as_tuple(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def test_chinese_is_there() -> None:
    assert TRANSLATED == ["zh"]
    assert [language_name(code) for code in languages()] == ["English", "中文"]


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_word_of_the_app_has_its_translation_and_no_other_is_there(
    code: str, words_of_the_app: Words
) -> None:
    there: dict[str | tuple[str, ...], Message] = {message.id: message for message in catalogue(code)}
    words = words_of_the_app
    assert len(words) > 1500
    untranslated, unused = words - there.keys(), there.keys() - words - {""}
    assert not untranslated
    assert not unused
    untold = [key for key, message in there.items() if not all(as_tuple(message.string))]
    assert not untold
    assert not [key for key, message in there.items() if message.fuzzy and key]


@pytest.mark.parametrize("code", TRANSLATED)
def test_plurals_have_as_many_forms_as_the_language(code: str) -> None:
    forms = catalogue(code).num_plurals
    plural = [message for message in catalogue(code) if message.pluralizable]
    assert plural
    assert all(len(as_tuple(message.string)) == forms for message in plural)
    singular = {message.id[0] for message in plural}
    assert not singular & {message.id for message in catalogue(code) if not message.pluralizable}


@pytest.mark.parametrize("code", TRANSLATED)
def test_placeholders_agree(code: str) -> None:
    differ = [(english, text) for english, text in pairs(code) if fields(english) != fields(text)]
    assert not differ


def fields(text: str) -> list[str]:
    """Python's placeholders in a text, each once, with their formats; or Plotly's, where those are."""
    if "%{" in text:
        return sorted(set(re.findall(r"%\{[^}]*\}", text)))
    return sorted({f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name is not None})


def test_a_placeholder_that_differs_is_seen() -> None:
    assert fields("{share:.0%} of {count}") == fields("{count} 个中的 {share:.0%}")
    assert fields("{share:.0%}") != fields("{share:.1%}")
    assert fields("%{x}: %{y:.1%}") != fields("%{x}：%{y:.2%}")


@pytest.mark.slow
@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_bold_is_bold_in_every_language(code: str) -> None:
    """Beside Han signs `**15 %**的` stays as it is: a closing mark behind a sign needs a space after it."""
    differ = [(english, text) for english, text in pairs(code) if marks(english) != marks(text)]
    assert not differ


def marks(text: str) -> list[int]:
    filled = re.sub(r"\{[^{}]*\}", lambda found: "5%" if "%" in found.group() else "x", text)
    html = MarkdownIt().render(filled)
    return [html.count(f"<{mark}>") for mark in ("strong", "em", "code")]


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code: str, tmp_path: Path) -> None:
    with (tmp_path / "written.mo").open("wb") as file:
        write_mo(file, catalogue(code))
    with (tmp_path / "written.mo").open("rb") as file:
        written = GNUTranslations(file)
    with (LOCALE / code / "LC_MESSAGES" / "resnet_explorer.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert vars(compiled)["_catalog"] == vars(written)["_catalog"]


@pytest.mark.slow
def test_a_term_of_the_glossary_is_translated_by_it() -> None:
    differ = [
        (term, english, text)
        for english, text in pairs("zh")
        if english not in OTHERWISE
        for term, chinese in terms_in(english)
        if not any(each.lower() in text.lower() for each in chinese)
    ]
    assert not differ


@cache
def glossary() -> list[tuple[str, list[str]]]:
    """The terms, long ones first, with all that may stand for them."""
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        rows = [(row["English"], row["Chinese"].split(" / ")) for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: -len(row[0]))


def terms_in(english: str) -> Iterator[tuple[str, list[str]]]:
    """The terms in a text, but for code, placeholders and titles; of one in another, the longer alone."""
    left = re.sub(CODE, "", english)
    for term, chinese in glossary():
        pattern = rf"(?<![\w-]){re.escape(term)}(?:e?s)?(?!\w)"
        if re.search(pattern, left, re.IGNORECASE):
            left = re.sub(pattern, " ", left, flags=re.IGNORECASE)
            yield term, chinese


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_prose_has_its_twin(code: str) -> None:
    english, others = ({file.name for file in (PROSE / each).glob("*.md")} for each in ("en", code))
    assert others == english


@pytest.mark.slow
def test_what_is_translated_is_a_literal() -> None:
    """A text that is made while the app runs is in no catalogue; a table marks what it holds by `msg`."""
    wrong = [
        f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        for file in sources()
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if not all(
            is_right(argument, call.func.id) for argument in call.args[: 2 if call.func.id == "nt" else 1]
        )
    ]
    assert not wrong


@pytest.mark.slow
def test_every_literal_is_seen_by_what_extracts_words(words_of_the_app: Words) -> None:
    """Babel sees no call within an f-string."""
    literals = {
        call.args[0].value
        for file in sources()
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("t", "msg")
        if isinstance(call.args[0], ast.Constant) and call.args[0].value
    }
    assert not literals - words_of_the_app


def is_right(argument: ast.expr, function: str) -> bool:
    if isinstance(argument, ast.Constant):
        return isinstance(argument.value, str)
    made = isinstance(argument, ast.JoinedStr | ast.BinOp) or (
        isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute)
    )
    return function == "t" and not made
