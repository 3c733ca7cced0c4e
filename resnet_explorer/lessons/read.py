"""A lesson from its file, or the line of it that is wrong.

# Its title

45 minutes

What it is about.

## A step

[Open](architecture?net=resnet50)

A sentence or two.

### A question?

- [ ] a wrong answer
- [x] a right one

Why it is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import shortened
from resnet_explorer.lessons.lesson import FOLLOW, MOST_CHOICES, MOST_STEPS, PLACE, Lesson, Question, Step
from resnet_explorer.lessons.photo import (
    BYTES,
    MOST_PHOTOS,
    LessonPhoto,
    defined,
    photos_apart,
    read_photo,
    shown,
)

LARGEST: Final = 200_000
"""Bytes of a file, but for its photos."""
LARGEST_FILE: Final = LARGEST + MOST_PHOTOS * (BYTES * 4 // 3 + 100)
TITLE, HEADING, WORDS, WHY = 80, 60, 240, 900
"""Characters at most: of the title, of a step's heading, of what stands on the bar, of a longer text."""
LONGEST: Final = 240 * 60  # minutes
_LINK: Final = re.compile(r"\[[^\]]*\]\(\s*<?([^()<>\s]*)>?\s*\)")
_CHOICE: Final = re.compile(r"[-*+] \[( |x|X)\](.*)")
_LISTED: Final = re.compile(r"([-*+]|\d+[.)]) ")
_START: Final = {"", "start"}
"""What the address of the first page ends with."""
FIRST: Final = "overview"
UPLOADED: Final = {"p_photo": "upload"}
"""What the link of a step says that brings its photo."""


@dataclass(frozen=True)
class _Block:
    """Lines that belong together: a heading, a choice, or a paragraph.

    Attributes:
        line: the number of its first line, from 1.
        kind: "#", "##", "###", "-", "!" for a photo, or "" for a paragraph.
        words: without the mark.
    """

    line: int
    kind: str
    words: str


def read_lesson(file: bytes | str, pages: Collection[str]) -> Lesson:
    """The lesson that a file holds.

    Args:
        file: its content.
        pages: those that a step may lead to, by their stems.

    Raises:
        ValueError: in one sentence, with the number of the line that is wrong.
    """
    text = _text(file)
    reader = _Reader(_blocks(text), frozenset(pages), _photos(text))
    return reader.lesson()


