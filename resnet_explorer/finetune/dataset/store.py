"""Datasets that are kept on this machine, each a ZIP archive of labelled photos that is never unpacked."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from resnet_explorer.common.atomic_file import folder_aside, remove_leftovers
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.os_error import os_error_as
from resnet_explorer.common.regular_file import check_length
from resnet_explorer.common.text import shortened
from resnet_explorer.common.user_folder import giving_names, home
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos, labelled_photos, photos_at
from resnet_explorer.photos.decode import ENDINGS, check_bytes
from resnet_explorer.photos.sources import Entry, is_litter
from resnet_explorer.photos.zip_archive import MAX_MEMBERS, is_archive, members
from resnet_explorer.weights.download import file_sha256

DIGITS: Final = 8
"""Of the sha256 of what a dataset was made from: what was given twice is kept once."""
MAX_ARCHIVE: Final = 4 * 2**30
"""Bytes of an archive that is copied here."""
LONGEST_LABEL: Final = 40
VAL_SHARE: Final = 0.2

_WRITTEN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive of our own, so that the same photos are the same archive."""


@dataclass(frozen=True)
class Dataset:
    """Photos of some classes.

    Attributes:
        key: short, and safe in a link.
        label: what people read; no two datasets have the same.
        path: its ZIP archive.
    """

    key: str
    label: str
    path: Path

    def photos(self, val_share: float = VAL_SHARE, seed: int = 0) -> LabelledPhotos:
        """Its photos, their names beginning with its label.

        Args:
            val_share: of each class to test on, where the folders do not say.
            seed: of that split.

        Raises:
            ValueError: if it is not there any more.
        """
        if not self.path.is_file():
            raise ValueError(t("The dataset {label} is not kept here any more.").format(label=self.label))
        return photos_at(self.path, self.label, val_share, seed)


def folder() -> Path:
    """Where the datasets lie."""
    return home() / "photos"


def datasets() -> list[Dataset]:
    """All that are kept, by their labels."""
    found = [_dataset(path) for path in folder().glob("*.zip") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda dataset: (dataset.label.casefold(), dataset.label))


def find_dataset(key: str) -> Dataset:
    """The dataset of a key.

    Raises:
        ValueError: if none of that key is kept here.
    """
    # A key comes from a link: it is compared, and no path is made of it.
    for dataset in datasets():
        if dataset.key == key:
            return dataset
    raise ValueError(t("The dataset {key!r} is not kept here.").format(key=key[:60]))


def dataset_at(path: Path) -> Dataset | None:
    """The dataset that an archive is, if it is kept here."""
    return next((dataset for dataset in datasets() if dataset.path.resolve() == path), None)


def kept_of(sha256: str) -> Dataset | None:
    """The dataset that was made from what has this hash, if it is kept here."""
    ending = f"-{sha256[:DIGITS]}.zip"
    return next((dataset for dataset in datasets() if dataset.path.name.endswith(ending)), None)


def forget_dataset(key: str) -> None:
    """Remove a dataset from this machine.

    Raises:
        ValueError: if it is not kept here, or cannot be removed.
    """
    dataset = find_dataset(key)
    with os_error_as(msg("{label} could not be removed: {reason}."), label=dataset.label):
        dataset.path.unlink()


def keep_zip(source: IO[bytes], name: str) -> Dataset:
    """Keep an archive of unknown origin as a dataset.

    Args:
        source: the archive; read from its beginning, in pieces.
        name: of its file.

    Raises:
        ValueError: in one sentence, if it is no archive that can be read, holds no photos in folders of
            their classes, or leads out of its folder; or if the disk is full.
    """
    shown = _shown(name)
    check_length(source.seek(0, os.SEEK_END), f"{shown}.zip", MAX_ARCHIVE)

    def write(path: Path) -> str:
        with path.open("wb") as file:
            source.seek(0)
            shutil.copyfileobj(source, file, 2**20)
        _check_archive(path, shown)
        return file_sha256(path)

    return keep_made(write, shown)


