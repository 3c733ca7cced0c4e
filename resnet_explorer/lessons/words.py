"""The words of a lesson, of which **strong**, *stressed* and `code` alone are marks; all else is text.

No HTML, no picture and no link of a file comes onto a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Final, Literal

from resnet_explorer.common.text import escaped_markdown

Kind = Literal["", "strong", "em", "code"]
_MARKS: Final = re.compile(r"`([^`]+)`|\*\*([^\s*](?:[^*]*[^\s*])?)\*\*|\*([^\s*](?:[^*]*[^\s*])?)\*")
_KINDS: Final[tuple[Kind, ...]] = ("code", "strong", "em")
_AROUND: Final = {"": "", "strong": "**", "em": "*"}


def parts(words: str) -> Iterator[tuple[Kind, str]]:
    """The words in pieces, each with its kind."""
    end = 0
    for found in _MARKS.finditer(words):
        if found.start() > end:
            yield "", words[end : found.start()]
        kind, piece = next((k, p) for k, p in zip(_KINDS, found.groups(), strict=True) if p is not None)
        yield kind, piece
        end = found.end()
    if end < len(words):
        yield "", words[end:]


def as_safe_markdown(words: str) -> str:
    """For a page: nothing but the three marks means anything."""
    return "".join(
        f"`{piece}`" if kind == "code" else f"{_AROUND[kind]}{escaped_markdown(piece)}{_AROUND[kind]}"
        for kind, piece in parts(words)
    )


def as_plain(words: str) -> str:
    """Without any marks, for a picture."""
    return "".join(piece for _, piece in parts(words))


def as_html(words: str) -> str:
    """For the handout."""
    return "".join(
        f"<{kind}>{escape(piece)}</{kind}>" if kind else escape(piece) for kind, piece in parts(words)
    )
