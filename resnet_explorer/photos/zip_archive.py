"""ZIP archives of unknown origin: judged by what they declare, unpacked one member at a time in memory.

Nothing is written to a disk, so that the names inside are names and no paths. What an archive would
unpack to is known from its directory before anything is unpacked, and of no member
more is unpacked than it declared there.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.decode import check_bytes

MAX_MEMBERS: Final = 50_000
MAX_UNPACKED: Final = 16 * 2**30
"""Bytes of all members together."""
MAX_RATIO: Final = 100
"""How many times its own size an archive may unpack to, beyond `HARMLESS` bytes; photos hardly shrink."""
HARMLESS: Final = 256 * 2**20
MAX_DIRECTORY: Final = 40 * 2**20
"""Bytes of an archive's own list of its members: 800 for each of the most that are read."""

METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others of `zipfile` unpack a whole block at once, however large it comes out."""
_ENCRYPTED: Final = 0x1
_RECORD: Final = b"PK\x01\x02"
"""What every member's record in an archive's list begins with."""


@dataclass(frozen=True, eq=False)
class Member:
    """A file in an archive.

    Attributes:
        name: the archive's and its own, for people.
        parts: the way to it inside the archive.
        read: its bytes; raises a ValueError that names it.
    """

    name: str
    parts: tuple[str, ...]
    read: Callable[[], bytes]


class _TooLongError(Exception):
    """A directory beyond `MAX_DIRECTORY`, or of more than `MAX_MEMBERS` records."""


class _Careful(io.RawIOBase):
    """A file whose single reads are bounded while an archive's directory is read, which is done in one.

    Its records are counted before they are parsed: short ones take ten times their bytes in memory.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bounded = True

    def read(self, size: int | None = -1) -> bytes:
        if self.bounded and size is not None and size > MAX_DIRECTORY:
            raise _TooLongError
        content = self._file.read(size if size is not None else -1)
        if self.bounded and has_too_many(content):
            raise _TooLongError
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()


def is_archive(name: str) -> bool:
    """Whether a file calls itself a ZIP archive."""
    return name.lower().endswith(".zip")


def members(source: Path | bytes, name: str) -> list[Member]:
    """The files of an archive, in its own order, none of them read yet.

    Raises:
        ValueError: in one sentence, for what is no archive, or would unpack to too much.
    """
    archive, found = _listed(source, name)
    # is_dir() fails on a file without a name
    return [_member(archive, info, name) for info in found if not info.filename.endswith("/")]


def folders(source: Path | bytes, name: str) -> list[tuple[str, ...]]:
    """The ways to the folders that an archive lists beside its files: some write them, and empty ones so.

    Raises:
        ValueError: as `members`.
    """
    _, found = _listed(source, name)
    ways = ("".join(filter(str.isprintable, info.filename[:500])) for info in found)
    return [tuple(way.rstrip("/").split("/")) for way in ways if way.endswith("/")]


def _listed(source: Path | bytes, name: str) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    try:
        file = _Careful(io.BytesIO(source) if isinstance(source, bytes) else source.open("rb"))
        size = file.seek(0, io.SEEK_END)
        archive = zipfile.ZipFile(file)
    except _TooLongError:
        raise too_many(name) from None
    except OSError as error:
        raise ValueError(
            t("{name} cannot be read: {reason}.").format(name=name, reason=error.strerror or error)
        ) from None
    except (
        Exception
    ):  # a damaged directory: BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError
        raise ValueError(t("{name} is no ZIP archive that can be read.").format(name=name)) from None
    file.bounded = False
    found = archive.infolist()
    if len(found) > MAX_MEMBERS:
        raise too_many(name)
    unpacked = sum(info.file_size for info in found)
    if unpacked > MAX_UNPACKED or unpacked > max(HARMLESS, MAX_RATIO * size):
        raise ValueError(
            t(
                "{name} would unpack to {unpacked:,.0f} MB; at most {max_unpacked:,} MB of an archive of "
                "its size are read."
            ).format(
                name=name,
                unpacked=unpacked / 2**20,
                max_unpacked=min(MAX_UNPACKED, max(HARMLESS, MAX_RATIO * size)) // 2**20,
            )
        )
    return archive, found


def has_too_many(content: bytes) -> bool:
    """Whether an archive, or a part of it, has more than `MAX_MEMBERS` records; none of them is read."""
    return content.count(_RECORD) > MAX_MEMBERS


def too_many(name: str) -> ValueError:
    """What is said of an archive of more than `MAX_MEMBERS` files."""
    return ValueError(
        t("{name} holds more than {max_members:,} files, the most that are read.").format(
            name=name, max_members=MAX_MEMBERS
        )
    )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Member:
    inside = "".join(character for character in info.filename[:500] if character.isprintable())
    shown = f"{name}/{inside}"
    return Member(shown, tuple(inside.split("/")), lambda: _read(archive, info, shown))


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> bytes:
    if is_archive(info.filename):
        raise ValueError(t("{shown} is an archive in an archive, which is not opened.").format(shown=shown))
    if info.flag_bits & _ENCRYPTED:
        raise ValueError(
            t("{shown} is locked with a password; an archive without one is needed.").format(shown=shown)
        )
    if info.compress_type not in METHODS:
        raise ValueError(
            t("{shown} is packed by a method that is not read; Store and Deflate are.").format(shown=shown)
        )
    check_bytes(info.file_size, shown)
    try:
        with archive.open(info) as stream:
            return stream.read(info.file_size)  # read() without a size unpacks first and cuts afterwards
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, OSError, RuntimeError):
        raise ValueError(t("{shown} is damaged in the archive.").format(shown=shown)) from None
