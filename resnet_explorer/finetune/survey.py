"""What there is to learn from, before anything is learnt: which photos can be read, and which come twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.finetune.collection import Item, LabelledPhotos, Part
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

Fingerprint = NDArray[np.float32]


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        photos: those that can be read.
        unreadable: a sentence for each that cannot; it is left out.
        twins: names of photos that show the same, one to learn from and one to test on.
        samples: (label, thumbnail as a JPEG file) of a few of each class.
    """

    photos: LabelledPhotos
    unreadable: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    samples: tuple[tuple[int, bytes], ...]

    @property
    def imbalance(self) -> float:
        """How many times as many photos to learn from the largest class has as the smallest one."""
        counts = self.photos.counts("train")
        return max(counts) / max(1, min(counts))


@dataclass(frozen=True, eq=False)
class _Look:
    """One photo looked at: a refusal, or its fingerprint and a thumbnail."""

    item: Item
    refusal: str = ""
    fingerprint: Fingerprint = field(default_factory=lambda: np.empty(0, np.float32))
    thumbnail: bytes = b""


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
    wanted = _first_of_each(photos)
    looks: list[_Look] = []
    total = len(photos.items)
    for look in in_order(lambda item: _look(item, item.name in wanted), photos.items):
        looks.append(look)
        if len(looks) < total:
            yield Step(len(looks), total)
    yield Step(total, total, _summary(photos, looks))


def _first_of_each(photos: LabelledPhotos) -> set[str]:
    """The photos that stand for their classes, spread evenly over each."""
    chosen: set[str] = set()
    for label in range(len(photos.classes)):
        names = [item.name for item in photos.part("train") if item.label == label]
        chosen.update(names[:: max(1, len(names) // SAMPLES)][:SAMPLES])
    return chosen


def _look(item: Item, with_thumbnail: bool) -> _Look:
    try:
        image = open_photo(item.read(), item.name).image
    except ValueError as refusal:
        return _Look(item, str(refusal))
    thumbnail = b""
    if with_thumbnail:
        small = image.copy()
        small.thumbnail((THUMBNAIL, THUMBNAIL))
        thumbnail = jpeg_bytes(small)
    return _Look(item, fingerprint=fingerprint(image), thumbnail=thumbnail)


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


def _summary(photos: LabelledPhotos, looks: list[_Look]) -> Survey:
    refused = [look for look in looks if look.refusal]
    readable = photos.without({look.item.name for look in refused})
    for label, count in enumerate(readable.counts("train")):
        if not count:
            raise ValueError(f"No photo of {photos.classes[label]} that could be learnt from can be read.")
    if not readable.part("val"):
        raise ValueError("No photo to test on can be read; each class needs at least two photos.")
    return Survey(
        readable,
        tuple(look.refusal for look in refused),
        _twins(looks),
        tuple((look.item.label, look.thumbnail) for look in looks if look.thumbnail),
    )


def _twins(looks: list[_Look]) -> tuple[tuple[str, str], ...]:
    """Of each photo to test on that has one, its twin to learn from."""
    parts: dict[Part, list[_Look]] = {"train": [], "val": []}
    for look in looks:
        if not look.refusal:
            parts[look.item.part].append(look)
    learnt = np.stack([look.fingerprint for look in parts["train"]])
    found = []
    for look in parts["val"]:
        edges = learnt[:, :CELLS] @ look.fingerprint[:CELLS]  # cells that agree less those that do not
        colours = np.abs(learnt[:, CELLS:] - look.fingerprint[CELLS:]).max(axis=1)
        (alike,) = np.nonzero((edges >= CELLS - 2 * MOST_UNLIKE) & (colours < NEAR_COLOUR))
        found += [(parts["train"][index].item.name, look.item.name) for index in alike[:1]]
    return tuple(found)
