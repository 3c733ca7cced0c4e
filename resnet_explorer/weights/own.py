"""Networks of your own, kept as safetensors under the hash of the file that they came from."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resnet_explorer.home import home
from resnet_explorer.weights.base import Weights, from_file, to_metadata

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.weights.checkpoint import Checkpoint

PREFIX: Final = "yours/"
DIGITS: Final = 12


def folder() -> Path:
    """Where they lie."""
    return home() / "weights"


def keep(checkpoint: Checkpoint) -> Weights:
    """Keep a network, so that its key finds it from now on; a label that is taken gets digits added.

    Raises:
        ValueError: if the folder cannot be written to, or the disk is full.
    """
    from resnet_explorer.weights.tensors import write_state

    weights = checkpoint.weights
    if any(other.label == weights.label and other.key != weights.key for other in kept()):
        # People choose by label: two files of one name must be told apart.
        weights = replace(weights, label=f"{weights.label} ({weights.key.removeprefix(PREFIX)[:6]})")
    write_state(_path(weights.key), checkpoint.state, to_metadata(weights))
    return weights


def kept() -> list[Weights]:
    """The networks that were kept, by their labels; a file that is none is passed over."""
    found = []
    for path in sorted(folder().glob("*.safetensors")):
        try:
            found.append(describe(PREFIX + path.stem))
        except ValueError:
            continue
    return sorted(found, key=lambda weights: weights.label)


def describe(key: str) -> Weights:
    """A kept network.

    Raises:
        ValueError: if there is none of that key here.
    """
    return from_file(_existing(key), key, "yours")


def load(key: str) -> ResNet:
    """A kept network, to predict with.

    Raises:
        ValueError: if there is none of that key here, or its file is damaged.
    """
    from resnet_explorer.weights.tensors import network_of, read_state

    return network_of(describe(key).spec, read_state(_existing(key)))


def forget(key: str) -> None:
    """Remove a kept network.

    Raises:
        ValueError: if there is none of that key here.
    """
    _existing(key).unlink()


def relabel(key: str, label: str) -> Weights:
    """Give a kept network another name.

    Raises:
        ValueError: if there is none of that key here, or it cannot be written.
    """
    from resnet_explorer.weights.tensors import read_state, write_state

    weights = replace(describe(key), label=label)
    write_state(_path(key), read_state(_existing(key)), to_metadata(weights))
    return weights


def _path(key: str) -> Path:
    name = key.removeprefix(PREFIX)
    # A key comes from a link: it must not lead out of the folder.
    if not re.fullmatch(rf"[0-9a-f]{{{DIGITS}}}", name):
        raise ValueError(f"{key!r} is no key of a network of your own.")
    return folder() / f"{name}.safetensors"


def _existing(key: str) -> Path:
    path = _path(key)
    if not path.is_file():
        raise ValueError(f"The network {key} is not kept here; import its file again.")
    return path
