"""What is measured of a network from scratch: on test images as they are, and as people would upload them.

There are no labelled photos but the small test images, which no training step saw. Each is enlarged and set,
off its centre, into a photo of a random shape; around it lies its own blurred colour. What comes out goes the
whole way of an upload: bytes, decoder, crop, network.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from resnet_explorer.explanation.predict import default_view, preprocess
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.evaluation import logits_of, normalized_batches, share
from resnet_explorer.weights.description import Weights

UPLOADS: Final = 1000
"""How many test images are also measured as uploads."""
ASPECTS: Final = (16 / 9, 3 / 2, 4 / 3, 1.0, 3 / 4, 2 / 3, 9 / 16)
LONG_SIDE: Final = 640
COVER: Final = (0.6, 1.0)
"""How much of the photo's shorter side the image covers, at least and at most."""


@dataclass(frozen=True)
class Figures:
    """What was measured of a trained network; accuracies from 0 to 1.

    Attributes:
        test: on all test images as they are.
        per_class: the same, class by class, of those that have test images.
        uploads: on test images as large, off-centre photos (`as_uploaded`), looked at as the app does.
        uploads_centre: on the same, looked at in the centre.
        uploads_count: on how many of them.
    """

    test: float
    per_class: dict[str, float]
    uploads: float
    uploads_centre: float
    uploads_count: int


def measure(model: ResNet, weights: Weights, data: SmallImages) -> Figures:
    """Measure a network on the test part of its data, and on the same images as uploads."""
    mean, std = (
        torch.tensor(values).view(3, 1, 1)
        for values in (weights.preprocessing.mean, weights.preprocessing.std)
    )
    logits = logits_of(model, normalized_batches(data.test.images, (mean, std)))
    right = logits.argmax(1) == data.test.labels
    per_class = {
        name: share(right[data.test.labels == index])
        for index, name in enumerate(weights.classes)
        if (data.test.labels == index).any()
    }
    count = min(UPLOADS, len(data.test))
    centred = replace(weights.preprocessing, crop_policy="centre")
    return Figures(
        share(right),
        per_class,
        _uploads_accuracy(model, weights.preprocessing, data.test, count),
        _uploads_accuracy(model, centred, data.test, count),
        count,
    )


@torch.inference_mode()
def _uploads_accuracy(model: ResNet, preprocessing: Preprocessing, images: ImageSet, count: int) -> float:
    """Accuracy on the first photos of a shuffle, each through the app's whole path."""
    random = np.random.default_rng(0)
    chosen = random.permutation(len(images))[:count]
    right = 0
    for index in chosen:
        pixels = images.images[index].permute(1, 2, 0).numpy()
        photo = open_photo(as_uploaded(pixels, random), "upload.jpg")
        tensor, _ = preprocess(photo, preprocessing, default_view(model, photo, preprocessing))
        right += int(model(tensor).argmax() == images.labels[index])
    return right / count


def as_uploaded(pixels: NDArray[np.uint8], random: np.random.Generator) -> bytes:
    """A small image (H, W, 3) as the JPEG of a large, off-centre photo."""
    aspect = random.choice(ASPECTS)
    width, height = (round(LONG_SIDE * min(1, aspect)), round(LONG_SIDE / max(1, aspect)))
    side = round(min(width, height) * random.uniform(*COVER))
    left, top = (int(random.integers(0, length - side + 1)) for length in (width, height))
    image = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
    photo = image.resize((width, height)).filter(ImageFilter.GaussianBlur(side / 6))
    photo.paste(image, (left, top), _feathered(side))
    for change in (ImageEnhance.Brightness, ImageEnhance.Color):
        photo = change(photo).enhance(random.uniform(0.8, 1.2))
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=int(random.integers(60, 96)))
    return file.getvalue()


def _feathered(side: int) -> Image.Image:
    """A mask that is opaque but for a soft edge, so that no frame gives the image away."""
    edge = side // 16
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).rectangle((edge, edge, side - edge, side - edge), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(edge / 2))
