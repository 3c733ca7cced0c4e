"""A checkpoint of your own: opened without running any of it, unwrapped, recognised."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from resnet_explorer.module import ResNet
from resnet_explorer.recognise import assumptions, recognise
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.weights.base import Preprocessing, Weights, from_metadata, read_preprocessing
from resnet_explorer.weights.files import parse_json, printable
from resnet_explorer.weights.names import torchvision_names
from resnet_explorer.weights.own import DIGITS, PREFIX
from resnet_explorer.weights.reader import read_checkpoint_file
from resnet_explorer.weights.tensors import State, network_of

_AVERAGED: Final = ("average", "model_ema", "state_dict_ema", "ema_state_dict", "ema")
_WRAPPED: Final = ("state_dict", "model_state_dict", "model", "net", "network", "weights", "module")
_CLASS_KEYS: Final = ("classes", "class_names", "categories", "idx_to_class", "class_to_idx", "class_indices")


@dataclass(frozen=True)
class Checkpoint:
    """A network and its trained values, from a file of your own."""

    weights: Weights
    state: State = field(repr=False)

    def network(self) -> ResNet:
        """The network, to predict with."""
        return network_of(self.weights.spec, self.state)


def read_checkpoint(
    content: bytes | Path, name: str | None = None, class_indices: bytes | str | None = None
) -> Checkpoint:
    """Open a .pth, .pt or .safetensors file and say what network it is.

    Args:
        content: the file, or what is in it.
        name: its name, for people to read; a path has one.
        class_indices: JSON that names the classes: {"0": "daisy", …} or ["daisy", …].

    Raises:
        ValueError: in one sentence, if it is too large, damaged, more than tensors, no residual
            network, or the class names do not fit.
    """
    name = name or (content.name if isinstance(content, Path) else "checkpoint")
    raw = read_checkpoint_file(content, name)
    state, notes = unwrap(raw.content)
    key = PREFIX + _sha256(content)[:DIGITS]
    try:
        if "spec" in raw.metadata and "classes" in raw.metadata:
            # A file that this library wrote says itself what shapes cannot tell.
            weights = from_metadata(raw.metadata, key, "yours")
            network_of(weights.spec, state)
            return Checkpoint(weights, state)
        spec = recognise({name: tuple(tensor.shape) for name, tensor in state.items()})
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    named = json_classes(class_indices) if class_indices else _named_classes(raw.content)
    classes, class_notes = _classes(spec, named)
    preprocessing, size_notes = _preprocessing(spec, raw.content)
    notes = (*notes, *assumptions(spec), *class_notes, *size_notes)
    return Checkpoint(Weights(key, name, spec, classes, preprocessing, "yours", notes), state)


def unwrap(content: Mapping[str, Any]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The state_dict inside of what people save, under torchvision's names, and what was done to get it."""
    state, notes = inner_state(content)
    names = torchvision_names(state)
    return {names[name]: state[name] for name in names}, notes


def inner_state(content: Mapping[str, Any]) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The state_dict inside of what people save, under its own names, and what was done to get it."""
    notes: list[str] = []
    while key := _wrapper(content):
        content = content[key]
        if key in _AVERAGED:
            notes.append(f'The running average of the weights was taken ("{key}").')
    return {str(name): value for name, value in content.items() if isinstance(value, Tensor)}, tuple(notes)


def json_classes(text: bytes | str) -> tuple[str, ...]:
    """The class names of a `class_indices.json`: {"0": "daisy", …}, {"daisy": 0, …} or ["daisy", …].

    Raises:
        ValueError: if it is no such JSON.
    """
    try:
        classes = _as_classes(parse_json(text))
    except ValueError:
        classes = None
    if classes is None:
        raise ValueError('The class names are no JSON like {"0": "daisy", "1": "rose"}, from 0 without gaps.')
    return classes


def _wrapper(content: Mapping[str, Any]) -> str | None:
    """The key under which the values lie one level down; averaged ones first."""
    keys = (key for key in (*_AVERAGED, *_WRAPPED) if isinstance(content.get(key), Mapping))
    return next((key for key in keys if content[key]), None)


def _classes(spec: ResNetSpec, named: tuple[str, ...] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name for each output, and what was assumed."""
    if not spec.include_top:
        return (), ("It has no fully connected layer, so it has no classes to predict.",)
    if named is not None:
        if len(named) != spec.num_classes:
            raise ValueError(
                f"{len(named)} classes are named, and the network has {spec.num_classes} outputs."
            )
        return named, ()
    if spec.num_classes == 1000:
        from resnet_explorer.weights.imagenet import categories

        return categories(), ("With 1000 outputs, ImageNet's class names are assumed.",)
    return tuple(f"class {n}" for n in range(spec.num_classes)), ("The file names no classes.",)


def _named_classes(content: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Class names that were saved beside the values."""
    found = (_as_classes(content[key]) for key in _CLASS_KEYS if key in content)
    return next((classes for classes in found if classes), None)


def _as_classes(value: object) -> tuple[str, ...] | None:
    """Class names from a list, from {index: name} or from {name: index}; None if it is none of them."""
    if isinstance(value, list | tuple):
        return tuple(map(printable, value))
    if not isinstance(value, Mapping):
        return None
    pairs = {_index(key): printable(name) for key, name in value.items()}
    if None in pairs:
        pairs = {_index(index): printable(name) for name, index in value.items()}
    if set(pairs) != set(range(len(value))):
        return None
    return tuple(pairs[n] for n in range(len(value)))


def _index(value: object) -> int | None:
    return int(str(value)) if re.fullmatch(r"\d{1,6}", str(value)) else None


def _preprocessing(spec: ResNetSpec, content: Mapping[str, Any]) -> tuple[Preprocessing, tuple[str, ...]]:
    """What was saved beside the values, or what most recipes do, and the note that it was assumed."""
    saved = content.get("preprocessing")
    if isinstance(saved, Mapping):
        try:
            return read_preprocessing(saved), ()
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"The preprocessing in the file is not as it must be: {error}.") from None
    usual = assumed_preprocessing(spec)
    size = f"{usual.resize} pixels, the middle {usual.crop}"
    return usual, (f"The file does not say how photos are prepared: {size} and ImageNet's mean are assumed.",)


def assumed_preprocessing(spec: ResNetSpec) -> Preprocessing:
    """How most recipes prepare photos for a network: as torchvision does or, for 32 pixels, all of them."""
    from resnet_explorer.weights.imagenet import usual_preprocessing

    usual = usual_preprocessing()
    if spec.stem == "cifar":
        return Preprocessing(32, 32, usual.mean, usual.std, usual.interpolation)
    return usual


def _sha256(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
