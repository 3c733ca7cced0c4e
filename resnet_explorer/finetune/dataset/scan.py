"""A dataset scanned before anything is learnt: which photos can be read, and which are near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.ordered_map import in_order
from resnet_explorer.common.progress import Step
from resnet_explorer.explanation.heatmap import jpeg_bytes
from resnet_explorer.finetune.dataset.image_folder import PARTS, Item, LabelledPhotos, names_by_class
from resnet_explorer.photos.decode import open_photo

SAMPLES: Final = 6
"""Thumbnails kept of each class."""
THUMBNAIL: Final = 128
"""Pixels of their longer side."""
IMBALANCED: Final = 3.0
"""From how many times as many photos in one class as in another on it is worth a word."""

CELLS: Final = 256
"""Of a fingerprint, 16 × 16."""
MOST_UNLIKE: Final = 12
"""Cells in which the fingerprints of two near-duplicates may differ."""
NEAR_COLOUR: Final = 0.03
"""How far their mean colours may be apart, of 1."""
AT_ONCE: Final = 128
"""Photos to test on that are held against all others in one go."""

Fingerprint = NDArray[np.float32]


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        photos: those that can be read.
        unreadable: a sentence for each that cannot, has no class or no photo's ending, and for each folder of
            a class without a photo or beside those to learn from and to test on; it is excluded.
        near_duplicates: pairs of names, a photo to learn from and one to test on; of each photo to test on,
            the first such pair.
        learnt_duplicates: names of all photos to learn from that are near-duplicates of one to test on.
        samples: (label, thumbnail as a JPEG file) of a few of each class.
    """

    photos: LabelledPhotos
    unreadable: tuple[str, ...]
    near_duplicates: tuple[tuple[str, str], ...]
    learnt_duplicates: frozenset[str]
    samples: tuple[tuple[int, bytes], ...]

    @property
    def imbalance(self) -> float:
        """How many times as many photos to learn from the largest class has as the smallest one."""
        counts = self.photos.counts("train")
        return max(counts) / max(1, min(counts))


@dataclass(frozen=True, eq=False)
class PhotoScan:
    """What was found of one photo: a refusal, or its fingerprint and, of some, a thumbnail."""

    refusal: str = ""
    fingerprint: Fingerprint = field(default_factory=lambda: np.empty(0, np.float32))
    thumbnail: bytes = b""


PhotoScans = dict[str, PhotoScan]
"""By the names of the photos, whichever part each is in."""


def survey(photos: LabelledPhotos) -> Iterator[Step[Survey]]:
    """Open every photo once.

    Yields:
        Photos done; at the end the survey.

    Raises:
        ValueError: if, without those that cannot be read, a class has none to learn from or there is none
            to test on.
    """
    for step in scan_photos(photos):
        yield Step(step.done, step.total, summary(photos, step.answer) if step.answer else None)


def scan_photos(photos: LabelledPhotos) -> Iterator[Step[PhotoScans]]:
    """Open every photo once; what is found holds for any split.

    Yields:
        Photos done; at the end what was found of each.
    """
    wanted = _first_of_each(photos)
    scans: PhotoScans = {}
    total = len(photos.items)
    found = in_order(lambda item: _scan(item, item.name in wanted), photos.items)
    for item, scan in zip(photos.items, found, strict=True):
        scans[item.name] = scan
        if len(scans) < total:
            yield Step(len(scans), total)
    yield Step(total, total, scans)


