"""Photos to begin with: free ones that come inside scikit-image, so that no network is needed.

The bundled ResNet-18 knows what is in them, but for the astronaut: it learned no people. No photo that the
requirements bring shows two things that it knows, so that one sample is two of the photos in one picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.text import unknown
from resnet_explorer.photos.decode import Photo, open_photo

HALF: Final = (600, 300)
"""Width and height in pixels of each half of a sample that is made of two."""


@dataclass(frozen=True)
class Sample:
    """One photo.

    Attributes:
        name: its short name, as it stands in links.
        title: what is in it.
        credit: who made it, and how it may be used.
        file: the name of its file: one of scikit-image, or that of a picture made of two samples.
        halves: the names of the two samples that it is made of, the upper one first; none for a photo.
        words: one of them stands in the name of every class that is on the photo.
    """

    name: str
    title: str
    credit: str
    file: str
    halves: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()

    def is_known_to(self, classes: Iterable[str]) -> bool:
        """Whether a network of these classes can know what is on it."""
        return any(self.words & set(re.findall(r"\w+", name.lower())) for name in classes)


SAMPLES: Final = (
    Sample(
        "coffee",
        msg("A cup of espresso"),
        "Rachel Michetti, Pikolo Espresso Bar, CC0",
        "coffee.png",
        words=frozenset({"espresso", "coffee", "cup"}),
    ),
    Sample(
        "cat",
        msg("Chelsea the cat"),
        "Stefan van der Walt, CC0",
        "chelsea.png",
        words=frozenset({"cat", "cats", "tabby"}),
    ),
    Sample(
        "pair",
        msg("Two photos in one: the cat above the espresso"),
        "put together from two photos, by Stefan van der Walt, CC0, and Rachel Michetti, "
        "Pikolo Espresso Bar, CC0",
        "cat-above-coffee.png",
        halves=("cat", "coffee"),
    ),
    Sample(
        "rocket",
        msg("A rocket at its launch"),
        "SpaceX, public domain",
        "rocket.jpg",
        words=frozenset({"rocket", "missile"}),
    ),
    Sample("astronaut", msg("An astronaut"), "NASA, public domain", "astronaut.png"),
)

_NAMES: Final = (msg("coffee"), msg("cat"), msg("pair"), msg("rocket"), msg("astronaut"))
"""They where there is room for a word."""
FORMER: Final[Mapping[str, str]] = {"horse": "cat"}
"""Samples of before that links still name, and the sample that is opened instead."""


def first_known(classes: Iterable[str]) -> Sample:
    """The first sample that a network of these classes can know; the first of all where there is none."""
    names = tuple(classes)
    return next((each for each in SAMPLES if each.is_known_to(names)), SAMPLES[0])


def sample(name: str) -> Sample:
    """The sample of that name.

    Raises:
        ValueError: if there is none; the message lists those that there are.
    """
    for each in SAMPLES:
        if each.name == name:
            return each
    words = msg("{name!r} is no sample photo; there are {listed}.")
    raise unknown(words, name, (each.name for each in SAMPLES))


def sample_bytes(name: str) -> bytes:
    """The file of the sample of that name, as somebody would upload it.

    Raises:
        ValueError: if there is none, or scikit-image is not installed.
    """
    chosen = sample(name)
    if chosen.halves:
        return _above_each_other(open_sample(half).image for half in chosen.halves)
    found = find_spec("skimage")  # finds the folder without importing scikit-image, which takes long
    if found is None or not found.submodule_search_locations:
        raise ValueError(t("The sample photos are those of scikit-image, which is not installed."))
    return (Path(found.submodule_search_locations[0]) / "data" / chosen.file).read_bytes()


def open_sample(name: str) -> Photo:
    """The sample photo of that name.

    Raises:
        ValueError: if there is none, or scikit-image is not installed.
    """
    return open_photo(sample_bytes(name), sample(name).file)


def _above_each_other(images: Iterable[Image.Image]) -> bytes:
    """A square PNG of the middles of two pictures, each twice as wide as high."""
    width, height = HALF
    square = Image.new("RGB", (width, 2 * height))
    for number, image in enumerate(images):
        square.paste(ImageOps.fit(image, HALF), (0, number * height))
    file = io.BytesIO()
    square.save(file, "PNG")
    return file.getvalue()
