"""Photos to begin with: the free ones that come inside scikit-image, so that no network is needed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from resnet_explorer.photo import Photo, open_photo


@dataclass(frozen=True)
class Sample:
    """One photo.

    Attributes:
        name: its short name, as in `skimage.data`.
        title: what is in it.
        credit: who made it, and how it may be used.
        file: the name of its file in scikit-image.
    """

    name: str
    title: str
    credit: str
    file: str


SAMPLES: Final = (
    Sample("cat", "Chelsea the cat", "Stefan van der Walt, CC0", "chelsea.png"),
    Sample("horse", "A horse in outline", "Andreas Preuss, CC0", "horse.png"),
    Sample("coffee", "A cup of coffee", "Rachel Michetti, Pikolo Espresso Bar, CC0", "coffee.png"),
    Sample("rocket", "A rocket at its launch", "SpaceX, public domain", "rocket.jpg"),
    Sample("astronaut", "An astronaut", "NASA, public domain", "astronaut.png"),
)


def sample(name: str) -> Sample:
    """The sample of that name.

    Raises:
        ValueError: if there is none; the message lists those that there are.
    """
    for each in SAMPLES:
        if each.name == name:
            return each
    raise ValueError(f"{name!r} is no sample photo; there are {', '.join(each.name for each in SAMPLES)}.")


def sample_path(name: str) -> Path:
    """The file of the sample photo of that name.

    Raises:
        ValueError: if there is none, or scikit-image is not installed.
    """
    chosen = sample(name)
    found = find_spec("skimage")  # finds the folder without importing scikit-image, which takes long
    if found is None or not found.submodule_search_locations:
        raise ValueError("The sample photos are those of scikit-image, which is not installed.")
    return Path(found.submodule_search_locations[0]) / "data" / chosen.file


def open_sample(name: str) -> Photo:
    """The sample photo of that name.

    Raises:
        ValueError: if there is none, or scikit-image is not installed.
    """
    path = sample_path(name)
    return open_photo(path.read_bytes(), path.name)
