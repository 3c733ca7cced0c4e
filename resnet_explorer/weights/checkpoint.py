"""A checkpoint of your own: the network in it, the names of its classes, and how it sees photos."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from resnet_explorer.common.i18n import t
from resnet_explorer.common.progress import Tell, silent
from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.class_names import ClassNames, given_names, names_beside, names_in
from resnet_explorer.weights.description import HASH_DIGITS, OWN_PREFIX, Weights, from_metadata
from resnet_explorer.weights.download import file_sha256
from resnet_explorer.weights.open_network import check_values, open_network
from resnet_explorer.weights.reading.saved_network import SavedNetwork, find_network
from resnet_explorer.weights.recognition.infer_spec import recognise
from resnet_explorer.weights.recognition.live_module import network_that_runs_so
from resnet_explorer.weights.recognition.network_and_input import (
    NOTHING,
    Chosen,
    network_and_input,
    saved_preprocessing,
)
from resnet_explorer.weights.tensors import State, network_of

_LISTED = 6


@dataclass(frozen=True)
class Checkpoint:
    """A network and its trained values, from a file of your own."""

    weights: Weights
    state: State = field(repr=False)

    def network(self) -> ResNet:
        """The network, to predict with."""
        return network_of(self.weights.spec, self.state)


def read_checkpoint(
    content: bytes | Path,
    name: str | None = None,
    class_names: bytes | str | None = None,
    chosen: Chosen = NOTHING,
    tell: Tell = silent,
) -> Checkpoint:
    """Open the file of a checkpoint, whatever its name ends in, and say what network it is.

    Args:
        content: the file, or what is in it.
        name: its name, for people to read; a path has one.
        class_names: a file that names the classes, as `class_names.given_names` reads it.
        chosen: what a person says of it, against what its norms tell.
        tell: told what is being found out.

    Raises:
        ValueError: in one sentence, if it is too large, damaged, more than tensors, no residual
            network, or the class names do not fit.
    """
    name = name or (content.name if isinstance(content, Path) else "checkpoint")
    opened = open_network(content, name)
    key = OWN_PREFIX + chosen.digest_of(_sha256(content))[:HASH_DIGITS]
    spec, held = opened.spec, opened.raw.content
    if chosen == NOTHING and opened.describes_itself and "classes" in opened.raw.metadata:
        try:
            weights = from_metadata(opened.raw.metadata, key, "yours")
        except ValueError as error:
            raise ValueError(t("{name}: {error}").format(name=name, error=error)) from None
        if class_names is not None:
            by_folder = {"class_to_idx": {folder: index for index, folder in enumerate(weights.classes)}}
            named = given_names(class_names, by_folder)
            weights = replace(weights, classes=_fitting(spec, named)[0], kinds=())
        network_of(weights.spec, opened.saved.state)
        return Checkpoint(weights, opened.saved.state)
    if class_names is not None:
        found: ClassNames | None = given_names(class_names, held)
    else:
        found = _names_in(held, spec, name)
        if isinstance(content, Path) and (found is None or found.are_folders):
            found = names_beside(content, held, spec.num_classes) or found
    classes, class_notes = _classes(spec, found)
    read = network_and_input(spec, opened.saved.state, saved_preprocessing(held), chosen, tell)
    notes = (*notes_on(opened.saved), *read.notes, *class_notes)
    return Checkpoint(Weights(key, name, read.spec, classes, read.preprocessing, "yours", notes), read.state)


def checkpoint_of(module: nn.Module) -> Checkpoint:
    """What a live module of a residual network's form holds, read from its values as from a file.

    What values leave open is told by running it on noise.

    Args:
        module: torchvision's, timm's, one of this library, or another with the same tensors; left as it is.

    Raises:
        ValueError: in one sentence: that names the first tensor that fits no residual network, or says that
            it puts out other numbers than a network of its values.
    """
    name = type(module).__name__
    digest = hashlib.sha256()
    state = module.state_dict()
    if any(value.is_meta for value in state.values()):
        raise ValueError(t("{name} has no values: it is on torch’s meta device.").format(name=name))
    try:
        saved = find_network({name: value.detach().cpu().clone() for name, value in state.items()})
        for key, value in saved.state.items():
            digest.update(key.encode() + value.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        known = module.spec if isinstance(module, ResNet) else None
        spec = known or recognise(saved.shapes)
        check_values(saved)
        known = network_that_runs_so(module, saved, spec) or known
    except ValueError as error:
        raise ValueError(t("{name}: {error}").format(name=name, error=error)) from None
    chosen = Chosen(network=known)
    read = network_and_input(spec, saved.state, chosen=chosen)
    classes, class_notes = _classes(spec, None)
    key = OWN_PREFIX + chosen.digest_of(digest.hexdigest())[:HASH_DIGITS]
    notes = (*notes_on(saved), *read.notes, *class_notes)
    return Checkpoint(Weights(key, name, read.spec, classes, read.preprocessing, "yours", notes), read.state)


def notes_on(saved: SavedNetwork) -> tuple[str, ...]:
    """What was done to get the network out of what was saved, and what was left aside, a sentence each."""
    if not saved.left_aside:
        return saved.notes
    more = (
        t(" and {count} more").format(count=len(saved.left_aside) - _LISTED)
        if len(saved.left_aside) > _LISTED
        else ""
    )
    listed = ", ".join(saved.left_aside[:_LISTED])
    return (
        *saved.notes,
        t("Left aside, for they are no part of the network: {listed}{more}.").format(
            listed=listed, more=more
        ),
    )


def _names_in(held: Mapping[Any, Any], spec: ResNetSpec, name: str) -> ClassNames | None:
    try:
        return names_in(held, spec.num_classes) if spec.include_top else None
    except ValueError as error:
        raise ValueError(
            t("{name}: {error} Names in a file of their own go before these.").format(name=name, error=error)
        ) from None


def _classes(spec: ResNetSpec, named: ClassNames | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name for each output, and what was assumed."""
    if not spec.include_top:
        return (), (t("It has no fully connected layer, so it has no classes to predict."),)
    if named is not None:
        return _fitting(spec, named)
    if spec.num_classes == 1000:
        from resnet_explorer.weights.imagenet import categories

        return categories(), (t("With 1000 outputs, ImageNet's class names are assumed."),)
    return tuple(t("class {n}").format(n=n) for n in range(spec.num_classes)), (
        t("The file names no classes."),
    )


def _fitting(spec: ResNetSpec, named: ClassNames) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names as many as outputs, and what was said of them."""
    if len(named.names) != spec.num_classes:
        raise ValueError(
            t("{count} classes are named, and the network has {num_classes} outputs.").format(
                count=len(named.names), num_classes=spec.num_classes
            )
        )
    return named.names, named.notes


def _sha256(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    return file_sha256(content)
