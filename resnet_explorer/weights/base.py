"""What a trained network is: its spec, its classes, and how a photo becomes its input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from resnet_explorer.link import decode_spec, encode_spec
from resnet_explorer.plan import Plan, plan
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.weights import calibration as calibrations
from resnet_explorer.weights import kinds as kind_lists
from resnet_explorer.weights.calibration import Calibration
from resnet_explorer.weights.files import parse_json, printable, read_header
from resnet_explorer.weights.kinds import Kind

Source = Literal["bundled", "torchvision", "yours"]
Look = Literal["centre", "surest"]


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes the input of these weights.

    Attributes:
        resize: pixels of the shorter side before the crop.
        crop: pixels of the side of the square cut from the centre.
        mean: per channel, of values from 0 to 1; subtracted.
        std: per channel; divided by.
        interpolation: "bilinear" or "bicubic", both antialiased.
        look: where the square lies unless told: in the "centre" of the photo, or at the middle or an
            end of its longer side, wherever the network is "surest" of its answer.
        tile: pixels of the small soft picture that the square is made into before it is enlarged to the crop
            (`photos.tile`), for a network that learned from such pictures; 0 for the square as it is.
    """

    resize: int
    crop: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    interpolation: str = "bilinear"
    look: Look = "centre"
    tile: int = 0


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

    @property
    def plan(self) -> Plan:
        """Its layers at the size at which it looks at photos."""
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
        "preprocessing": json.dumps(asdict(weights.preprocessing)),
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
        raise ValueError(f"The metadata does not describe a trained network: {error}.") from None
    if spec.include_top and len(classes) != spec.num_classes:
        raise ValueError(f"The metadata names {len(classes)} classes for {spec.num_classes} outputs.")
    label = printable(metadata.get("label", key))
    return Weights(key, label, spec, classes, preprocessing, source, notes, calibration, kinds)


def from_file(path: Path, key: str, source: Source) -> Weights:
    """The trained network that the header of a safetensors file describes.

    A page lists all networks at every click, and a header may name a thousand classes: it is read
    again only if the file was written since.

    Raises:
        ValueError: if the file cannot be read, or describes none.
    """
    try:
        written = path.stat()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read: {error.strerror}.") from None
    return _from_file(path, key, source, written.st_mtime_ns, written.st_size)


@lru_cache(maxsize=256)
def _from_file(path: Path, key: str, source: Source, _written: int, _size: int) -> Weights:
    return from_metadata(read_header(path).metadata, key, source)


def read_preprocessing(values: Mapping[str, Any]) -> Preprocessing:
    """A `Preprocessing` from JSON.

    Raises:
        ValueError: if a number is missing or out of reason.
    """
    red, green, blue = map(float, values["mean"])
    std_red, std_green, std_blue = map(float, values["std"])
    resize, crop, tile = int(values["resize"]), int(values["crop"]), int(values.get("tile", 0))
    interpolation = str(values.get("interpolation", "bilinear"))
    finite = all(map(isfinite, (red, green, blue, std_red, std_green, std_blue)))
    if not 1 <= crop <= resize <= 4096 or not finite or min(std_red, std_green, std_blue) <= 0:
        raise ValueError("preprocessing needs 1 ≤ crop ≤ resize ≤ 4096 and positive deviations")
    if tile and not 8 <= tile <= crop:
        raise ValueError(f"tile is {tile}; 0 (none) or 8 to the crop’s {crop} is allowed")
    if interpolation not in ("bilinear", "bicubic"):
        raise ValueError(f'interpolation is {interpolation!r}; allowed are "bilinear" or "bicubic"')
    mean, std = (red, green, blue), (std_red, std_green, std_blue)
    look: Look = "surest" if values.get("look") == "surest" else "centre"
    return Preprocessing(resize, crop, mean, std, interpolation, look, tile)
