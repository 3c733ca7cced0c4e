"""The list of trained networks, and one of them by its key. Torch is loaded when one is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import shortened
from resnet_explorer.network.spec import (
    PRESETS,
    TORCHVISION_NAMES,
    ResNetSpec,
    architecture_name,
    preset,
    title,
)
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.description import OWN_PREFIX, Entry, Weights
from resnet_explorer.weights.imagenet_files import FILES, cached_file
from resnet_explorer.weights.reading.checkpoint_name import is_checkpoint_name

if TYPE_CHECKING:
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.weights.download import Progress


def available() -> list[Entry]:
    """Every trained network that can be chosen: bundled, of your own, torchvision's.

    A bundled network whose file is missing is left out; `find("bundled")` says so in a sentence.
    """
    entries = [weights.entry for weights in (*bundled.described(), *user_store.kept())]
    for network in TORCHVISION_NAMES:
        for version in versions(network):
            label = f"{title(preset(network))} · ImageNet {version.rpartition('_')[2]}"
            entries.append(Entry(f"torchvision/{network}/{version}", label, "torchvision"))
    return entries


def on_this_machine() -> tuple[Entry, ...]:
    """Those of `available` that can be loaded without fetching a file."""
    return tuple(
        entry for entry in available() if entry.source != "torchvision" or cached_file(entry.key) is not None
    )


def versions(network: str) -> tuple[str, ...]:
    """The versions of torchvision's weights for a network, the best first."""
    return tuple(FILES[network])


def is_file_name(name: str) -> bool:
    """Whether a trained network is named by its file: by the ending, or because the file is there.

    A preset's name stays one, whatever lies in the folder.
    """
    if is_checkpoint_name(name):
        return True
    return name not in PRESETS and os.path.isfile(name)  # noqa: PTH113 (Path raises for a name too long)


def key_of(name: str) -> str:
    """The key of a name: torchvision's may go by the network alone ("resnet50": the best version).

    Raises:
        ValueError: if it is the name of none.
    """
    if _is_shipped(name) or name.startswith(OWN_PREFIX):
        return name
    network, _, version = name.removeprefix("torchvision/").partition("/")
    if network not in TORCHVISION_NAMES or (version and version not in versions(network)):
        known = ", ".join([*bundled.all_keys(), *TORCHVISION_NAMES])
        raise ValueError(
            t("{name!r} is no trained network; there are {known}, and what you imported.").format(
                name=shortened(name), known=known
            )
        )
    return f"torchvision/{network}/{version or versions(network)[0]}"


def published_for(spec: ResNetSpec) -> list[str]:
    """The keys of torchvision's weights for an architecture, whatever its classes; the best first."""
    network = architecture_name(spec)
    return [f"torchvision/{network}/{version}" for version in FILES.get(network or "", ())]


def spec_of(key: str) -> ResNetSpec:
    """The network of weights that are on this machine. Torch is not loaded.

    Raises:
        ValueError: in one sentence, if there are none of that key, or their file is not here.
    """
    key = key_of(key)
    if not key.startswith("torchvision/"):
        return find(key).spec
    network = preset(key.split("/")[1])
    if cached_file(key) is None:
        raise ValueError(
            t("The file of ImageNet's weights for {network} is not on this machine.").format(
                network=title(network)
            )
        )
    return network


def best_for(spec: ResNetSpec, *, any_classes: bool) -> str | None:
    """The key of the best weights on this machine for a network: bundled ones, or else ImageNet's.

    Args:
        spec: the network.
        any_classes: whether weights of the same architecture with other classes will do.
    """
    here = [(weights.key, weights.spec) for weights in bundled.described()]
    here += [(key, spec_of(key)) for key in published_for(spec) if cached_file(key)]
    return next((key for key, other in here if other == spec or (any_classes and alike(other, spec))), None)


def alike(one: ResNetSpec, other: ResNetSpec) -> bool:
    """Whether two networks are the same, but for the number of ImageNet's classes."""
    return one == other or architecture_name(one) == architecture_name(other) is not None


def find(name: str) -> Weights:
    """A trained network by its key or name.

    Raises:
        ValueError: if there is none of that name, or its file is missing.
    """
    key = key_of(name)
    if _is_shipped(key):
        return bundled.describe(bundled.path_of(key), key)
    if key.startswith(OWN_PREFIX):
        return user_store.describe(key)
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
        return user_store.load(weights.key)
    from resnet_explorer.weights import imagenet

    return imagenet.load(weights.key, progress)


def _is_shipped(key: str) -> bool:
    return key in bundled.all_keys() or key in bundled.study_keys()
