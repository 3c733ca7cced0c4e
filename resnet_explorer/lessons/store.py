"""The lessons that are here: those that ship, in the language of now, and one's own, each a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import DEFAULT_LANGUAGE, language, t
from resnet_explorer.common.os_error import NOT_WRITABLE, os_error_as
from resnet_explorer.common.text import shortened
from resnet_explorer.common.user_folder import giving_names, home, own_home
from resnet_explorer.lessons.lesson import Lesson, Question, write_lesson
from resnet_explorer.lessons.read import read_lesson

SHIPPED: Final = ("paper", "photos", "residual")
"""Names of those that ship, in the order in which they are offered: each is `texts/LANGUAGE/NAME.md`.

A file there that is not named here is offered to nobody.
"""
OWN: Final = "own-"
"""How the names of those begin that the person who runs the app keeps: in a class, the teacher."""
OF_STUDENT: Final = "mine-"
"""How a student's do: by no title may one stand where a link, or *Follow*, means the teacher's."""
MOST_KEPT: Final = 50
_TEXTS: Final = Path(__file__).parent / "texts"


def lessons(pages: Collection[str]) -> Mapping[str, Lesson]:
    """All that can be read, by their names in a link: those that ship, then one's own.

    In a class, a student has the teacher's beside his own.

    Args:
        pages: those that a step may lead to, by their stems.
    """
    found = {}
    for name in (*SHIPPED, *_kept()):
        try:
            found[name] = find_lesson(name, pages)
        except ValueError:  # written by another version of this project, or by hand
            continue
    return found


def titles(known: Mapping[str, Lesson]) -> Mapping[str, str]:
    """What each lesson is called, by its name in a link: one of the same title as one before has a number."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    for name, lesson in known.items():
        times[lesson.title] += 1
        number = times[lesson.title]
        found[name] = f"{lesson.title} ({number})" if number > 1 else lesson.title
    return found


def find_lesson(name: str, pages: Collection[str]) -> Lesson:
    """A lesson by its name in a link.

    Raises:
        ValueError: in one sentence, if it is not here or cannot be read.
    """
    path = _path(name)
    try:
        return _read(path, path.stat().st_mtime_ns, frozenset(pages))
    except OSError:
        sentence = t("`lesson={name}`: this lesson is not kept on this machine.")
        raise ValueError(sentence.format(name=shortened(name.replace("`", "")))) from None


def written_question(name: str, number: int, pages: Collection[str]) -> Question | None:
    """The question of a step as its lesson was written first, before it was translated.

    Args:
        name: of the lesson, in a link.
        number: of the step, from 1.
        pages: those that a step may lead to, by their stems.

    Returns:
        None for a lesson that has no translation: one of somebody's own.
    """
    if name not in SHIPPED:
        return None
    path = _TEXTS / DEFAULT_LANGUAGE / f"{name}.md"
    return _read(path, path.stat().st_mtime_ns, frozenset(pages)).steps[number - 1].question


def keep_lesson(lesson: Lesson, pages: Collection[str]) -> str:
    """Keep a lesson of one's own; one of the same title gives way to it.

    Returns:
        Its name in a link.

    Raises:
        ValueError: in one sentence, if it cannot be kept.
    """
    text = write_lesson(lesson)
    title, folder = read_lesson(text, pages).title, home() / "lessons"
    with os_error_as(NOT_WRITABLE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
        with giving_names():  # two that come at once are not to have one name
            name = _free_name(title, pages)
            if not (folder / f"{name}.md").exists() and len(list(folder.glob("*.md"))) >= MOST_KEPT:
                raise ValueError(t("{most} lessons are kept already; remove one.").format(most=MOST_KEPT))
            write_text(folder / f"{name}.md", text)
    return name


def _free_name(title: str, pages: Collection[str]) -> str:
    """What a lesson of that title is called: apart from one whose title has the same words or beginning."""
    slug = "-".join(re.findall(r"\w+", title.lower()))[:40] or "lesson"
    plain = f"{_beginning()}{slug}"
    apart = f"{plain}-{sha256(title.encode()).hexdigest()[:6]}"
    try:
        is_free = find_lesson(plain, pages).title == title
    except ValueError:  # no lesson is there, or none that can be read
        is_free = True
    return plain if is_free and not _path(apart).exists() else apart


def forget_lesson(name: str) -> None:
    """Remove a lesson of one's own."""
    if is_own(name):
        _path(name).unlink(missing_ok=True)


def is_own(name: str) -> bool:
    """Whether a lesson is one that who asks keeps, and may remove."""
    return name.startswith(_beginning()) and _path(name).exists()


def is_name(name: str) -> bool:
    """Whether a text can be the name of a lesson: it leads to no other folder."""
    return re.fullmatch(r"[\w-]{1,60}", name) is not None


def _beginning() -> str:
    """How the names of what is kept in the folder of who asks begin."""
    return OWN if home() == own_home() else OF_STUDENT


def _kept() -> list[str]:
    folders = {OWN: own_home(), _beginning(): home()}
    return sorted(
        path.stem for begins, folder in folders.items() for path in (folder / "lessons").glob(f"{begins}*.md")
    )


def _path(name: str) -> Path:
    if not is_name(name):
        name = "-"  # no file is called so
    if name in SHIPPED:
        translated = _TEXTS / language() / f"{name}.md"
        return translated if translated.exists() else _TEXTS / DEFAULT_LANGUAGE / f"{name}.md"
    folder = own_home() if name.startswith(OWN) else home()
    return folder / "lessons" / f"{name}.md"


@lru_cache(maxsize=100)
def _read(path: Path, changed: int, pages: frozenset[str]) -> Lesson:
    """Read a file; one that was changed meanwhile is another one."""
    return read_lesson(path.read_bytes(), pages)
