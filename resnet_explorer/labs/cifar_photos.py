"""A few of CIFAR-10's test images that ship with the explorer: a fixed set, to measure accuracies on.

`python -m resnet_explorer.labs.cifar_photos cifar10.tar.xz photos.tar.xz` makes the file from an archive of
`test/CLASS/*.jpg`. The images go into it as they are, byte for byte.
"""

from __future__ import annotations

import io
import sys
import tarfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from resnet_explorer.labs.lesions import Photos
    from resnet_explorer.weights import Weights

FILE: Final = Path(__file__).parent / "cifar10_test_1000.tar.xz"
PER_CLASS: Final = 100
SEED: Final = 0


@lru_cache(maxsize=1)
def fixed_photos() -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The images (1000, 32, 32, 3) and the name of what each shows, the classes by turns.

    So any first part of them is balanced too.

    Raises:
        ValueError: if the file is missing or damaged.
    """
    try:
        with tarfile.open(FILE) as archive:
            files = {member.name: _content(archive, member) for member in archive.getmembers()}
        images = np.stack([np.asarray(Image.open(io.BytesIO(content))) for content in files.values()])
    except (OSError, tarfile.TarError, ValueError, EOFError) as error:
        raise ValueError(f"The test photos in {FILE.name} cannot be read: {error}.") from None
    return images, tuple(PurePosixPath(name).parent.name for name in files)


def knows_them(classes: tuple[str, ...]) -> bool:
    """Whether a network's classes are those of the test photos, in any order, and no others."""
    return set(classes) == set(fixed_photos()[1]) and len(set(classes)) == len(classes)


def photos_for(weights: Weights, count: int) -> Photos:
    """The first so many test photos as a network takes them, with their labels.

    Raises:
        ValueError: for a network of other classes, or if the file is missing.
    """
    import torch

    from resnet_explorer.labs.lesions import Photos
    from resnet_explorer.predictor import to_tensor

    if not knows_them(weights.classes):
        raise ValueError("The network knows other things than the test photos show.")
    images, names = fixed_photos()
    side = weights.preprocessing.crop
    tensors = [
        to_tensor(_sized(image, side), weights.preprocessing, weights.spec.in_channels)
        for image in images[:count]
    ]
    labels = torch.tensor([weights.classes.index(name) for name in names[:count]])
    return Photos(torch.cat(tensors), labels)


def _sized(pixels: NDArray[np.uint8], side: int) -> Image.Image:
    image = Image.fromarray(pixels)
    if image.width % side == 0:
        return image.reduce(image.width // side)  # the mean over squares of pixels, as the study shrank them
    return image.resize((side, side), Image.Resampling.BICUBIC)


def make(source: Path, target: Path, per_class: int = PER_CLASS, seed: int = SEED) -> int:
    """Draw as many test images of each class from an archive, and keep them as they are.

    Args:
        source: a tar archive with `test/CLASS/*.jpg`.
        target: the file to write, .tar.xz.
        per_class: images of each class.
        seed: of the draw.

    Returns:
        How many were kept.

    Raises:
        ValueError: if there are too few.
    """
    by_class: dict[str, dict[str, bytes]] = {}
    with tarfile.open(source) as archive:
        for member in archive:
            name = PurePosixPath(member.name)
            if member.isfile() and name.parts[0] == "test":
                by_class.setdefault(name.parent.name, {})[name.name] = _content(archive, member)
    generator = np.random.default_rng(seed)
    drawn = []
    for label in sorted(by_class):
        files = sorted(by_class[label])
        if len(files) < per_class:
            raise ValueError(f"There are only {len(files)} test images of {label}.")
        chosen = generator.choice(len(files), per_class, replace=False)
        drawn.append([(f"{label}/{files[place]}", by_class[label][files[place]]) for place in chosen])
    if not drawn:
        raise ValueError("There are no images in test/CLASS.")
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for turn in zip(*drawn, strict=True):
            for path, content in turn:
                member = tarfile.TarInfo(path)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return per_class * len(drawn)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), Path(sys.argv[2])))