def _first_of_each(photos: LabelledPhotos) -> set[str]:
    """The photos that stand for their classes, spread evenly over each."""
    chosen: set[str] = set()
    for names in names_by_class(photos.items, len(photos.classes)):
        chosen.update(names[:: max(1, len(names) // SAMPLES)][:SAMPLES])
    return chosen


def _scan(item: Item, with_thumbnail: bool) -> PhotoScan:
    try:
        image = open_photo(item.read(), item.name).image
    except ValueError as refusal:
        return PhotoScan(str(refusal))
    return PhotoScan("", fingerprint(image), thumbnail(image) if with_thumbnail else b"")


def thumbnail(image: Image.Image) -> bytes:
    """A small copy, as a JPEG file."""
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return jpeg_bytes(small)


def fingerprint(image: Image.Image) -> Fingerprint:
    """Nearly equal for near-duplicates, such as a picture saved anew or at another size.

    Returns:
        (259,): for 16 × 16 cells in grey, −1 or 1 for darker or brighter than the right neighbour (a
        "difference hash"); then the mean colour, red, green and blue from 0 to 1.
    """
    grey = np.asarray(image.convert("L").resize((17, 16), Image.Resampling.BOX), dtype=np.float32)
    edges = np.where(grey[:, 1:] > grey[:, :-1], 1.0, -1.0).ravel()
    colour = np.asarray(image.convert("RGB").resize((1, 1), Image.Resampling.BOX), dtype=np.float32).ravel()
    return np.concatenate([edges, colour / 255]).astype(np.float32)


def summary(photos: LabelledPhotos, scans: PhotoScans) -> Survey:
    """What the scans come to for a split.

    Raises:
        ValueError: as `survey`.
    """
    readable = photos.readable({name for name, scan in scans.items() if scan.refusal})
    for label, count in enumerate(readable.counts("train")):
        if not count:
            raise ValueError(
                t("No photo of {classes} that could be learnt from can be read.").format(
                    classes=photos.classes[label]
                )
            )
    if not readable.part("val"):
        raise ValueError(
            t("No photo to test on can be read; each class needs at least two photos.")
            if photos.part("val")
            else t("No photo to test on is there; each class needs at least two photos.")
        )
    near_duplicates, learnt_duplicates = _near_duplicates(readable, scans)
    return Survey(
        readable,
        (
            *(scans[item.name].refusal for item in photos.items if scans[item.name].refusal),
            *(t("{name} lies in no class's folder.").format(name=name) for name in photos.loose),
            *(
                t(
                    "{name}: the photos in it ({count:,}) are neither learnt from nor tested on; those of "
                    "the folders beside it are."
                ).format(name=name, count=count)
                for name, count in photos.beside
            ),
            *(t("{name} does not end as a photo does.").format(name=name) for name in photos.passed_over),
            *(
                t("{name} is a folder without a photo, and so no class.").format(name=name)
                for name in photos.empty
            ),
        ),
        near_duplicates,
        learnt_duplicates,
        tuple(
            (item.label, scans[item.name].thumbnail) for item in readable.items if scans[item.name].thumbnail
        ),
    )


def _near_duplicates(
    photos: LabelledPhotos, scans: PhotoScans
) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Of each photo to test on that has some, its first near-duplicate to learn from; and all of them."""
    train, val = ([item.name for item in photos.part(part)] for part in PARTS)
    learnt = np.stack([scans[name].fingerprint for name in train])
    pairs: list[tuple[str, str]] = []
    is_near_duplicate = np.zeros(len(train), dtype=bool)
    for start in range(0, len(val), AT_ONCE):
        tested = np.stack([scans[name].fingerprint for name in val[start : start + AT_ONCE]])
        edges = learnt[:, :CELLS] @ tested[:, :CELLS].T  # cells that agree, less those that do not
        rows, columns = np.nonzero(edges >= CELLS - 2 * MOST_UNLIKE)  # (to learn, to test), row by row
        apart = np.abs(learnt[rows, CELLS:] - tested[columns, CELLS:]).max(axis=1, initial=0)
        rows, columns = rows[apart < NEAR_COLOUR], columns[apart < NEAR_COLOUR]
        is_near_duplicate[rows] = True
        with_near_duplicate, first = np.unique(columns, return_index=True)
        pairs += [
            (train[row], val[start + column])
            for row, column in zip(rows[first], with_near_duplicate, strict=True)
        ]
    return tuple(pairs), frozenset(
        name for name, found in zip(train, is_near_duplicate, strict=True) if found
    )
