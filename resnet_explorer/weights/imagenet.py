"""torchvision's ImageNet weights: address, classes and preprocessing from torchvision, never retyped."""

from __future__ import annotations

from typing import Any

import torch
import torchvision

from resnet_explorer.common.i18n import t
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import preset, title
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.download import Progress, fetch
from resnet_explorer.weights.imagenet_files import cache_folder
from resnet_explorer.weights.tensors import network_of


def describe(key: str) -> Weights:
    """The weights of a key like "torchvision/resnet50/IMAGENET1K_V2".

    Raises:
        ValueError: if torchvision has no such weights.
    """
    published = _published(key)
    _, network, version = key.split("/")
    spec = preset(network)
    return Weights(
        key,
        f"{title(spec)} · ImageNet {version.rpartition('_')[2]}",
        spec,
        tuple(published.meta["categories"]),
        preprocessing_of(published),
        "torchvision",
    )


def address(key: str) -> str:
    """Where torchvision publishes the file.

    Raises:
        ValueError: if torchvision has no such weights.
    """
    return str(_published(key).url)


def load(key: str, progress: Progress | None = None, url: str | None = None) -> ResNet:
    """Our network with torchvision's values; from its cache, or else from the web.

    Args:
        key: "torchvision/NETWORK/VERSION".
        progress: told of the bytes as they come.
        url: another address of the same file.

    Raises:
        ValueError: in one sentence, if the file cannot be had or is not the published one.
    """
    spec = preset(key.split("/")[1])
    path = fetch(url or address(key), cache_folder(), progress)
    state = torch.load(path, map_location="cpu", weights_only=True)
    return network_of(spec, state)


def preprocessing_of(published: Any) -> Preprocessing:
    """How a photo becomes the input, from the transforms that torchvision ties to its weights."""
    preset_transforms = published.transforms()
    red, green, blue = preset_transforms.mean
    std_red, std_green, std_blue = preset_transforms.std
    return Preprocessing(
        resize=preset_transforms.resize_size[0],
        crop=preset_transforms.crop_size[0],
        mean=(red, green, blue),
        std=(std_red, std_green, std_blue),
        interpolation=preset_transforms.interpolation.value,
    )


def categories() -> tuple[str, ...]:
    """The names of ImageNet's 1000 classes."""
    return tuple(_published("torchvision/resnet18/IMAGENET1K_V1").meta["categories"])


def default_preprocessing() -> Preprocessing:
    """What nearly every recipe for 224 pixels uses: ResNet-18's, V1."""
    return preprocessing_of(_published("torchvision/resnet18/IMAGENET1K_V1"))


def _published(key: str) -> Any:
    """torchvision's record of weights."""
    try:
        _, network, version = key.split("/")
        return torchvision.models.get_model_weights(network)[version]
    except (ValueError, KeyError):
        raise ValueError(
            t("torchvision has no weights {key!r}.").format(key=key.removeprefix("torchvision/"))
        ) from None
