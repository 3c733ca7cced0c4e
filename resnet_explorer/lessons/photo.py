"""A photo that a lesson carries: a small JPEG, as a line of text at the end of the lesson's file.

[cat.jpg]: data:image/jpeg;base64,/9j/4AAQ…

So a lesson stays one file, whose words can be read, and any reader of Markdown shows the photo where
a step says ![cat.jpg].
"""

from __future__ import annotations

import binascii
import io
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.decode import Photo, open_photo

SIDE: Final = 800
"""Pixels of the longer side of a photo that is put into a lesson: networks see 224 of the shorter one."""
BYTES: Final = 100_000
"""Of its JPEG at most."""
LONGEST: Final = 2048
"""Pixels of a side at most, for one that somebody else put there."""
MOST_PHOTOS: Final = 8
"""Of a lesson."""
NAME: Final = 40
"""Characters of a name."""
_QUALITIES: Final = (88, 75, 60, 45, 30, 20)
_BEFORE: Final = "data:image/jpeg;base64,"
_DEFINITION: Final = re.compile(rf"\[([^\[\]]{{1,{NAME}}})\]: {re.escape(_BEFORE)}(\S*)\s*")
_SHOWN: Final = re.compile(rf"!\[([^\[\]]{{1,{NAME}}})\]")


@dataclass(frozen=True)
class LessonPhoto:
    """It.

    Attributes:
        name: by which a step says it, once in a lesson.
        jpeg: its file.
    """

    name: str
    jpeg: bytes = field(repr=False)

    @property
    def address(self) -> str:
        """An address that holds all of it."""
        return _BEFORE + b64encode(self.jpeg).decode()

    @property
    def definition(self) -> str:
        """The line at the end of a lesson's file."""
        return f"[{self.name}]: {self.address}"

    def open(self) -> Photo:
        """The photo as if it had been uploaded.

        Raises:
            ValueError: in one sentence, if it is none.
        """
        return open_photo(self.jpeg, self.name)


def small_photo(photo: Photo, others: Mapping[str, str]) -> LessonPhoto:
    """A photo for a lesson, without all that its file told besides.

    Args:
        photo: it.
        others: the lesson's, as of `photos_apart`: if it is one of them it has that name, else a new one.
    """
    image = photo.image.copy()
    image.thumbnail((SIDE, SIDE))
    for quality in _QUALITIES:  # the coarsest holds 800 × 800 pixels of noise in fewer bytes
        file = io.BytesIO()
        image.save(file, format="JPEG", quality=quality, optimize=True)
        if file.tell() <= BYTES:
            break
    first = " ".join("".join(sign if sign.isprintable() else " " for sign in photo.name).split())
    first = re.sub(r"[\[\]`\\]", "", first)[: NAME - 4].strip() or t("photo")
    found = LessonPhoto(first, file.getvalue())
    number = 2
    while others.get(found.name) not in (None, found.address):
        found = LessonPhoto(f"{first} {number}", found.jpeg)
        number += 1
    return found


def photos_apart(text: str) -> tuple[str, dict[str, str]]:
    """The words of a lesson's file, and what it calls photos: their addresses by their names, unread."""
    words, photos = [], {}
    for line in text.split("\n"):
        if found := defined(line):
            name, content = found
            photos[name] = _BEFORE + content
        else:
            words.append(line)
    return "\n".join(words).rstrip() + "\n", photos


def with_photos(words: str, photos: Mapping[str, str]) -> str:
    """A lesson's file again, with those of its photos that a step shows."""
    shown = [name for name in photos if f"![{name}]" in words]
    return "\n".join([words.rstrip(), "", *(f"[{name}]: {photos[name]}" for name in shown)]).rstrip() + "\n"


def defined(line: str) -> tuple[str, str] | None:
    """Name and content of the photo that a line of a lesson's file holds; None for any other line."""
    found = _DEFINITION.fullmatch(line)
    return (found[1], found[2]) if found else None


def shown(line: str) -> str | None:
    """The name of the photo that a line says; None for any other line."""
    found = _SHOWN.fullmatch(line.strip())
    return found[1] if found else None


def read_photo(name: str, content: str) -> LessonPhoto:
    """A photo of a lesson's file, whoever wrote it.

    Args:
        name: of it.
        content: its JPEG in base 64.

    Raises:
        ValueError: in one sentence, without the photo's name, if it is none or too large.
    """
    if len(content) > BYTES * 4 / 3 + 4:
        raise ValueError(t("a photo of a lesson has {most:,} bytes at most.").format(most=BYTES))
    try:
        photo = LessonPhoto(name, b64decode(content, validate=True))
        with Image.open(io.BytesIO(photo.jpeg), formats=["JPEG"]) as image:  # its header alone
            sides = image.size
        if max(sides) <= LONGEST:
            photo.open()
    except (binascii.Error, OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        raise ValueError(t("this is no JPEG that can be read.")) from None
    if max(sides) > LONGEST:
        raise ValueError(t("a photo of a lesson has {most:,} pixels a side at most.").format(most=LONGEST))
    return photo
