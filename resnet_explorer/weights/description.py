"""What a trained network is: its spec, its classes, and how a photo becomes its input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from resnet_explorer.common.file_cache import file_cache
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_READABLE, os_error_as
from resnet_explorer.network.budget import check_photo_budget
from resnet_explorer.network.layers import Plan
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.spec_code import decode_spec, encode_spec
from resnet_explorer.photos.preprocessing import Preprocessing, read_preprocessing
from resnet_explorer.weights import calibration as calibrations
from resnet_explorer.weights import kinds as kind_lists
from resnet_explorer.weights.calibration import Calibration
from resnet_explorer.weights.kinds import Kind
from resnet_explorer.weights.reading.safetensors_header import parse_json, printable, read_header

Source = Literal["bundled", "torchvision", "yours"]
OWN_PREFIX: Final = "yours/"
"""What the key of a network of your own begins with; the first digits of its file's sha256 follow."""
HASH_DIGITS: Final = 12


@dataclass(frozen=True)
class Entry:
    """A line in a list of trained networks: cheap to make, before anything is loaded."""

    key: str
    label: str
    source: Source


@dataclass(frozen=True)
class Weights:
    """A trained network, ready to load.

    Attributes:
        key: "bundled", "bundled/NAME", "study/NAME", "torchvision/resnet50/IMAGENET1K_V2", or "yours/" and
            12 digits of its sha256.
        label: what people read.
        spec: the network.
        classes: a name for each output, in order; empty without the top.
        preprocessing: what these weights were trained to see.
        source: where they come from.
        notes: what was assumed, a sentence each.
        calibration: how far its probabilities can be believed; None where nobody measured it.
        kinds: of its classes.

    Raises:
        ValueError: if the feature maps of one photo would take more memory than they may.
    """

    key: str
    label: str
    spec: ResNetSpec
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    source: Source
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    kinds: tuple[Kind, ...] = ()

    def __post_init__(self) -> None:
        """Refuse, wherever it comes from, what would take the machine's memory with its first photo."""
        check_photo_budget(self.plan)

    @property
    def plan(self) -> Plan:
        """Its layers at the size at which it is shown photos."""
        return plan(self.spec, (self.preprocessing.crop, self.preprocessing.crop))

    @property
    def entry(self) -> Entry:
        """Its line in a list."""
        return Entry(self.key, self.label, self.source)


def to_metadata(weights: Weights) -> dict[str, str]:
    """What a safetensors file says of its network, as its metadata holds it: text by name."""
    metadata = {
        "label": weights.label,
        "spec": encode_spec(weights.spec),
        "classes": json.dumps(weights.classes, ensure_ascii=False),
        "preprocessing": json.dumps(weights.preprocessing.to_json()),
        "notes": json.dumps(weights.notes, ensure_ascii=False),
    }
    if weights.calibration:
        metadata["calibration"] = json.dumps(calibrations.to_json(weights.calibration))
    if weights.kinds:
        metadata["kinds"] = json.dumps(kind_lists.to_json(weights.kinds), ensure_ascii=False)
    return metadata


def class_indices(classes: tuple[str, ...]) -> str:
    """The names of classes as the tutorials write them into `class_indices.json`: {"0": "daisy", …}."""
    named = {str(index): name for index, name in enumerate(classes)}
    return json.dumps(named, indent=4, ensure_ascii=False) + "\n"


def from_metadata(metadata: Mapping[str, str], key: str, source: Source) -> Weights:
    """The trained network that a file's metadata describes.

    Raises:
        ValueError: if something is missing or does not fit together.
    """
    try:
        spec = decode_spec(metadata["spec"])
        classes = tuple(map(printable, parse_json(metadata["classes"])))
        preprocessing = read_preprocessing(parse_json(metadata["preprocessing"]))
        notes = tuple(map(printable, parse_json(metadata.get("notes", "[]"))))
        measured = parse_json(metadata.get("calibration", "null"))
        calibration = None if measured is None else calibrations.from_json(measured)
        kinds = kind_lists.from_json(parse_json(metadata.get("kinds", "[]")), len(classes))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            t("The metadata does not describe a trained network: {error}.").format(error=error)
        ) from None
    if spec.include_top and len(classes) != spec.num_classes:
        raise ValueError(
            t("The metadata names {count} classes for {num_classes} outputs.").format(
                count=len(classes), num_classes=spec.num_classes
            )
        )
    label = printable(metadata.get("label", key))
    return Weights(key, label, spec, classes, preprocessing, source, notes, calibration, kinds)


def from_file(path: Path, key: str, source: Source) -> Weights:
    """The trained network that the header of a safetensors file describes.

    A page lists all networks at every click, and a header may name a thousand classes: it is read
    again only if the file was written since.

    Raises:
        ValueError: if the file cannot be read, or describes none.
    """
    with os_error_as(NOT_READABLE, name=path.name):
        return _from_file(path, key, source)


@file_cache
def _from_file(path: Path, key: str, source: Source) -> Weights:
    return from_metadata(read_header(path).metadata, key, source)