def keep_files(
    files: Iterable[tuple[str, Callable[[], bytes]]], progress: Callable[[int, int], None] | None = None
) -> Dataset:
    """Keep the photos of a folder as a dataset of its name.

    Args:
        files: the path of each inside the folder, and what gives its bytes; each is read once, one after
            the other. What is no photo by its ending is not read.
        progress: called after every photo with how many are done, and how many there are.

    Raises:
        ValueError: in one sentence, if there are no photos in folders of their classes; or if the disk is
            full.
    """
    found = [(path_inside(path, t("The folder")), read) for path, read in files]
    _check_each_once((path for path, _ in found), t("The folder"))
    photos = {path: read for path, read in found if is_photo(path)}
    labelled_photos(Entry(path, read) for path, read in photos.items())  # refuses before anything is read
    if len(photos) > MAX_MEMBERS:
        raise ValueError(
            t("The folder holds more than {max_members:,} photos, the most that are kept.").format(
                max_members=MAX_MEMBERS
            )
        )
    tops = {PurePosixPath(path).parts[0] for path in photos}
    shown = _shown(tops.pop() if len(tops) == 1 else "photos")

    def write(archive: Path) -> str:
        digest = hashlib.sha256()
        with zipfile.ZipFile(archive, "w") as packed:
            for number, (path, read) in enumerate(sorted(photos.items()), 1):
                content = read()
                add_photo(packed, path, content)
                digest.update(f"{path}\0{len(content)}\0".encode() + content)
                if progress:
                    progress(number, len(photos))
        return digest.hexdigest()

    return keep_made(write, shown)


def add_photo(packed: zipfile.ZipFile, path: str, content: bytes) -> None:
    """Put a photo into an archive of our own: stored, for photos do not shrink.

    Raises:
        ValueError: if it is larger than photos are read.
    """
    check_bytes(len(content), path)
    packed.writestr(zipfile.ZipInfo(path, _WRITTEN), content)


def is_photo(path: str) -> bool:
    """Whether a file is one by its ending, and no litter of a system."""
    return path.lower().endswith(ENDINGS) and not is_litter(tuple(path.split("/")))


def keep_made(write: Callable[[Path], str], label: str) -> Dataset:
    """Keep an archive that is made now.

    Args:
        write: writes it to a path, and returns the sha256 of what it was made from.
        label: of the dataset; digits are added if another one has it.

    Raises:
        ValueError: what `write` raises; or in one sentence, if the disk is full or cannot be written to.
    """
    words = msg("{label} could not be kept in {folder}: {reason}.")
    with os_error_as(words, label=label, folder=folder()):
        folder().mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder())
        with folder_aside(folder()) as aside:
            part = aside / "dataset.zip"
            sha256 = write(part)
            with giving_names():  # two that come at once are not to have one name
                known = kept_of(sha256)
                if known is None:
                    if any(dataset.label.casefold() == label.casefold() for dataset in datasets()):
                        label = f"{label} ({sha256[:6]})"
                    known = _dataset(folder() / f"{label}-{sha256[:DIGITS]}.zip")
                    part.replace(known.path)
    return known


_NAME: Final = re.compile(rf"(.+)-([0-9a-f]{{{DIGITS}}})\.zip")


def _dataset(path: Path) -> Dataset:
    """The dataset of an archive, by its name alone."""
    found = _NAME.fullmatch(path.name)
    assert found
    label, digits = found.groups()
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")
    return Dataset(f"{slug or 'dataset'}-{digits}", label, path)


def _shown(name: str) -> str:
    """A label from the name of a file or a folder, fit to be a part of a file's name anywhere."""
    stem = name[: -len(".zip")] if is_archive(name) else name
    plain = re.sub(r'[/\\:*?"<>|]', "_", "".join(filter(str.isprintable, stem)))
    return plain.strip(" .")[:LONGEST_LABEL].strip(" .") or "photos"


def _check_archive(path: Path, label: str) -> None:
    """Refuse an archive from which nothing can be learnt, or that is not what it seems.

    Raises:
        ValueError: in one sentence.
    """
    name = f"{label}.zip"
    found = members(path, name)
    _check_each_once((path_inside("/".join(member.parts), name) for member in found), name)
    labelled_photos(
        Entry(f"{label}/{'/'.join(member.parts)}", member.read)
        for member in found
        if not is_litter(member.parts)
    )


def _check_each_once(paths: Iterable[str], container: str) -> None:
    """Refuse two files that would be one here, where no name has signs that nobody sees.

    Raises:
        ValueError: in one sentence.
    """
    twice = next((path for path, count in Counter(paths).items() if count > 1), None)
    if twice is not None:
        raise ValueError(
            t("{name} holds two files of one name, {twice}, and is not kept.").format(
                name=container, twice=shortened(twice)
            )
        )


def path_inside(path: str, container: str) -> str:
    """The path of a file inside an archive or a folder, with / between its parts.

    Raises:
        ValueError: for a path that leads out of it.
    """
    plain = "".join(filter(str.isprintable, path)).replace("\\", "/")
    if plain.startswith("/") or ".." in plain.split("/"):
        raise ValueError(
            t("{container} leads out of its folder, by {path}, and is not kept.").format(
                container=container, path=shortened(path)
            )
        )
    return str(PurePosixPath(plain))
