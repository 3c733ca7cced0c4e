"""Small square images in memory: CIFAR-10 as folders, as an archive of folders, or as binaries."""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.photos.decode import ENDINGS, open_photo
from resnet_explorer.photos.sources import is_litter

CIFAR10_CLASSES: Final = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_TEST_NAMES: Final = ("test", "val")
_RECORD: Final = 1 + 3 * 32 * 32
"""Bytes of an image in CIFAR-10's own files, its label first."""


@dataclass(frozen=True)
class ImageSet:
    """Images (N, 3, H, W) of bytes and labels (N,), in memory."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class SmallImages:
    """A data set that fits into memory: a train part, a test part, and names of classes."""

    train: ImageSet
    test: ImageSet
    classes: tuple[str, ...]


def load_small_images(path: Path) -> SmallImages:
    """Read a data set of small images, all of one size.

    Args:
        path: a folder, or a tar archive of one, with `train/CLASS/*` and `test/CLASS/*` (or
            `val`); or CIFAR-10's own `cifar-10-binary.tar.gz`.

    Raises:
        ValueError: if there are no such folders, the images differ in size, or something cannot be read.
    """
    if path.is_dir():
        return _from_files((file.relative_to(path), file.read_bytes) for file in sorted(path.rglob("*")))
    if not path.exists():
        raise ValueError(t("There is no file or folder {path}.").format(path=path))
    if not path.is_file():
        raise ValueError(
            t("{path} is neither a folder nor an archive of train/CLASS and test/CLASS.").format(path=path)
        )
    try:
        with tarfile.open(path) as archive:
            members = {PurePosixPath(m.name): m for m in archive.getmembers() if m.isfile()}
            # Read in the order of the archive (a seek in xz starts over), sort afterwards.
            contents = {name: _read(archive, member) for name, member in members.items()}
    except (tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error) as error:
        why = (str(error).splitlines() or ["it ends too soon"])[0].rstrip(":.")
        raise ValueError(
            t("{path} is no tar archive that can be read: {why}.").format(path=path, why=why)
        ) from None
    if any(name.name == "data_batch_1.bin" for name in contents):
        return _from_cifar_binaries(contents)
    return _from_files((name, partial(contents.__getitem__, name)) for name in sorted(contents))


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


def _from_files(files: Iterable[tuple[PurePosixPath | Path, Callable[[], bytes]]]) -> SmallImages:
    found: dict[str, list[tuple[str, np.ndarray]]] = {"train": [], "test": []}
    for name, read in files:
        if not name.name.lower().endswith(ENDINGS) or len(name.parts) < 3 or is_litter(name.parts):
            continue
        part, label = name.parts[-3:-1]
        part = "test" if part in _TEST_NAMES else part
        if part in found:
            found[part].append((label, np.asarray(open_photo(read(), str(name)).image)))
    classes = tuple(sorted({label for label, _ in found["train"]}))
    if not classes or not found["test"]:
        raise ValueError(t("No images were found under train/CLASS and test/CLASS."))
    strange = sorted({label for label, _ in found["test"]}.difference(classes))
    if strange:
        raise ValueError(
            t("There are test images of {name}, and none to learn it from.").format(name=strange[0])
        )
    return SmallImages(_image_set(found["train"], classes), _image_set(found["test"], classes), classes)


def _image_set(pairs: list[tuple[str, np.ndarray]], classes: tuple[str, ...]) -> ImageSet:
    sizes = {pixels.shape for _, pixels in pairs}
    if len(sizes) > 1:
        raise ValueError(
            t("The images are of {count} sizes; this recipe takes one size.").format(count=len(sizes))
        )
    images = torch.from_numpy(np.stack([pixels for _, pixels in pairs])).permute(0, 3, 1, 2).contiguous()
    return ImageSet(images, torch.tensor([classes.index(label) for label, _ in pairs]))


def _from_cifar_binaries(contents: dict[PurePosixPath, bytes]) -> SmallImages:
    """Records of one label byte and 3 × 32 × 32 bytes (cs.toronto.edu/~kriz/cifar.html)."""
    by_name = {name.name: content for name, content in contents.items()}
    learnt, tested = [f"data_batch_{number}.bin" for number in range(1, 6)], "test_batch.bin"
    for name in (*learnt, tested):
        if not by_name.get(name) or len(by_name[name]) % _RECORD:
            raise ValueError(t("CIFAR-10's {name} is missing or damaged.").format(name=name))
    train = b"".join(by_name[name] for name in learnt)
    return SmallImages(_records(train), _records(by_name[tested]), CIFAR10_CLASSES)


def _records(content: bytes) -> ImageSet:
    records = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(-1, _RECORD)
    return ImageSet(records[:, 1:].reshape(-1, 3, 32, 32).contiguous(), records[:, 0].long())
