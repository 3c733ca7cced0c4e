"""Names of unknown origin made fit to be shown: in one line, of bounded length, and as nothing but text."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 40
"""Characters of a class or a file where there is room for a few words."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text in one line, cut with … where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def as_markdown(text: str, longest: int = LONGEST) -> str:
    """The same for Markdown, in which nothing of it means anything."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:&-])", r"\\\1", shortened(text, longest))


def duration(seconds: float) -> str:
    """A time as people say it: "0.4 s", "32 s", "14 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def on_one_line(text: str) -> str:
    r"""The text with what cannot be printed as its escape, a line's end as \n."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def for_spreadsheet(text: str) -> str:
    """A text that no spreadsheet takes for a formula, by an apostrophe before it where need be.

    OWASP, CSV Injection: = + - @, tab and carriage return begin one.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
