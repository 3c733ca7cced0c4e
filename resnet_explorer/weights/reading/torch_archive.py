"""The ZIP archive that torch.save writes, judged and packed anew before torch sees it.

Two readers may see two archives in one file, and torch has a reader of its own: what was judged here could be
another one. So it gets one that is made of what was read here, and of nothing else.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.zip_archive import METHODS, has_too_many, too_many
from resnet_explorer.weights.reading.other_formats import other_archive

PROGRAM: Final = "data.pkl"
"""How the name of the pickle in it ends."""
_DAMAGES: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(ValueError, NotImplementedError, RuntimeError, EOFError, OSError),
)


def packed_anew(data: bytes, name: str, most: int) -> tuple[io.BytesIO, list[bytes]]:
    """The archive with the same members, and the programs among them.

    Raises:
        ValueError: in one sentence, if it is damaged, would unpack to too much, or is none of torch's.
    """
    if has_too_many(data):  # their list alone takes ten times its bytes in memory
        raise too_many(name)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGES:
        raise _damaged(name) from None
    members = {info.filename: info for info in archive.infolist() if info.filename}
    unpacked = sum(info.file_size for info in members.values())
    if unpacked > most:
        raise ValueError(
            t("{name} would unpack to {unpacked:,} bytes; up to {max_bytes:,} are read.").format(
                name=name, unpacked=unpacked, max_bytes=most
            )
        )
    if sentence := other_archive(members, name):
        raise ValueError(sentence)
    anew, programs = io.BytesIO(), []
    with zipfile.ZipFile(anew, "w") as packed:
        for member, info in members.items():
            content = _read(archive, info, name)
            packed.writestr(member, content)
            if member.endswith(PROGRAM):
                programs.append(content)
    anew.seek(0)
    return anew, programs


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        if info.compress_type not in METHODS:
            raise NotImplementedError
        with archive.open(info) as stream:
            return stream.read(info.file_size)  # without a size, all is unpacked first and cut afterwards
    except _DAMAGES:
        raise _damaged(name) from None


def _damaged(name: str) -> ValueError:
    return ValueError(t("{name} is damaged or cut off.").format(name=name))
