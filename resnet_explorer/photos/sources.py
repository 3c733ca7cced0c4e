"""Where many photos come from: files, folders and ZIP archives, listed first and read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.regular_file import open_regular
from resnet_explorer.photos.decode import MAX_BYTES, check_bytes
from resnet_explorer.photos.zip_archive import Member, folders, is_archive, members

_LITTER: Final = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What systems leave behind in folders and archives; as names that begin with a dot, it is no photo."""
_STEPS: Final = {".", ".."}
"""Parts of a way that hide nothing; some archivers write them, and here they are only shown."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A file that may be a photo.

    Attributes:
        name: what it is called in the answer: the path as given and, inside a folder or an archive,
            the way there. Only shown, never used as a path.
        read: its bytes; raises a ValueError that names it, in one sentence. To be called once.
    """

    name: str
    read: Callable[[], bytes]


def entries_of(path: str, called: str | None = None) -> Iterator[Entry]:
    """What is behind a path of this machine: the file, or all files of the folder or the archive.

    Folders are searched to their end, in the order of names, links to folders not followed. An archive
    that will not do, or a folder or an archive with nothing in it, is an entry whose reading says why.

    Args:
        path: of a file, a folder or an archive.
        called: what stands for the path in the names; the path as given unless told.
    """
    place, name = Path(path), path if called is None else called
    if not place.is_dir():
        yield from _of_file(place, name)
        return
    is_empty = True
    for file in sorted(place.rglob("*")):
        inside = file.relative_to(place)
        if file.is_file() and not is_litter(inside.parts):
            is_empty = False
            yield from _of_file(file, str(Path(name, inside)))
    if is_empty:
        yield _nothing_in(name)


def folders_of(path: str, called: str | None = None) -> tuple[str, ...]:
    """All folders inside a folder or an archive of this machine, those with nothing in them too.

    Args:
        path: of it.
        called: what stands for the path in the names; the path as given unless told.

    Raises:
        ValueError: if it is an archive that cannot be read.
    """
    place, name = Path(path), path if called is None else called
    if place.is_dir():
        found = [inside.relative_to(place).parts for inside in sorted(place.rglob("*")) if inside.is_dir()]
    else:
        found = folders(place, name) if is_archive(place.name) else []
    return tuple("/".join((name, *parts)) for parts in found if not is_litter(parts))


def entry_of_bytes(name: str, read: Callable[[], bytes]) -> Iterator[Entry]:
    """The entry of a file that was uploaded, or those of an uploaded archive.

    Args:
        name: of the file; in a folder, the way there.
        read: gives its bytes, once.
    """
    if is_litter(tuple(name.split("/"))):
        return
    if is_archive(name):
        yield from _of_archive(name, lambda: members(read(), name))
    else:
        yield Entry(name, read)


def is_litter(parts: tuple[str, ...]) -> bool:
    """Whether a way inside a folder or an archive leads to what no person put there."""
    return any((part.startswith(".") and part not in _STEPS) or part in _LITTER for part in parts)


def _of_file(file: Path, name: str) -> Iterator[Entry]:
    if is_archive(file.name) and file.is_file():
        yield from _of_archive(name, lambda: members(file, name))
    else:
        yield Entry(name, lambda: read_file(file, name))


def _of_archive(name: str, open_it: Callable[[], list[Member]]) -> Iterator[Entry]:
    try:
        found = [member for member in open_it() if not is_litter(member.parts)]
    except ValueError as refusal:
        sentence = str(refusal)
        yield Entry(name, lambda: _refuse(sentence))
        return
    for member in found:
        yield Entry(member.name, member.read)
    if not found:
        yield _nothing_in(name)


def _nothing_in(name: str) -> Entry:
    """What stands for a folder or an archive without a photo, so that it does not pass unseen."""
    return Entry(name, lambda: _refuse(t("No photo is in {name}.").format(name=name)))


def _refuse(sentence: str) -> bytes:
    raise ValueError(sentence)


def read_file(file: Path, name: str) -> bytes:
    """What is in a file that may be a photo.

    Raises:
        ValueError: if it cannot be read, or is too large; one sentence that names it.
    """
    with open_regular(file, name) as (stream, size):
        check_bytes(size, name)
        return stream.read(MAX_BYTES + 1)  # a file may grow
