"""Sharp photos, as people upload them, to judge a network on that learned from tiles.

They come in a ZIP of folders, `…/CLASS/*.jpg`, of some of the classes. Half of them, by the SHA-256 of the
file, may be used to tune by; the other half is for judging.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from statistics import fmean
from typing import Literal
from zipfile import BadZipFile, ZipFile

import torch
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.decode import ENDINGS, Photo, open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.sources import is_litter
from resnet_explorer.training.evaluation import logits_of, share

Half = Literal["tune", "judge"]


@dataclass(frozen=True, eq=False)
class CleanPhotos:
    """Photos with labels.

    Attributes:
        photos: decoded.
        labels: (N,) the index of each photo's class among all that the network knows.
    """

    photos: tuple[Photo, ...]
    labels: Tensor


def load_clean_photos(path: Path, classes: Sequence[str], half: Half) -> CleanPhotos:
    """Read one half of the photos.

    Args:
        path: the ZIP.
        classes: all classes of the network; folders of other names are passed over.
        half: of the files whose hash is even to "tune" by, or of the others to "judge".

    Raises:
        ValueError: if the ZIP cannot be read, or no folder is named as a class.
    """
    wanted = {"tune": 0, "judge": 1}[half]
    photos, labels = [], []
    try:
        with ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                file = PurePosixPath(name)
                is_photo = name.lower().endswith(ENDINGS) and not is_litter(file.parts)
                if file.parent.name not in classes or not is_photo:
                    continue
                content = archive.read(name)
                if hashlib.sha256(content).digest()[-1] % 2 == wanted:
                    photos.append(open_photo(content, file.name))
                    labels.append(classes.index(file.parent.name))
    except (BadZipFile, OSError) as error:
        raise ValueError(
            t("{path} is no ZIP that can be read: {error}.").format(path=path, error=error)
        ) from None
    if not photos:
        raise ValueError(
            t("No folder of {path} is named as one of the {count} classes.").format(
                path=path, count=len(classes)
            )
        )
    return CleanPhotos(tuple(photos), torch.tensor(labels))


def photo_logits(model: ResNet, photos: Sequence[Photo], preprocessing: Preprocessing) -> Tensor:
    """Logits (N, classes) of photos, looked at as the app does."""
    return logits_of(model, (preprocess(photo, preprocessing)[0] for photo in photos))


def macro_accuracy(answers: Tensor, labels: Tensor) -> float:
    """The mean over the classes of the part that is right, so that each class counts the same."""
    right = answers == labels
    return fmean(share(right[labels == label]) for label in labels.unique())
