"""What there is to learn from, before anything is learnt: which photos can be read, and which come twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.finetune.collection import PARTS, Item, LabelledPhotos
from resnet_explorer.overlay import jpeg_bytes
from resnet_explorer.photo import open_photo
from resnet_explorer.progress import Step
from resnet_explorer.threads import in_order

SAMPLES: Final = 6
"""Thumbnails kept of each class."""
THUMBNAIL: Final = 128
"""Pixels of their longer side."""
IMBALANCED: Final = 3.0
"""From how many times as many photos in one class as in another on it is worth a word."""


CELLS: Final = 256
MOST_UNLIKE: Final = 12
"""Cells of a fingerprint in which two pictures that look the same may differ."""
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
        unreadable: a sentence for each that cannot, or that has no class; it is left out.
        twins: names of photos that show the same, one to learn from and one to test on; of each photo to
            test on, the first such pair.
        learnt_twins: names of all photos to learn from that show the same as one to test on.
        samples: (label, thumbnail as a JPEG file) of a few of each class.
    """

    photos: LabelledPhotos
    unreadable: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    learnt_twins: frozenset[str]
    samples: tuple[tuple[int, bytes], ...]

    @property
    def imbalance(self) -> float:
        """How many times as many photos to learn from the largest class has as the smallest one."""
        counts = self.photos.counts("train")
        return max(counts) / max(1, min(counts))


@dataclass(frozen=True, eq=False)
class Look:
    """One photo looked at: a refusal, or its fingerprint and, of some, a thumbnail."""

    refusal: str = ""
    fingerprint: Fingerprint = field(default_factory=lambda: np.empty(0, np.float32))
    thumbnail: bytes = b""


Looks = dict[str, Look]
"""By the names of the photos, whichever part each is in."""


def survey(photos: LabelledPhotos) -> Iterator[Step[Survey]]:
    """Open every photo once.

    Args:
        photos: as they were found.

    Yields:
        Photos done; at the end the survey.

    Raises:
        ValueError: if, without those that cannot be read, a class has none to learn from or there is none
            to test on.
    """
    for step in look_at(photos):
        yield Step(step.done, step.total, summary(photos, step.answer) if step.answer else None)


def look_at(photos: LabelledPhotos) -> Iterator[Step[Looks]]:
    """Open every photo once; what is found holds for any split.

    Yields:
        Photos done; at the end the looks.
    """
    wanted = _first_of_each(photos)
    looks: Looks = {}
    total = len(photos.items)
    found = in_order(lambda item: _look(item, item.name in wanted), photos.items)
    for item, look in zip(photos.items, found, strict=True):
        looks[item.name] = look
        if len(looks) < total:
            yield Step(len(looks), total)
    yield Step(total, total, looks)


def _first_of_each(photos: LabelledPhotos) -> set[str]:
    """The photos that stand for their classes, spread evenly over each."""
    chosen: set[str] = set()
    for label in range(len(photos.classes)):
        names = [item.name for item in photos.items if item.label == label]
        chosen.update(names[:: max(1, len(names) // SAMPLES)][:SAMPLES])
    return chosen


def _look(item: Item, with_thumbnail: bool) -> Look:
    try:
        image = open_photo(item.read(), item.name).image
    except ValueError as refusal:
        return Look(str(refusal))
    return Look("", fingerprint(image), thumbnail(image) if with_thumbnail else b"")


def thumbnail(image: Image.Image) -> bytes:
    """A small copy, as a JPEG file."""
    small = image.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return jpeg_bytes(small)


def fingerprint(image: Image.Image) -> Fingerprint:
    """Nearly the same for pictures that look the same, as one saved anew or at another size does.

    Returns:
        (259,): for 16 × 16 cells in grey, −1 or 1 for darker or brighter than the right neighbour (a
        "difference hash"); then the mean colour, red, green and blue from 0 to 1.
    """
    grey = np.asarray(image.convert("L").resize((17, 16), Image.Resampling.BOX), dtype=np.float32)
    edges = np.where(grey[:, 1:] > grey[:, :-1], 1.0, -1.0).ravel()
    colour = np.asarray(image.convert("RGB").resize((1, 1), Image.Resampling.BOX), dtype=np.float32).ravel()
    return np.concatenate([edges, colour / 255]).astype(np.float32)


def summary(photos: LabelledPhotos, looks: Looks) -> Survey:
    """What the looks come to for a split.

    Args:
        photos: those that were looked at, split.
        looks: of all of them.

    Raises:
        ValueError: as `survey`.
    """
    readable = photos.without({name for name, look in looks.items() if look.refusal})
    for label, count in enumerate(readable.counts("train")):
        if not count:
            raise ValueError(f"No photo of {photos.classes[label]} that could be learnt from can be read.")
    if not readable.part("val"):
        missing = "can be read" if photos.part("val") else "is there"
        raise ValueError(f"No photo to test on {missing}; each class needs at least two photos.")
    twins, learnt_twins = _twins(readable, looks)
    return Survey(
        readable,
        (
            *(looks[item.name].refusal for item in photos.items if looks[item.name].refusal),
            *(f"{name} lies in no class's folder." for name in photos.loose),
        ),
        twins,
        learnt_twins,
        tuple(
            (item.label, looks[item.name].thumbnail) for item in readable.items if looks[item.name].thumbnail
        ),
    )


def _twins(photos: LabelledPhotos, looks: Looks) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    """Of each photo to test on that has one, its first twin to learn from; and all that are such twins."""
    train, val = ([item.name for item in photos.part(part)] for part in PARTS)
    learnt = np.stack([looks[name].fingerprint for name in train])
    pairs: list[tuple[str, str]] = []
    is_twin = np.zeros(len(train), dtype=bool)
    for start in range(0, len(val), AT_ONCE):
        tested = np.stack([looks[name].fingerprint for name in val[start : start + AT_ONCE]])
        edges = learnt[:, :CELLS] @ tested[:, :CELLS].T  # cells that agree less those that do not
        rows, columns = np.nonzero(edges >= CELLS - 2 * MOST_UNLIKE)  # (to learn, to test), row by row
        apart = np.abs(learnt[rows, CELLS:] - tested[columns, CELLS:]).max(axis=1, initial=0)
        rows, columns = rows[apart < NEAR_COLOUR], columns[apart < NEAR_COLOUR]
        is_twin[rows] = True
        with_twin, first = np.unique(columns, return_index=True)
        pairs += [
            (train[row], val[start + column]) for row, column in zip(rows[first], with_twin, strict=True)
        ]
    return tuple(pairs), frozenset(name for name, found in zip(train, is_twin, strict=True) if found)
