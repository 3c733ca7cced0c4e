"""The list of trained networks, and one of them by its key. Torch is loaded when one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from resnet_explorer.spec import TORCHVISION_NAMES, preset, title
from resnet_explorer.weights import bundled, own
from resnet_explorer.weights.base import Entry, Weights

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.weights.download import Progress

_ONE_VERSION: Final = {
    "resnet18": "IMAGENET1K_V1",
    "resnet34": "IMAGENET1K_V1",
    "resnext101_64x4d": "IMAGENET1K_V1",
}
_VERSIONS: Final = ("IMAGENET1K_V2", "IMAGENET1K_V1")
"""The better first. Known here, so that a list needs no torch; a test holds them to torchvision's."""


def available() -> list[Entry]:
    """Every trained network that can be chosen: bundled, of your own, torchvision's.

    A bundled network whose file is missing is left out; `find("bundled")` says so in a sentence.
    """
    entries = [weights.entry for weights in (*bundled.described(), *own.kept())]
    for network in TORCHVISION_NAMES:
        for version in versions(network):
            label = f"{title(preset(network))} · ImageNet {version.rpartition('_')[2]}"
            entries.append(Entry(f"torchvision/{network}/{version}", label, "torchvision"))
    return entries


def versions(network: str) -> tuple[str, ...]:
    """The versions of torchvision's weights for a network, the best first."""
    return (_ONE_VERSION[network],) if network in _ONE_VERSION else _VERSIONS


def key_of(name: str) -> str:
    """The key of a name: torchvision's may go by the network alone ("resnet50": the best version).

    Raises:
        ValueError: if it is the name of none.
    """
    if _is_shipped(name) or name.startswith(own.PREFIX):
        return name
    network, _, version = name.removeprefix("torchvision/").partition("/")
    if network not in TORCHVISION_NAMES or (version and version not in versions(network)):
        known = ", ".join([*bundled.all_keys(), *TORCHVISION_NAMES])
        raise ValueError(f"{name!r} is no trained network; there are {known}, and what you imported.")
    return f"torchvision/{network}/{version or versions(network)[0]}"


def find(name: str) -> Weights:
    """A trained network by its key or name.

    Raises:
        ValueError: if there is none of that name, or its file is missing.
    """
    key = key_of(name)
    if _is_shipped(key):
        return bundled.describe(bundled.path_of(key), key)
    if key.startswith(own.PREFIX):
        return own.describe(key)
    from resnet_explorer.weights import imagenet

    return imagenet.describe(key)


def load(weights: Weights, progress: Progress | None = None) -> ResNet:
    """The network with its trained values: eval mode, no gradients, every value placed.

    Args:
        weights: which.
        progress: told of the bytes, if they have to be fetched first.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    if weights.source == "bundled":
        return bundled.load(bundled.path_of(weights.key))
    if weights.source == "yours":
        return own.load(weights.key)
    from resnet_explorer.weights import imagenet

    return imagenet.load(weights.key, progress)


def _is_shipped(key: str) -> bool:
    return key in bundled.all_keys() or key in bundled.study_keys()
