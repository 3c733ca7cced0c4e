"""Text in lines that are no wider than so many pixels, in pictures, or cells, at a terminal."""

from __future__ import annotations

from typing import Protocol

from resnet_explorer.common.text import letters


class Face(Protocol):
    """What says how wide a text is: a font, or a terminal."""

    def getlength(self, text: str) -> float:
        """The width."""
        ...


_NEVER_FIRST, _NEVER_LAST = tuple("、。，：；？！）》”…)]"), tuple("（《“ ([")
"""Signs with which no line of Chinese begins or ends."""


def wrapped(line: str, face: Face, width: int) -> list[str]:
    """A line of text in parts that are no wider than so many pixels, broken between words or Han signs."""
    parts: list[str] = []
    for word in _words(line):
        longer = (parts[-1] if parts else "") + word
        if parts and face.getlength(longer) <= width:
            parts[-1] = longer
        else:
            parts.append(shortened(word.removeprefix(" ") if parts else word, face, width))
    return parts


def _words(line: str) -> list[str]:
    """What no break divides, each with the space before it: words, and Han signs with their punctuation."""
    words, before = [""], " "
    for sign in line:
        is_han = letters(before + sign) > 2
        if sign == " " or (is_han and before not in _NEVER_LAST and sign not in _NEVER_FIRST):
            words.append("")
        words[-1] += sign
        before = sign
    return words[1:] if len(words) > 1 and not words[0] else words


def shortened(text: str, face: Face, width: int) -> str:
    """Text cut where it would be wider than so many pixels."""
    if face.getlength(text) <= width:
        return text
    kept = next(count for count in range(len(text), -1, -1) if face.getlength(text[:count] + "…") <= width)
    return text[:kept] + "…"
