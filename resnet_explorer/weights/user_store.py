"""Networks of your own, kept as safetensors under the hash of the file that they came from."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_explorer.common.atomic_file import remove_leftovers
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_WRITTEN, os_error_as
from resnet_explorer.common.user_folder import giving_names, home
from resnet_explorer.network.spec_code import encode_spec
from resnet_explorer.weights.description import HASH_DIGITS, OWN_PREFIX, Weights, from_file, to_metadata

if TYPE_CHECKING:
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.network.spec import ResNetSpec
    from resnet_explorer.photos.preprocessing import Preprocessing
    from resnet_explorer.weights.checkpoint import Checkpoint


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
    with (
        os_error_as(NOT_WRITTEN, file=_path(weights.key).name, folder=folder()),
        giving_names(),  # two that come at once are not to have one name
    ):
        remove_leftovers(folder())
        if any(other.label == weights.label and other.key != weights.key for other in kept()):
            # People choose by label: two files of one name must be told apart.
            label = f"{weights.label} ({weights.key.removeprefix(OWN_PREFIX)[:6]})"
            weights = replace(weights, label=label)
        write_state(_path(weights.key), checkpoint.state, to_metadata(weights))
    return weights


def kept() -> list[Weights]:
    """The networks that were kept, by their labels; a file that is none is passed over."""
    found = []
    for path in sorted(folder().glob("*.safetensors")):
        with suppress(ValueError):
            found.append(describe(OWN_PREFIX + path.stem))
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


def relabel(key: str, label: str) -> None:
    """Give a kept network another name.

    Raises:
        ValueError: if there is none of that key here, or it cannot be written.
    """
    from resnet_explorer.weights.tensors import read_state, write_state

    weights = replace(describe(key), label=label)
    write_state(_path(key), read_state(_existing(key)), to_metadata(weights))


def read_as(
    key: str, spec: ResNetSpec, preprocessing: Preprocessing, *, swaps_colours: bool = False
) -> Weights:
    """Read a kept network as another one of the same shapes, or for other numbers; it gets another key.

    (Whoever looked at photos with it before keeps what came out under the key of before.)

    Args:
        key: the network.
        spec: what it is from now on.
        preprocessing: how it sees photos from now on.
        swaps_colours: whether red and blue of its input change places.

    Raises:
        ValueError: if there is none of that key here, its values do not fit, or it cannot be written.
    """
    from resnet_explorer.weights.tensors import network_of, read_state, write_state

    before, state = describe(key), read_state(_existing(key))
    if swaps_colours:
        state["conv1.weight"] = state["conv1.weight"].flip(1).contiguous()
    network_of(spec, state)
    said = f"{key} {encode_spec(spec)} {preprocessing} {swaps_colours}"
    digits = hashlib.sha256(said.encode()).hexdigest()[:HASH_DIGITS]
    weights = replace(before, key=OWN_PREFIX + digits, spec=spec, preprocessing=preprocessing)
    write_state(_path(weights.key), state, to_metadata(weights))
    if weights.key != key:
        _existing(key).unlink()
    return weights


def _path(key: str) -> Path:
    name = key.removeprefix(OWN_PREFIX)
    # A key comes from a link: it must not lead out of the folder.
    if not re.fullmatch(rf"[0-9a-f]{{{HASH_DIGITS}}}", name):
        raise ValueError(t("{key!r} is no key of a network of your own.").format(key=key))
    return folder() / f"{name}.safetensors"


def _existing(key: str) -> Path:
    path = _path(key)
    if not path.is_file():
        raise ValueError(t("The network {key} is not kept here; import its file again.").format(key=key))
    return path
