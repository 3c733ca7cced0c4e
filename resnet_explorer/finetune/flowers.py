"""TensorFlow's flower_photos, fetched by name: 3,670 photos of five kinds of flowers (CC-BY)."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resnet_explorer.finetune.albums import Album, add_photo, inside, is_photo, keep_made, kept_of
from resnet_explorer.home import home
from resnet_explorer.many.archive import MAX_MEMBERS
from resnet_explorer.photo import MAX_BYTES
from resnet_explorer.weights.download import Progress, fetch

LABEL: Final = "flower_photos"
URL: Final = "https://storage.googleapis.com/download.tensorflow.org/example_images/flower_photos.tgz"
SHA256: Final = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"
"""As TensorFlow Datasets publishes it (url_checksums/tf_flowers.txt)."""
BYTES: Final = 228_813_984
MAX_UNPACKED: Final = 4 * 2**30
"""Bytes that the archive may unpack to: sixteen times those of the real one."""


def folder() -> Path:
    """Where the archive comes to, and may be put by hand."""
    return home() / "downloads"


def kept_flowers() -> Album | None:
    """The album, if it was fetched before."""
    return kept_of(SHA256)


def fetch_flowers(progress: Progress | None = None, url: str = URL, sha256: str = SHA256) -> Album:
    """The album of flower_photos: the one that is kept, or a fresh one.

    Args:
        progress: told after every piece of the download; one that raises stops it.
        url: of the archive.
        sha256: of the archive.

    Raises:
        ValueError: in one sentence that says how to put the file there by hand, if it cannot be had.
    """
    known = kept_of(sha256)
    if known:
        return known
    there_before = set(folder().glob("*"))
    archive = fetch(url, folder(), progress, sha256=sha256)
    album = keep_made(lambda path: _packed(archive, path, sha256), LABEL)
    if archive not in there_before:  # what was put there by hand stays
        archive.unlink()
    return album


def _packed(archive: Path, path: Path, sha256: str) -> str:
    """Write the photos of the archive into a ZIP archive; returns the first one's hash."""
    with zipfile.ZipFile(path, "w") as packed:
        for way, content in tar_photos(archive):
            add_photo(packed, way, content)
    return sha256


def tar_photos(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The photos of a compressed tar archive, one at a time: the way to each, and its bytes.

    Links, devices and all else that is no regular file are passed over.

    Raises:
        ValueError: in one sentence, if it is damaged, leads out of its folder, or holds too much.
    """
    count = 0
    try:
        with tarfile.open(archive, "r|gz") as packed:  # as a stream: nothing is read twice
            for member in packed:
                count += 1
                if count > MAX_MEMBERS or member.offset_data + member.size > MAX_UNPACKED:
                    raise ValueError(f"{archive.name} holds more than is read.")
                way = inside(member.name, archive.name)
                if not member.isreg() or not is_photo(way):
                    continue
                if member.size > MAX_BYTES:
                    raise ValueError(f"{archive.name} holds {way}, which is larger than photos are read.")
                stream = packed.extractfile(member)
                assert stream is not None  # of a regular file there is one
                yield way, stream.read()
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ValueError(f"{archive.name} is damaged: {error}.") from None
