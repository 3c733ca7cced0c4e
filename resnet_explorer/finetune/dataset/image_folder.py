"""Photos with labels, from the folders that they lie in: the form that torchvision calls ImageFolder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import numpy as np

from resnet_explorer.common.i18n import t
from resnet_explorer.common.regular_file import no_file
from resnet_explorer.common.text import composed, on_one_line
from resnet_explorer.photos.decode import ENDINGS
from resnet_explorer.photos.sources import Entry, entries_of, folders_of
from resnet_explorer.photos.zip_archive import is_archive, members

Part = Literal["train", "val"]
PARTS: Final[tuple[Part, Part]] = ("train", "val")

TRAIN_NAMES: Final = ("train", "training")
VAL_NAMES: Final = ("val", "valid", "validation", "test")
"""What people call the folder of photos that are not learnt from; the first that is there is taken."""


@dataclass(frozen=True)
class Item:
    """A photo that has a label.

    Attributes:
        name: its path, for people; no two of a dataset have the same.
        label: index of its class.
        part: whether it is learnt from ("train") or only tested on ("val").
        read: the bytes of its file; raises a ValueError that names it.
    """

    name: str
    label: int
    part: Part
    read: Callable[[], bytes] = field(compare=False, repr=False)


@dataclass(frozen=True)
class LabelledPhotos:
    """Photos of some classes, in two parts.

    Attributes:
        classes: their names, in the order of the alphabet as ImageFolder has them.
        items: all photos, in the order of their names.
        split: whether the parts were "given" by folders or "made" here.
        loose: names of photos that lie in no class's folder; they are excluded.
        beside: folders beside those of the parts, whose photos are excluded too, and how many these are.
        passed_over: names of files in folders that are no photos by their endings.
        empty: names of folders for a class in which no photo lies; they are none.
        drawn: of parts that were made, the share to test on and the seed.
    """

    classes: tuple[str, ...]
    items: tuple[Item, ...]
    split: Literal["given", "made"]
    loose: tuple[str, ...] = ()
    beside: tuple[tuple[str, int], ...] = ()
    passed_over: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    drawn: tuple[float, int] | None = None

    def part(self, part: Part) -> tuple[Item, ...]:
        """The photos to learn from, or those to test on."""
        return tuple(item for item in self.items if item.part == part)

    def counts(self, part: Part) -> tuple[int, ...]:
        """How many photos each class has in a part."""
        found = Counter(item.label for item in self.part(part))
        return tuple(found[label] for label in range(len(self.classes)))

    def without(self, names: Collection[str]) -> LabelledPhotos:
        """All but some photos; a class that loses all of its photos keeps its index."""
        return replace(self, items=tuple(item for item in self.items if item.name not in names))

    def readable(self, unreadable: Collection[str]) -> LabelledPhotos:
        """All but those that cannot be read; parts that were made are as if these had never been there."""
        left = self.without(unreadable)
        if self.drawn is None or not unreadable:
            return left
        return replace(left, items=_parted(left.items, len(self.classes), *self.drawn))


def labelled_photos(
    entries: Iterable[Entry], val_share: float = 0.2, seed: int = 0, folders: Iterable[str] = ()
) -> LabelledPhotos:
    """Take the labels of photos from their folders.

    Either `train/CLASS/…` and `val/CLASS/…`, or `CLASS/…` alone, which is split: of each class the same
    share (stratified), by the seed. Folders around all of it do not matter, and files that are no photos
    by their endings are passed over; those in folders are named. Two ways to write one name in Unicode are
    one class: an archive of a Mac has é as two signs.

    Args:
        entries: the files, by their paths.
        val_share: of each class's photos to test on, where the folders do not say.
        seed: of the split.
        folders: by their paths; a class's without a photo is named.

    Raises:
        ValueError: in one sentence, where there are fewer than two classes, a class to test on that is not
            learnt, or a name that cannot be written down.
    """
    photos, others = _photos_and_others(entries)
    if not photos:
        raise ValueError(
            t("No photos are there: folders named after their classes are needed, photos in each.")
        )
    _check_names(photos)
    around = _shared([ways for ways, _ in photos if ways] or [()])
    passed_over = tuple(entry.name for ways, entry in others if ways[around:])
    inside = [(ways[around:], entry) for ways, entry in photos]
    tops = {ways[0].lower() for ways, _ in inside if ways}
    train = next((name for name in TRAIN_NAMES if name in tops), None)
    val = next((name for name in VAL_NAMES if name in tops), None)
    parts = {part for part in (train, val) if part is not None} if train is not None else set()
    empty = _empty([*(ways for ways, _ in others), *map(_parts_of, folders)], photos, around, parts)
    if train is None:
        loose = tuple(entry.name for ways, entry in inside if not ways)
        return replace(_made(inside, val_share, seed), loose=loose, passed_over=passed_over, empty=empty)
    learnt, tested = (
        [(ways[1:], entry) for ways, entry in inside if ways and ways[0].lower() == part]
        for part in (train, val)
    )
    if not any(ways for ways, _ in learnt):
        raise ValueError(
            t(
                "The folder {name} is taken for the photos to learn from, and needs a folder for each class; "
                "if it is a class, give it another name."
            ).format(name=train)
        )
    found = _made(learnt, val_share, seed) if val is None else _given(learnt, tested)
    # Without a folder for it, a photo has no class, in a part or outside of all.
    loose = tuple(
        entry.name for ways, entry in inside if not ways or (len(ways) == 1 and ways[0].lower() in parts)
    )
    aside = Counter(ways[: around + 1] for ways, _ in photos if _is_aside(ways[around:], parts))
    beside = tuple(("/".join(ways), count) for ways, count in sorted(aside.items()))
    return replace(found, loose=loose, beside=beside, passed_over=passed_over, empty=empty)


def _is_aside(ways: tuple[str, ...], parts: Collection[str]) -> bool:
    return bool(ways) and ways[0].lower() not in parts


def _check_names(photos: _Files) -> None:
    """Refuse a name that is no text: no log, no table and no network could be told it.

    Raises:
        ValueError: in one sentence.
    """
    for _, entry in photos:
        try:
            entry.name.encode()
        except UnicodeEncodeError:  # a file's name of another system, as Linux hands it on
            words = t("{name} has signs in its name that are not in UTF-8; give it another name.")
            raise ValueError(words.format(name=on_one_line(entry.name))) from None


def _empty(
    ways: Iterable[tuple[str, ...]], photos: _Files, around: int, parts: Collection[str]
) -> tuple[str, ...]:
    """The folders that would be a class's, but for a photo in them."""
    depth = around + (2 if parts else 1)
    full = {way[:depth] for way, _ in photos}
    shared = next((way[:around] for way, _ in photos if way), ())
    found = {
        way[:depth]
        for way in ways
        if len(way) >= depth and way[:around] == shared and (not parts or way[around].lower() in parts)
    }
    return tuple("/".join(way) for way in sorted(found - full))


