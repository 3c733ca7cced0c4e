"""Photos with labels, from the folders that they lie in: the form that torchvision calls ImageFolder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final, Literal

import numpy as np

from resnet_explorer.many.archive import is_archive, members
from resnet_explorer.many.entries import Entry, entries_of

Part = Literal["train", "val"]
PARTS: Final[tuple[Part, Part]] = ("train", "val")

TRAIN_NAMES: Final = ("train", "training")
VAL_NAMES: Final = ("val", "valid", "validation", "test")
"""What people call the folder of photos that are not learnt from; the first that is there is taken."""

ENDINGS: Final = (
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".gif",
    ".tif",
    ".tiff",
    ".bmp",
    ".heic",
    ".heif",
    ".avif",
)


@dataclass(frozen=True)
class Item:
    """A photo that has a label.

    Attributes:
        name: the way to it, for people; no two of a collection have the same.
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
        loose: names of photos that lie in no class's folder; they are left out.
    """

    classes: tuple[str, ...]
    items: tuple[Item, ...]
    split: Literal["given", "made"]
    loose: tuple[str, ...] = ()

    def part(self, part: Part) -> tuple[Item, ...]:
        """The photos to learn from, or those to test on."""
        return tuple(item for item in self.items if item.part == part)

    def counts(self, part: Part) -> tuple[int, ...]:
        """How many photos each class has in a part."""
        found = Counter(item.label for item in self.part(part))
        return tuple(found[label] for label in range(len(self.classes)))

    def without(self, names: Collection[str]) -> LabelledPhotos:
        """The same, some photos left out; a class that loses all of its photos keeps its place."""
        return replace(self, items=tuple(item for item in self.items if item.name not in names))


def labelled_photos(entries: Iterable[Entry], val_share: float = 0.2, seed: int = 0) -> LabelledPhotos:
    """Take the labels of photos from their folders.

    Either `train/CLASS/…` and `val/CLASS/…`, or `CLASS/…` alone, which is split: of each class the same
    share (stratified), by the seed. Folders around all of it do not matter, and files that are no photos
    by their endings are passed over.

    Args:
        entries: the files, by the way to each.
        val_share: of each class's photos to test on, where the folders do not say.
        seed: of the split.

    Raises:
        ValueError: in one sentence, where there are fewer than two classes, or a class to test on that
            is not learnt.
    """
    files = [(_ways(entry.name), entry) for entry in entries if entry.name.lower().endswith(ENDINGS)]
    if not files:
        raise ValueError("No photos are there: folders named after their classes are needed, photos in each.")
    around = _shared([ways for ways, _ in files])
    inside = [(ways[around:], entry) for ways, entry in files]
    tops = {ways[0].lower() for ways, _ in inside if ways}
    train = next((name for name in TRAIN_NAMES if name in tops), None)
    val = next((name for name in VAL_NAMES if name in tops), None)
    if train is None:
        loose = tuple(entry.name for ways, entry in inside if not ways)
        return replace(_made(inside, val_share, seed), loose=loose)
    learnt = [(ways[1:], entry) for ways, entry in inside if ways and ways[0].lower() == train]
    if val is None:
        return _made(learnt, val_share, seed)
    return _given(learnt, [(ways[1:], entry) for ways, entry in inside if ways and ways[0].lower() == val])


def photos_at(path: Path, called: str, val_share: float = 0.2, seed: int = 0) -> LabelledPhotos:
    """The labels of the photos in a folder or a ZIP archive of this machine.

    Args:
        path: of it.
        called: what stands for it in the names of the photos.
        val_share: as in `labelled_photos`.
        seed: as there.

    Raises:
        ValueError: in one sentence, if it is not there, no archive that can be read, or as there.
    """
    if not path.exists():
        raise ValueError(f"There is no file or folder {path}.")
    if path.is_file():
        if not is_archive(path.name):
            raise ValueError(f"{path} is neither a folder nor a ZIP archive of photos.")
        members(path, called)  # refuses what cannot be read; as an entry, it would be passed over
    return labelled_photos(entries_of(str(path), called), val_share, seed)


_Files = list[tuple[tuple[str, ...], Entry]]
"""The folders on the way to each file, and the file."""


def _ways(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts[:-1]


def _shared(all_ways: list[tuple[str, ...]]) -> int:
    """How many folders, from the outermost on, are around all files; a class is not around itself."""
    first, last = min(all_ways), max(all_ways)
    if first == last:
        return max(0, len(first) - 1)
    pairs = zip(first, last, strict=False)
    return next((depth for depth, (one, other) in enumerate(pairs) if one != other), len(first))


def _given(learnt: _Files, tested: _Files) -> LabelledPhotos:
    classes = _classes(learnt)
    unknown = sorted({ways[0] for ways, _ in tested if ways} - set(classes))
    if unknown:
        raise ValueError(f"{unknown[0]} is a class to test on, but none to learn: it has no folder in train.")
    items = _items(learnt, classes, "train") + _items(tested, classes, "val")
    return LabelledPhotos(classes, tuple(sorted(items, key=lambda item: item.name)), "given")


def _made(files: _Files, val_share: float, seed: int) -> LabelledPhotos:
    classes = _classes(files)
    items = sorted(_items(files, classes, "train"), key=lambda item: item.name)
    tested: set[str] = set()
    for label in range(len(classes)):
        names = [item.name for item in items if item.label == label]
        # One is kept to learn from, and one to test on where there are two.
        count = min(max(1, round(val_share * len(names))), len(names) - 1)
        tested.update(np.random.default_rng([seed, label]).permutation(names)[:count].tolist())
    parted = (replace(item, part="val") if item.name in tested else item for item in items)
    return LabelledPhotos(classes, tuple(parted), "made")


def _classes(files: _Files) -> tuple[str, ...]:
    classes = tuple(sorted({ways[0] for ways, _ in files if ways}))
    if len(classes) < 2:
        found = f"all photos lie in one, {classes[0]}" if classes else "the photos lie in none"
        raise ValueError(f"Each class needs a folder of its own, two at least; {found}.")
    return classes


def _items(files: _Files, classes: tuple[str, ...], part: Part) -> list[Item]:
    labels = {name: label for label, name in enumerate(classes)}
    return [Item(entry.name, labels[ways[0]], part, entry.read) for ways, entry in files if ways]
