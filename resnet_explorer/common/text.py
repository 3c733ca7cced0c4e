"""Names of unknown origin made fit to be shown: in one line, of bounded length, and as nothing but text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import accumulate
from typing import Final
from unicodedata import east_asian_width, normalize

from resnet_explorer.common.i18n import t

LONGEST: Final = 40
"""Letters of a class or a file where there is room for a few words."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def letters(text: str) -> int:
    """How many letters' room a text takes in a line: a Han sign that of two."""
    return sum(map(_room, text))


def _room(sign: str) -> int:
    return 2 if east_asian_width(sign) in ("W", "F") else 1


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text in one line, cut with … where it takes more room than so many letters."""
    line = " ".join(text.split())
    if letters(line) <= longest:
        return line
    kept = sum(taken < longest for taken in accumulate(map(_room, line)))
    return line[:kept].rstrip() + "…"


def as_markdown(text: str, longest: int = LONGEST) -> str:
    """A text `shortened` and escaped for Markdown, in which nothing of it means anything."""
    return escaped_markdown(shortened(text, longest))


def escaped_markdown(text: str) -> str:
    """A text as it is for Markdown, in which nothing of it means anything."""
    escaped = re.sub(r"[\\`*_{}\[\]()<>#+!|~$:&@=-]|(?<=[wW][wW][wW])\.", r"\\\g<0>", text)
    return re.sub(r"^(\s*\d+)\.", r"\1\\.", escaped)  # the number of a list


def sentence_as_markdown(sentence: str) -> str:
    """A sentence that quotes what came from elsewhere, for Markdown, in which nothing of it means anything.

    Only what would be a mark is escaped: a colon of a directive or of an address, not each; an underscore at
    the end of a word, not within.
    """
    marks = r"[\\`*\[\]<>$~@&]|(?<![^\W_])_|_(?![^\W_])|:(?=//|[\w+/-]+[:\[])|(?<=[wW][wW][wW])\."
    line = re.sub(marks, r"\\\g<0>", " ".join(sentence.split()))
    return re.sub(r"^(\d*)([#+).=-])", r"\1\\\2", line)  # a heading, a list, a rule


def named(name: str, words: str) -> str:
    """What is said of something, behind its name: each language has its own colon."""
    return t("{name}: {words}").format(name=name, words=words)


def headed(title: str, text: str) -> str:
    """A text behind its title, which is bold, in Markdown: each language has its own full stop."""
    return t("**{title}.** {text}").format(title=title, text=text)


def unknown(sentence: str, name: object, known: Iterable[str]) -> ValueError:
    """What is said of a name that there is not: {name!r} in the sentence, and what there is as {listed}."""
    return ValueError(t(sentence).format(name=name, listed=", ".join(known)))


def enumerated(words: Iterable[str]) -> str:
    """Things one after the other: "a, b, c"; Chinese has a mark for this that is no comma."""
    return t("{some}, {more}").format(some="", more="").join(words)


def duration(seconds: float) -> str:
    """A time as people say it: "0.4 s", "32 s", "14 min"."""
    if seconds < 9.95:
        return t("{seconds:.1f} s").format(seconds=seconds)
    if seconds < 90:
        return t("{seconds:.0f} s").format(seconds=seconds)
    return t("{minutes:.0f} min").format(minutes=seconds / 60)


def on_one_line(text: str) -> str:
    r"""The text with what cannot be printed as its escape, a line's end as \n."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def composed(name: str) -> str:
    """The same for two ways to write one name in Unicode: a Mac's é is two signs, another system's is one."""
    return normalize("NFC", name)


def spreadsheet_file(table: str) -> str:
    """A table in CSV as a file that is opened with a click.

    Without the byte order mark at its beginning, Excel takes UTF-8 for the signs of the system, and no name
    that is more than ASCII could be read. Pandas and LibreOffice know the mark, Python by "utf-8-sig".
    """
    return table if table.isascii() else f"\ufeff{table}"


def for_spreadsheet(text: str) -> str:
    """A text that no spreadsheet takes for a formula, by an apostrophe before it where need be.

    OWASP, CSV Injection: = + - @, tab and carriage return begin one.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