def read_link(link: str, pages: Collection[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Page and parameters of a link, as it is copied from the browser or written without the app's address.

    Raises:
        ValueError: in one sentence, if no such page is there.
    """
    try:
        parts = urlsplit(link)
        parameters = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:  # brackets that are no IPv6 address, bytes that are no UTF-8
        raise ValueError(t("“{link}” is no link.").format(link=shortened(link))) from None
    stem = parts.path.rpartition("/")[2]
    page = FIRST if stem in _START else stem
    if page not in pages:
        sentence = t("no page is called “{page}”; there are {pages}.")
        raise ValueError(sentence.format(page=shortened(stem), pages=", ".join(sorted(pages))))
    kept = {_printable(name): _printable(value) for name, value in parameters if name not in (*PLACE, FOLLOW)}
    return page, tuple((name, value) for name, value in kept.items() if name)


class _Reader:
    """Goes through the blocks, from one to the next."""

    def __init__(
        self, blocks: list[_Block], pages: frozenset[str], photos: Mapping[str, LessonPhoto]
    ) -> None:
        self.blocks, self.pages, self.photos, self.place = blocks, pages, photos, 0

    @property
    def next(self) -> _Block:
        """The block that comes next; one without a kind or words after the last."""
        if self.place < len(self.blocks):
            return self.blocks[self.place]
        return _Block(self.blocks[-1].line if self.blocks else 1, "end", "")

    def take(self) -> _Block:
        block = self.next
        self.place += 1
        return block

    def lesson(self) -> Lesson:
        title = self.take()
        if title.kind != "#":
            raise _wrong(title, t("a lesson begins with its title: # Read the paper’s network"))
        minutes = self.minutes()
        words = self.paragraphs(WHY)
        steps = []
        while self.next.kind != "end":
            steps.append(self.step())
        if not steps:
            raise _wrong(title, t("a lesson needs a step: ## and its heading."))
        return Lesson(_within(title, title.words, TITLE), minutes, tuple(steps), words)

    def minutes(self) -> int:
        block = self.take()
        told = re.fullmatch(r"(\d{1,4}) minutes?", block.words, re.ASCII) if block.kind == "" else None
        if told is None or not 1 <= int(told[1]) <= LONGEST:
            raise _wrong(block, t("below the title stands how long it takes: 45 minutes"))
        return int(told[1])

    def step(self) -> Step:
        head = self.take()
        if head.kind == "###":
            raise _wrong(head, t("a step asks one question: ## begins the next step."))
        if head.kind != "##":
            raise _wrong(head, t("here a step begins: ## and its heading."))
        heading = _within(head, head.words, HEADING)
        page, parameters = self.link()
        photo = self.photo() if self.next.kind == "!" else None
        if photo:
            parameters = tuple((dict(parameters) | UPLOADED).items())
        words = self.paragraphs(WORDS)
        question = self.question() if self.next.kind == "###" else None
        return Step(heading, page, parameters, words, question, photo)

    def photo(self) -> LessonPhoto:
        block = self.take()
        name = shown(block.words) or ""
        if name not in self.photos:
            raise _wrong(block, t("no such photo stands at the end of the file."))
        return self.photos[name]

    def link(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        block = self.take()
        link = _LINK.fullmatch(block.words) if block.kind == "" else None
        if link is None:
            raise _wrong(
                block, t("below its heading stands a step’s link: [Open](architecture?net=resnet50)")
            )
        try:
            return read_link(link[1], self.pages)
        except ValueError as error:
            raise _wrong(block, str(error)) from None

    def question(self) -> Question:
        asked = self.take()
        words = _within(asked, asked.words, WORDS)
        choices = []
        while self.next.kind == "-":
            choices.append(self.take())
        if not 2 <= len(choices) <= MOST_CHOICES:
            sentence = t(
                "a question has two to {most} answers below it: - [ ] a wrong one, - [x] a right one."
            )
            raise _wrong(asked, sentence.format(most=MOST_CHOICES))
        marked = [_CHOICE.fullmatch(choice.words) for choice in choices]
        right = frozenset(place for place, mark in enumerate(marked) if mark and mark[1] != " ")
        if not right:
            raise _wrong(asked, t("none of its answers is marked as right: - [x] a right one."))
        told = [
            _within(choice, mark[2].strip(), WORDS)
            for choice, mark in zip(choices, marked, strict=True)
            if mark
        ]
        return Question(words, tuple(told), right, self.paragraphs(WHY))

    def paragraphs(self, most: int) -> str:
        """All paragraphs from here on, as one; empty for none."""
        first, words = self.next, []
        while self.next.kind == "":
            words.append(self.take().words)
        return _within(first, " ".join(words), most) if words else ""


def _photos(text: str) -> dict[str, LessonPhoto]:
    """The photos at the end of the file, by their names."""
    photos: dict[str, LessonPhoto] = {}
    for number, line in enumerate(_lines(text), start=1):
        if found := defined(line):
            block = _Block(number, "", found[0])
            if len(photos) == MOST_PHOTOS:
                raise _wrong(block, t("a lesson has {most} photos at most.").format(most=MOST_PHOTOS))
            try:
                photos[found[0]] = read_photo(*found)
            except ValueError as error:
                raise _wrong(block, str(error)) from None
    return photos


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def _text(file: bytes | str) -> str:
    if len(file) > LARGEST_FILE:
        raise _too_large(LARGEST_FILE)
    try:
        text = (file if isinstance(file, str) else file.decode("utf-8-sig")).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(t("Line {line}: this is no text in UTF-8.").format(line=line)) from None
    if len(photos_apart(text)[0]) > LARGEST:
        raise _too_large(LARGEST)
    return text


def _too_large(most: int) -> ValueError:
    return ValueError(t("A lesson of more than {most:,} bytes is none.").format(most=most))


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    is_open = False
    for number, raw in enumerate(_lines(text), start=1):
        line = "" if defined(raw) else _printable(raw)
        mark = re.match(r"(#{1,6})(?: (.*)|$)", line)
        if not line:
            is_open = False
        elif mark:
            if len(mark[1]) > 3:
                sentence = t("a lesson has # its title, ## steps and ### questions.")
                raise _wrong(_Block(number, "", line), sentence)
            blocks.append(_Block(number, mark[1], (mark[2] or "").strip()))
            is_open = False
        elif _CHOICE.fullmatch(line):
            if not blocks or blocks[-1].kind not in ("###", "-"):
                raise _wrong(
                    _Block(number, "", line), t("answers stand below their question: ### and its words.")
                )
            blocks.append(_Block(number, "-", line))
            is_open = False
        elif blocks and blocks[-1].kind == "###" and _LISTED.match(line):
            raise _wrong(
                _Block(number, "", line), t("an answer begins with - [ ] or, if it is right, with - [x].")
            )
        elif shown(line):
            blocks.append(_Block(number, "!", line))
            is_open = False
        elif is_open:
            blocks[-1] = _Block(blocks[-1].line, "", f"{blocks[-1].words} {line}")
        else:
            blocks.append(_Block(number, "", line))
            is_open = True
    if sum(block.kind == "##" for block in blocks) > MOST_STEPS:
        last = [block for block in blocks if block.kind == "##"][MOST_STEPS]
        raise _wrong(last, t("a lesson has {most} steps at most.").format(most=MOST_STEPS))
    return blocks


def _within(block: _Block, words: str, most: int) -> str:
    if not words:
        raise _wrong(block, t("here some words are missing."))
    if len(words) > most:
        sentence = t("these are {count:,} characters; {most:,} fit here.")
        raise _wrong(block, sentence.format(count=len(words), most=most))
    return words


def _printable(line: str) -> str:
    """The line without what cannot be seen, and with single blanks."""
    shown = "".join(sign if sign.isprintable() else " " for sign in line)
    return " ".join(shown.split())


def _wrong(block: _Block, sentence: str) -> ValueError:
    where = t("Line {line}: {sentence}").format(line=block.line, sentence=sentence)
    return ValueError(where + (f" “{shortened(block.words)}”" if block.words else ""))
