"""A few of CIFAR-10's test images that ship with the explorer: a fixed set, to measure accuracies on.

`python -m resnet_explorer.photos.cifar_photos cifar10.tar.xz photos.tar.xz` makes the file from an archive of
`test/CLASS/*.jpg`. The images go into it as they are, byte for byte.
"""

from __future__ import annotations

import io
import sys
import tarfile
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.common.i18n import t

FILE: Final = Path(__file__).parent / "cifar10_test_1000.tar.xz"
PER_CLASS: Final = 100
SEED: Final = 0


@lru_cache(maxsize=1)
def fixed_photos() -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The images (1000, 32, 32, 3) and the name of what each shows, the classes in rotation.

    So any first part of them is balanced too.

    Raises:
        ValueError: if the file is missing or damaged.
    """
    try:
        with tarfile.open(FILE) as archive:
            files = {member.name: _content(archive, member) for member in archive.getmembers()}
        images = np.stack([np.asarray(Image.open(io.BytesIO(content))) for content in files.values()])
    except (OSError, tarfile.TarError, ValueError, EOFError) as error:
        words = t("The test photos in {file} cannot be read: {error}.")
        raise ValueError(words.format(file=FILE.name, error=error)) from None
    return images, tuple(PurePosixPath(name).parent.name for name in files)


def knows_them(classes: tuple[str, ...]) -> bool:
    """Whether a network's classes are those of the test photos, in any order, and no others."""
    return set(classes) == set(fixed_photos()[1]) and len(set(classes)) == len(classes)


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
            raise ValueError(
                t("There are only {count} test images of {label}.").format(count=len(files), label=label)
            )
        chosen = generator.choice(len(files), per_class, replace=False)
        drawn.append([(f"{label}/{files[place]}", by_class[label][files[place]]) for place in chosen])
    if not drawn:
        raise ValueError(t("There are no images in test/CLASS."))
    with tarfile.open(target, "w:xz", preset=9) as archive:
        for one_of_each in zip(*drawn, strict=True):
            for path, content in one_of_each:
                member = tarfile.TarInfo(path)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return per_class * len(drawn)


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), Path(sys.argv[2])))
