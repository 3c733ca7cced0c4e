"""The app's words: short strings through gettext, prose from Markdown files by language.

A second language adds `locale/LANG/LC_MESSAGES/resnet_explorer.mo` and `prose/LANG/*.md`, and
changes no page.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
DEFAULT_LANGUAGE: Final = "en"


def t(message: str, language: str = DEFAULT_LANGUAGE) -> str:
    """The message in a language; the message itself where there is no translation."""
    return _catalogue(language).gettext(message)


@lru_cache
def prose(name: str, language: str = DEFAULT_LANGUAGE) -> str:
    """A text in Markdown by its file name, in a language, or in English where it is missing."""
    path = _HERE / "prose" / language / f"{name}.md"
    if not path.exists():
        path = _HERE / "prose" / DEFAULT_LANGUAGE / f"{name}.md"
    return path.read_text(encoding="utf-8")


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("resnet_explorer", _HERE / "locale", [language], fallback=True)
