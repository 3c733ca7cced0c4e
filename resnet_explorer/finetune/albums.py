"""Albums: photos with labels that are kept on this machine, each a ZIP archive that is never unpacked."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from resnet_explorer.finetune.collection import ENDINGS, LabelledPhotos, labelled_photos, photos_at
from resnet_explorer.home import home
from resnet_explorer.many.archive import MAX_MEMBERS, is_archive, members
from resnet_explorer.many.entries import Entry, is_litter
from resnet_explorer.photo import check_bytes
from resnet_explorer.short_text import shortened

DIGITS: Final = 8
"""Of the sha256 of what an album was made from: what was given twice is kept once."""
LONGEST_LABEL: Final = 40
VAL_SHARE: Final = 0.2

_WRITTEN: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive of our own, so that the same photos are the same archive."""


@dataclass(frozen=True)
class Album:
    """Photos of some classes.

    Attributes:
        key: short, and safe in a link.
        label: what people read; no two albums have the same.
        path: its ZIP archive.
    """

    key: str
    label: str
    path: Path

    def photos(self, val_share: float = VAL_SHARE, seed: int = 0) -> LabelledPhotos:
        """Its photos, their names beginning with the album's.

        Args:
            val_share: of each class to test on, where the folders do not say.
            seed: of that split.

        Raises:
            ValueError: if it is not there any more.
        """
        if not self.path.is_file():
            raise ValueError(f"The album {self.label} is not kept here any more.")
        return photos_at(self.path, self.label, val_share, seed)


def folder() -> Path:
    """Where the albums lie."""
    return home() / "photos"


def albums() -> list[Album]:
    """All that are kept, by their labels."""
    found = [_album(path) for path in folder().glob("*.zip") if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda album: (album.label.casefold(), album.label))


def find_album(key: str) -> Album:
    """The album of a key.

    Raises:
        ValueError: if none of that key is kept here.
    """
    # A key comes from a link: it is compared, and no path is made of it.
    for album in albums():
        if album.key == key:
            return album
    raise ValueError(f"The album {key[:60]!r} is not kept here.")


def kept_of(sha256: str) -> Album | None:
    """The album that was made from what has this hash, if it is kept here."""
    ending = f"-{sha256[:DIGITS]}.zip"
    return next((album for album in albums() if album.path.name.endswith(ending)), None)


def forget_album(key: str) -> None:
    """Remove an album from this machine.

    Raises:
        ValueError: if it is not kept here, or cannot be removed.
    """
    album = find_album(key)
    try:
        album.path.unlink()
    except OSError as error:
        raise ValueError(f"{album.label} could not be removed: {error.strerror}.") from None


def keep_zip(source: IO[bytes], name: str) -> Album:
    """Keep an archive of unknown origin as an album.

    Args:
        source: the archive; read from its beginning, in pieces.
        name: of its file.

    Raises:
        ValueError: in one sentence, if it is no archive that can be read, holds no photos in folders of
            their classes, or leads out of its folder; or if the disk is full.
    """
    shown = _shown(name)

    def write(path: Path) -> str:
        with path.open("wb") as file:
            source.seek(0)
            shutil.copyfileobj(source, file, 2**20)
        _judge(path, shown)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    return keep_made(write, shown)