def photos_at(path: Path, called: str, val_share: float = 0.2, seed: int = 0) -> LabelledPhotos:
    """The labels of the photos in a folder or a ZIP archive of this machine.

    Args:
        path: of it.
        called: what stands for it in the names of the photos.
        val_share: as in `labelled_photos`.
        seed: as in `labelled_photos`.

    Raises:
        ValueError: in one sentence, if it is not there, no archive that can be read, or as `labelled_photos`.
    """
    if not path.exists():
        raise ValueError(t("There is no file or folder {path}.").format(path=path))
    if not path.is_dir():
        if not path.is_file():
            raise no_file(str(path))
        if not is_archive(path.name):
            raise ValueError(t("{path} is neither a folder nor a ZIP archive of photos.").format(path=path))
        members(path, called)  # refuses what cannot be read; as an entry, it would be passed over
    return labelled_photos(entries_of(str(path), called), val_share, seed, folders_of(str(path), called))


_Files = list[tuple[tuple[str, ...], Entry]]
"""The folders around each file, from the outermost on, and the file."""


def _photos_and_others(entries: Iterable[Entry]) -> tuple[_Files, _Files]:
    """Photos by their endings, and all other files."""
    photos: _Files = []
    others: _Files = []
    for entry in entries:
        files = photos if entry.name.lower().endswith(ENDINGS) else others
        files.append((_folders(entry.name), entry))
    return photos, others


def _folders(name: str) -> tuple[str, ...]:
    return _parts_of(name)[:-1]


def _parts_of(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts


def _shared(all_folders: list[tuple[str, ...]]) -> int:
    """How many folders, from the outermost on, are around all files; a class is not around itself."""
    first, last = min(all_folders), max(all_folders)
    if first == last:
        return max(0, len(first) - 1)
    pairs = zip(first, last, strict=False)
    return next((depth for depth, (one, other) in enumerate(pairs) if one != other), len(first))


def _given(learnt: _Files, tested: _Files) -> LabelledPhotos:
    classes = _classes(learnt)
    known = {composed(name) for name in classes}
    unknown = sorted({folders[0] for folders, _ in tested if folders and composed(folders[0]) not in known})
    if unknown:
        raise ValueError(
            t("{unknown} is a class to test on, but none to learn: it has no folder in train.").format(
                unknown=unknown[0]
            )
        )
    items = _items(learnt, classes, "train") + _items(tested, classes, "val")
    return LabelledPhotos(classes, tuple(sorted(items, key=lambda item: item.name)), "given")


def _made(files: _Files, val_share: float, seed: int) -> LabelledPhotos:
    classes = _classes(files)
    items = sorted(_items(files, classes, "train"), key=lambda item: item.name)
    parted = _parted(items, len(classes), val_share, seed)
    return LabelledPhotos(classes, parted, "made", drawn=(val_share, seed))


def _parted(items: Sequence[Item], classes: int, val_share: float, seed: int) -> tuple[Item, ...]:
    """These photos with some to test on: of each class the same share."""
    tested: set[str] = set()
    for label, names in enumerate(names_by_class(items, classes)):
        # One is kept to learn from, and one to test on where there are two.
        count = min(max(1, round(val_share * len(names))), len(names) - 1)
        tested.update(np.random.default_rng([seed, label]).permutation(names)[:count].tolist())
    return tuple(replace(item, part="val" if item.name in tested else "train") for item in items)


def names_by_class(items: Iterable[Item], classes: int) -> list[list[str]]:
    """The names of the photos of each class, in their order."""
    names: list[list[str]] = [[] for _ in range(classes)]
    for item in items:
        names[item.label].append(item.name)
    return names


def _classes(files: _Files) -> tuple[str, ...]:
    spelt = sorted({folders[0] for folders, _ in files if folders}, reverse=True)
    classes = tuple(sorted({composed(name): name for name in spelt}.values()))
    if len(classes) < 2:
        found = (
            t("all photos lie in one, {classes}").format(classes=classes[0])
            if classes
            else t("the photos lie in none")
        )
        raise ValueError(
            t("Each class needs a folder of its own, two at least; {found}.").format(found=found)
        )
    return classes


def _items(files: _Files, classes: tuple[str, ...], part: Part) -> list[Item]:
    labels = {composed(name): label for label, name in enumerate(classes)}
    return [
        Item(entry.name, labels[composed(folders[0])], part, entry.read)
        for folders, entry in files
        if folders
    ]
