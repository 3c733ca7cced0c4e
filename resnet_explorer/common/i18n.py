"""The app's words: short strings through gettext, prose from Markdown files by language.

A second language adds `locale/LANG/LC_MESSAGES/resnet_explorer.po` and its `.mo`, and `prose/LANG/*.md`; it
changes no page (docs/languages.md). What calls `t` says a language nowhere: it is that of who asks.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_HERE: Final = Path(__file__).parent
DEFAULT_LANGUAGE: Final = "en"
DOMAIN: Final = "resnet_explorer"
LOCALE: Final = _HERE / "locale"
VARIABLE: Final = "RESNET_EXPLORER_LANGUAGE"
"""Of the environment: the language of a process that a person's own process starts."""

_TAGS: Final = {"zh": "zh-CN"}
"""What a browser chooses its face of Han signs by, where the code of the language does not say it."""

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_visitor_languages: list[Callable[[], str | None]] = []


@lru_cache
def languages() -> tuple[str, ...]:
    """The languages that there are, by their codes, English first."""
    return (DEFAULT_LANGUAGE, *sorted(file.parts[-3] for file in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


def language() -> str:
    """The language of the words that are shown now: what a cache that holds words has in its key."""
    spoken = _spoken.get() or (_visitor_languages[0]() if _visitor_languages else None)
    return spoken or os.environ.get(VARIABLE) or DEFAULT_LANGUAGE


def language_tag() -> str:
    """The language as a web page says it: "zh-CN"."""
    return _TAGS.get(language(), language())


def speak(code: str) -> None:
    """Say all words in a language from now on, in this thread."""
    _spoken.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say all words in a language, in this thread, while the block runs."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def let_visitors_speak(visitor_language: Callable[[], str | None]) -> None:
    """Give visitors languages of their own.

    Args:
        visitor_language: that of the visitor who asks in this thread; None if nobody does.
    """
    _visitor_languages[:] = [visitor_language]


def with_language_of_now(call: Callable[P, R]) -> Callable[P, R]:
    """The same call for another thread, which knows nobody: its words are in the language of here and now."""
    code = language()

    def called(*arguments: P.args, **named: P.kwargs) -> R:
        with speaking(code):
            return call(*arguments, **named)

    return called


def best_language(wishes: Iterable[str | None]) -> str:
    """The first of some wishes that there are words for, or English.

    Args:
        wishes: as browsers and environments write them: "zh-CN", "zh_CN.UTF-8", "zh"; None for none.
    """
    for wish in wishes:
        code = (wish or "").replace("_", "-").split("-")[0].split(".")[0].lower()
        if code in languages():
            return code
    return DEFAULT_LANGUAGE


def environment_language(environment: Mapping[str, str] = os.environ) -> str:
    """The language of a command line: of the first that is set of LC_ALL, LC_MESSAGES and LANG (POSIX)."""
    return best_language([next(filter(None, map(environment.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)])


def language_name(code: str) -> str:
    """What a language calls itself: "English", "中文"."""
    # Every catalogue translates this word by the name of its own language.
    return _catalogue(code).gettext(msg("English"))


def t(message: str) -> str:
    """The message in the language of now; the message itself where there is no translation."""
    return _catalogue(language()).gettext(message) if message else ""


def nt(one: str, many: str, count: int) -> str:
    """The message for so many, in the language of now, by that language's own rule of plurals."""
    return _catalogue(language()).ngettext(one, many, count)


def msg(message: str) -> str:
    """The message itself, marked for the catalogue: for tables, whose entries `t` translates when shown."""
    return message


@dataclass(frozen=True)
class Phrase:
    """Words for later, in the language of then: for what is kept for all, as a plan is.

    Attributes:
        message: marked by `msg`, with placeholders.
        values: for the placeholders, by name.
    """

    message: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, message: str, **values: object) -> Phrase:
        """One with its values by name."""
        return cls(message, tuple(values.items()))

    def __str__(self) -> str:
        """The words in the language of now."""
        return t(self.message).format(**dict(self.values))


def prose(name: str) -> str:
    """A text in Markdown by its file name, in the language of now, or in English where it is missing."""
    return _prose(name, language())


@lru_cache
def _prose(name: str, language: str) -> str:
    path = _HERE / "prose" / language / f"{name}.md"
    if not path.exists():
        path = _HERE / "prose" / DEFAULT_LANGUAGE / f"{name}.md"
    return path.read_text(encoding="utf-8")


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE, [language], fallback=True)
