"""What a cut network is measured on: photos with labels or, for other classes, squares of the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_explorer.labs.cifar_photos import knows_them, photos_for

if TYPE_CHECKING:
    from resnet_explorer.labs.lesions import Photos
    from resnet_explorer.weights import Weights


def photos_of(weights: Weights, count: int) -> Photos:
    """The first so many of CIFAR-10's test photos, or squares of the samples for other classes.

    Raises:
        ValueError: if the photos are not there.
    """
    return photos_for(weights, count) if knows_them(weights.classes) else sample_squares(weights)


def sample_squares(weights: Weights) -> Photos:
    """Three squares of each sample photo, and their mirror images: 30, without labels."""
    import torch

    from resnet_explorer.crop import ALONG
    from resnet_explorer.labs.lesions import Photos
    from resnet_explorer.predictor import preprocess
    from resnet_explorer.samples import SAMPLES, open_sample

    squares = [
        preprocess(open_sample(each.name), weights.preprocessing, view, weights.spec.in_channels)[0]
        for each in SAMPLES
        for view in ALONG
    ]
    one_way = torch.cat(squares)
    return Photos(torch.cat([one_way, one_way.flip(3)]), None)
