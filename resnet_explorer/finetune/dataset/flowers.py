"""TensorFlow's flower_photos, fetched by name: 3,670 photos of five kinds of flowers (CC-BY)."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.common.user_folder import home
from resnet_explorer.finetune.dataset.store import (
    Dataset,
    add_photo,
    is_photo,
    keep_made,
    kept_of,
    path_inside,
)
from resnet_explorer.photos.decode import MAX_BYTES
from resnet_explorer.photos.zip_archive import MAX_MEMBERS
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


def kept_flowers() -> Dataset | None:
    """The dataset, if it was fetched before."""
    return kept_of(SHA256)


def fetch_flowers(progress: Progress | None = None, url: str = URL, sha256: str = SHA256) -> Dataset:
    """The dataset flower_photos: the one that is kept, or a fresh one.

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
    dataset = keep_made(lambda path: _packed(archive, path, sha256), LABEL)
    if archive not in there_before:  # what was put there by hand stays
        archive.unlink()
    return dataset


def _packed(archive: Path, path: Path, sha256: str) -> str:
    """Write the photos of the archive into a ZIP archive; returns the hash of the former."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in tar_photos(archive):
            add_photo(packed, name, content)
    return sha256


def tar_photos(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The photos of a compressed tar archive, one at a time: its path inside, and its bytes.

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
                    raise ValueError(t("{name} holds more than is read.").format(name=archive.name))
                name = path_inside(member.name, archive.name)
                if not member.isreg() or not is_photo(name):
                    continue
                if member.size > MAX_BYTES:
                    raise ValueError(
                        t("{archive} holds {name}, which is larger than photos are read.").format(
                            archive=archive.name, name=name
                        )
                    )
                stream = packed.extractfile(member)
                assert stream is not None  # of a regular file there is one
                yield name, stream.read()
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ValueError(t("{name} is damaged: {error}.").format(name=archive.name, error=error)) from None