def keep_files(
    files: Iterable[tuple[str, Callable[[], bytes]]],
    name: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Album:
    """Keep the photos of a folder as an album.

    Args:
        files: the way to each inside the folder, and what gives its bytes; each is asked once, one after
            the other. What is no photo by its ending is not asked.
        name: of the album; that of the folder unless told.
        progress: told after every photo of how many are done, and of how many there are.

    Raises:
        ValueError: in one sentence, if there are no photos in folders of their classes; or if the disk is
            full.
    """
    asked = {inside(way, "The folder"): read for way, read in files}
    photos = {way: read for way, read in asked.items() if is_photo(way)}
    labelled_photos(Entry(way, read) for way, read in photos.items())  # refuses before anything is read
    if len(photos) > MAX_MEMBERS:
        raise ValueError(f"The folder holds more than {MAX_MEMBERS:,} photos, the most that are kept.")
    tops = {PurePosixPath(way).parts[0] for way in photos}
    shown = _shown(name or (tops.pop() if len(tops) == 1 else "photos"))

    def write(path: Path) -> str:
        digest = hashlib.sha256()
        with zipfile.ZipFile(path, "w") as packed:
            for number, (way, read) in enumerate(sorted(photos.items()), 1):
                content = read()
                add_photo(packed, way, content)
                digest.update(f"{way}\0{len(content)}\0".encode() + content)
                if progress:
                    progress(number, len(photos))
        return digest.hexdigest()

    return keep_made(write, shown)


def add_photo(packed: zipfile.ZipFile, way: str, content: bytes) -> None:
    """Put a photo into an archive of our own: stored, for photos do not shrink.

    Raises:
        ValueError: if it is larger than photos are read.
    """
    check_bytes(len(content), way)
    packed.writestr(zipfile.ZipInfo(way, _WRITTEN), content)


def is_photo(way: str) -> bool:
    """Whether a file is one by its ending, and no litter of a system."""
    return way.lower().endswith(ENDINGS) and not is_litter(tuple(way.split("/")))


def keep_made(write: Callable[[Path], str], label: str) -> Album:
    """Keep an archive that is made now.

    Args:
        write: writes it to a path, and returns the sha256 of what it was made from.
        label: of the album; digits are added if another one has it.

    Raises:
        ValueError: what `write` raises; or in one sentence, if the disk is full or cannot be written to.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder(), prefix=".coming-") as aside:
            part = Path(aside, "album.zip")
            sha256 = write(part)
            known = kept_of(sha256)
            if known is None:
                if any(album.label.casefold() == label.casefold() for album in albums()):
                    label = f"{label} ({sha256[:6]})"
                known = _album(folder() / f"{label}-{sha256[:DIGITS]}.zip")
                part.replace(known.path)
    except OSError as error:
        raise ValueError(f"{label} could not be kept in {folder()}: {error.strerror or error}.") from None
    return known


_NAME: Final = re.compile(rf"(.+)-([0-9a-f]{{{DIGITS}}})\.zip")


def _album(path: Path) -> Album:
    """The album of an archive, by its name alone."""
    found = _NAME.fullmatch(path.name)
    assert found
    label, digits = found.groups()
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")
    return Album(f"{slug or 'album'}-{digits}", label, path)


def _shown(name: str) -> str:
    """A label from the name of a file or a folder, fit to be a part of a file's name anywhere."""
    stem = name[: -len(".zip")] if is_archive(name) else name
    plain = re.sub(r'[/\\:*?"<>|]', "_", "".join(filter(str.isprintable, stem)))
    return plain.strip(" .")[:LONGEST_LABEL].strip(" .") or "photos"


def _judge(path: Path, label: str) -> None:
    """Refuse an archive from which nothing can be learnt, or that is not what it seems.

    Raises:
        ValueError: in one sentence.
    """
    name = f"{label}.zip"
    found = members(path, name)
    ways = Counter(inside("/".join(member.parts), name) for member in found)
    twice = next((way for way, count in ways.items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"{name} holds two files of one name, {shortened(twice)}, and is not kept.")
    labelled_photos(
        Entry(f"{label}/{'/'.join(member.parts)}", member.read)
        for member in found
        if not is_litter(member.parts)
    )


def inside(way: str, name: str) -> str:
    """The way to a file inside an archive or a folder, with / between its parts.

    Args:
        way: as the archive says it.
        name: of the archive, for the message.

    Raises:
        ValueError: for a way that leads out of it.
    """
    plain = "".join(filter(str.isprintable, way)).replace("\\", "/")
    if plain.startswith("/") or ".." in plain.split("/"):
        raise ValueError(f"{name} leads out of its folder, by {shortened(way)}, and is not kept.")
    return str(PurePosixPath(plain))
