"""What a file is that is no checkpoint, told in the sentence that helps; nothing of it is opened."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.weights.reading.safetensors_header import printable

_BY_BEGINNING: Final = (
    (b"\x89HDF\r\n", msg("an HDF5 file, as Keras writes it, and its networks are not read here")),
    (b"\x1f\x8b", msg("packed with gzip; unpack it and give what is in it")),
    (b"BZh", msg("packed with bzip2; unpack it and give what is in it")),
    (b"\xfd7zXZ", msg("packed with xz; unpack it and give what is in it")),
    (b"7z\xbc\xaf", msg("packed with 7-Zip; unpack it and give what is in it")),
    (b"\x89PNG", msg("a picture, and a checkpoint is needed")),
    (b"\xff\xd8\xff", msg("a picture, and a checkpoint is needed")),
    (b"\x93NUMPY", msg("one array of NumPy, and a state_dict is needed")),
    (b"%PDF", msg("a PDF, and a checkpoint is needed")),
)
_LFS: Final = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\s.*?size (\d{1,15})", re.DOTALL)
_PAGE: Final = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_TAR: Final = slice(257, 262)


def other_format(data: bytes, name: str) -> str:
    """What the file is, in a sentence; empty if nothing is known of it."""
    if not data:
        return t("{name} is empty: it is damaged, or was never downloaded.").format(name=name)
    if pointer := _LFS.match(data[:1000]):
        return t(
            "{name} is a pointer of Git LFS, which stands for a file of {pointer:,} bytes; git lfs "
            "pull fetches that."
        ).format(name=name, pointer=int(pointer[1]))
    if _PAGE.match(data[:1000]):
        return t("{name} is a web page, and no checkpoint; the download may have asked for a login.").format(
            name=name
        )
    if data[_TAR] == b"ustar":
        return t("{name} is a tar archive; unpack it and give the checkpoint in it.").format(name=name)
    for beginning, what in _BY_BEGINNING:
        if data.startswith(beginning):
            return t("{name} is {what}.").format(name=name, what=t(what))
    return ""


def other_archive(members: Collection[str], name: str) -> str:
    """What a ZIP archive is that holds no state_dict, in a sentence; empty if torch.save wrote it."""
    ends = {member.rpartition("/")[2] for member in members}
    if "constants.pkl" in ends or any("/code/" in member for member in members):
        return t(
            "{name} is TorchScript, a program with its values, and is not run; save the values "
            "alone, with torch.save(torch.jit.load(path).state_dict(), path)."
        ).format(name=name)
    if "data.pkl" in ends:
        return ""
    if "archive_format" in ends or "serialized_exported_program.json" in ends:
        return t(
            "{name} is a program of torch.export, and is not run; save the values alone, with "
            "torch.save(model.state_dict(), path)."
        ).format(name=name)
    if members and all(member.endswith(".npy") for member in members):
        return t(
            "{name} is an archive of NumPy arrays; save them as tensors, with "
            "torch.save({{key: torch.from_numpy(array) for key, array in numpy.load(path).items()}}, path)."
        ).format(name=name)
    inside = ", ".join(printable(member) for member in sorted(members)[:3])
    return t("{name} is a ZIP archive ({inside}); unpack it and give the checkpoint in it.").format(
        name=name, inside=inside or t("empty")
    )
