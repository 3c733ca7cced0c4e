"""The network that comes with the explorer, and the form in which it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resnet_explorer.weights.base import Preprocessing, Weights, from_metadata, to_metadata
from resnet_explorer.weights.files import read_header

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet

KEY: Final = "bundled"
FILE: Final = Path(__file__).parent.parent / "bundled" / "cifar10.safetensors"


def describe(path: Path | None = None) -> Weights:
    """The bundled network, from the header of its file.

    Raises:
        ValueError: if the file is not there, or is no such file.
    """
    path = path or FILE
    if not path.is_file():
        raise ValueError(f"The bundled network is missing: there is no file {path.name} in {path.parent}.")
    return from_metadata(read_header(path).metadata, KEY, "bundled")


def load(path: Path | None = None) -> ResNet:
    """The bundled network, to predict with.

    Raises:
        ValueError: if the file is not there or is damaged.
    """
    from resnet_explorer.weights.tensors import network_of, read_state

    path = path or FILE
    return network_of(describe(path).spec, read_state(path))


def export_bundled(
    model: ResNet,
    classes: tuple[str, ...],
    preprocessing: Preprocessing,
    path: Path,
    extra_metadata: Mapping[str, str] | None = None,
) -> Weights:
    """Write a trained network as safetensors, kernels in float16, with all that is needed to use it.

    Args:
        model: the network.
        classes: a name for each of its outputs.
        preprocessing: what it was trained to see.
        path: the file.
        extra_metadata: more to say of it, text by name; "label" is what people read in a list.

    Raises:
        ValueError: if the classes do not fit, or the file cannot be written.
    """
    from resnet_explorer.weights.tensors import halved, write_state

    described = Weights(KEY, path.stem, model.spec, classes, preprocessing, "bundled")
    metadata = to_metadata(described) | dict(extra_metadata or {})
    weights = from_metadata(metadata, KEY, "bundled")
    write_state(path, halved(model.state_dict()), metadata)
    return weights
