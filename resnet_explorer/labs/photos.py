"""What a lab measures a trained network on: photos with labels or, for other classes, squares of samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from resnet_explorer.common.i18n import t
from resnet_explorer.common.numbers import bytes_text
from resnet_explorer.network.budget import images_together
from resnet_explorer.network.table_rows import BYTES_PER_NUMBER
from resnet_explorer.photos.cifar_photos import fixed_photos, knows_them

if TYPE_CHECKING:
    from torch import Tensor

    from resnet_explorer.finetune.dataset.store import Dataset
    from resnet_explorer.network.spec import ResNetSpec
    from resnet_explorer.weights.description import Weights

PIXELS: Final = 50 * 32 * 32
"""That go into a network together."""
MOST_BYTES: Final = 2**30
"""Of all photos that a network is measured on, which are kept for all sessions."""
OF_A_DATASET: Final = 60
"""Photos of a dataset that are shown, evenly through it."""


@dataclass(frozen=True, eq=False)
class Photos:
    """Photos as a network takes them.

    Attributes:
        images: (N, channels, H, W).
        labels: (N,), what they show, as the network's classes; None if its classes are others.
    """

    images: Tensor
    labels: Tensor | None


def batch_size(images: Tensor, spec: ResNetSpec | None = None) -> int:
    """How many images (N, channels, H, W) go into a network together.

    Args:
        images: they.
        spec: the network, if it may be one of whose work nothing is known.
    """
    height, width = images.shape[2:]
    return images_together(height, width, PIXELS, spec)


def check_room(weights: Weights, count: int) -> None:
    """Refuse photos that would fill the memory, before any is made.

    Raises:
        ValueError: in one sentence.
    """
    side = weights.preprocessing.crop
    taken = count * BYTES_PER_NUMBER * weights.spec.in_channels * side * side
    if taken > MOST_BYTES:
        raise ValueError(
            t("At {side:,} × {side:,} pixels {count:,} photos take {taken}; {most} are allowed.").format(
                side=side, count=count, taken=bytes_text(taken), most=bytes_text(MOST_BYTES)
            )
        )


def photos_of(weights: Weights, count: int) -> Photos:
    """The first so many of CIFAR-10's test photos, or squares of the samples for other classes.

    Raises:
        ValueError: if the photos are not there.
    """
    return photos_for(weights, count) if knows_them(weights.classes) else sample_squares(weights)


def photos_for(weights: Weights, count: int) -> Photos:
    """The first so many test photos, with their labels.

    Raises:
        ValueError: for a network of other classes, or if the file is missing.
    """
    import torch

    from resnet_explorer.explanation.predict import to_tensor

    if not knows_them(weights.classes):
        raise ValueError(t("The network knows other things than the test photos show."))
    check_room(weights, count)
    images, names = fixed_photos()
    side = weights.preprocessing.crop
    tensors = [
        to_tensor(_sized(image, side), weights.preprocessing, weights.spec.in_channels)
        for image in images[:count]
    ]
    labels = torch.tensor([weights.classes.index(name) for name in names[:count]])
    return Photos(torch.cat(tensors), labels)


def sample_squares(weights: Weights) -> Photos:
    """Three squares of each sample photo, and their mirror images: 30, without labels."""
    import torch

    from resnet_explorer.explanation.predict import preprocess
    from resnet_explorer.photos.crop import ALONG
    from resnet_explorer.photos.samples import SAMPLES, open_sample

    check_room(weights, 2 * len(ALONG) * len(SAMPLES))
    squares = [
        preprocess(open_sample(each.name), weights.preprocessing, view, weights.spec.in_channels)[0]
        for each in SAMPLES
        for view in ALONG
    ]
    images = torch.cat(squares)
    return Photos(torch.cat([images, images.flip(3)]), None)


def dataset_photos(weights: Weights, dataset: Dataset) -> Photos:
    """Some photos of a dataset that is kept here, without labels: a network may know other things.

    Raises:
        ValueError: if it is not here any more, or none of them can be read.
    """
    import torch

    from resnet_explorer.finetune.dataset.batches import plain

    items = dataset.photos().items
    check_room(weights, min(len(items), OF_A_DATASET))
    squares = []
    for number in range(0, len(items), -(-len(items) // OF_A_DATASET)):
        try:
            squares.append(plain(items[number], weights.preprocessing, weights.spec.in_channels))
        except ValueError:
            continue  # Train names those that cannot be read
    if not squares:
        raise ValueError(t("No photo of {dataset} can be read.").format(dataset=dataset.label))
    return Photos(torch.stack(squares), None)


def _sized(pixels: NDArray[np.uint8], side: int) -> Image.Image:
    image = Image.fromarray(pixels)
    if image.width % side == 0:
        return image.reduce(image.width // side)  # the mean over squares of pixels, as the study shrank them
    return image.resize((side, side), Image.Resampling.BICUBIC)
