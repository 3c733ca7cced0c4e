"""What decides a fine-tuning run: enough to begin it again, and to know what its numbers depend on."""

from __future__ import annotations

import gzip
import json
import platform
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import composed
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos, Part, photos_at
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.network.spec_code import decode_spec, encode_spec
from resnet_explorer.photos.preprocessing import Preprocessing, read_preprocessing
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.reading.safetensors_header import parse_json

RUN_CONFIG: Final = "run.json"
PACKED: Final = "run.json.gz"
"""The config of the example that ships, packed: it names thousands of photos."""
SIZE: Final = 128
"""Pixels at which a network learns sharp photos that has learned from small soft pictures before."""


def learned_from(seen: Preprocessing, size: int = 0, crops: str = "gentle") -> Preprocessing:
    """The preprocessing of a network that is fine-tuned, in training and after it: sharp, in the centre.

    It is the preprocessing of the network that it begins with, but for what suits learning: the square at
    the centre, not blurred to a tile's size, and of another size if one is asked for.

    Args:
        seen: the preprocessing of the network that it begins with.
        size: pixels of the square's side; 0 for the start's own or, where that sees photos as tiles, `SIZE`.
        crops: those of "torchvision" are tested on as torchvision does, at 224 of 256 pixels.
    """
    side = size or (SIZE if seen.tile else seen.crop)
    resize = round(side * (256 / 224 if crops == "torchvision" else seen.resize / seen.crop))
    return replace(seen, resize=resize, crop=side, crop_policy="centre", tile=0)


@dataclass(frozen=True)
class RunConfig:
    """What decides a run, as `run.json` holds it.

    Attributes:
        settings: how it trains.
        start: key of its initial weights; None for random ones.
        spec: its network.
        classes: what it learns.
        preprocessing: how it looks at photos.
        label: what people read.
        parts: "train" or "val" of every photo, by its name.
        data: the folder or ZIP archive that the photos lie in.
        called: what stands for it in the names of the photos.
    """

    settings: Settings
    start: str | None
    spec: ResNetSpec
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    label: str
    parts: dict[str, Part]
    data: str
    called: str

    @classmethod
    def of(
        cls,
        settings: Settings,
        start: Weights | None,
        spec: ResNetSpec,
        photos: LabelledPhotos,
        preprocessing: Preprocessing,
        label: str,
        data: Path,
        called: str,
    ) -> RunConfig:
        """The config of a run that is about to begin.

        The network is tested at the centre of each photo, and so it looks there from then on.
        """
        return cls(
            settings,
            start.key if start else None,
            spec.with_(num_classes=len(photos.classes), include_top=True),
            photos.classes,
            learned_from(preprocessing, settings.size, settings.crops),
            label,
            {item.name: item.part for item in photos.items},
            str(data.resolve()),
            called,
        )

    @classmethod
    def read(cls, folder: Path) -> RunConfig:
        """The config of a run that has begun.

        Raises:
            ValueError: if the folder holds none that can be read.
        """
        values = read_json(folder)
        try:
            return cls(
                settings=Settings(**values["settings"]),
                start=values["start"],
                spec=decode_spec(values["spec"]),
                classes=tuple(values["classes"]),
                preprocessing=read_preprocessing(values["preprocessing"]),
                label=str(values["label"]),
                parts=dict(values["parts"]),
                data=str(values["data"]),
                called=str(values["called"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            raise no_run(folder) from None

    def count(self, part: Part) -> int:
        """How many photos it learns from, or is tested on."""
        return sum(each == part for each in self.parts.values())

    def photos(self) -> LabelledPhotos:
        """The photos of the run, found again where they were; a class that came since is none of it.

        Raises:
            ValueError: if they are not there any more.
        """
        if not Path(self.data).exists():
            raise self.gone()
        there = photos_at(Path(self.data), self.called)
        places = {composed(name): place for place, name in enumerate(self.classes)}
        labels = [places.get(composed(name)) for name in there.classes]
        found = {
            item.name: replace(item, label=label)
            for item in there.items
            if (label := labels[item.label]) is not None
        }
        missing = len(self.parts.keys() - found.keys())
        if missing:
            raise ValueError(
                t("{missing:,} of the {count:,} photos of {label} are not in {called} any more.").format(
                    missing=missing, count=len(self.parts), label=self.label, called=self.called
                )
            )
        items = (replace(found[name], part=part) for name, part in sorted(self.parts.items()))
        return LabelledPhotos(self.classes, tuple(items), "given")

    def write(self, folder: Path) -> None:
        """Write it, with the time at which it first began and the versions of what ran then.

        Raises:
            ValueError: if the folder cannot be written to.
        """
        first = {"begun": datetime.now(UTC).isoformat(timespec="seconds"), "versions": versions()}
        with suppress(ValueError):  # there is none yet
            before = read_json(folder)
            first |= {name: before[name] for name in first if name in before}
        content = self._as_json() | first
        write_text(folder / RUN_CONFIG, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def gone(self) -> ValueError:
        """What a reader is told where the photos are not there any more."""
        return ValueError(
            t("The photos of this run ({called}) are not where they were.").format(called=self.called)
        )

    def check_same(self, folder: Path) -> None:
        """Refuse to go on with a run of another config: the log would be of a run that never was.

        More epochs than before may be asked for, the photos may have moved, and a name is only a name.

        Raises:
            ValueError: in one sentence that names what differs.
        """
        begun, now = read_json(folder), json.loads(json.dumps(self._as_json()))
        for which in (begun, now):
            for name in ("data", "label"):
                which.pop(name, None)
        begun["settings"] = asdict(Settings()) | begun["settings"]  # a run of before a setting was there
        begun["settings"]["epochs"] = max(begun["settings"]["epochs"], now["settings"]["epochs"])
        for name, value in now.items():
            if begun.get(name) != value:
                raise ValueError(
                    t(
                        "The run in {folder} was begun with other {name}; only the same can be resumed."
                    ).format(folder=folder, name=_other(name, begun.get(name), value))
                )

    def _as_json(self) -> dict[str, Any]:
        return asdict(self) | {"spec": encode_spec(self.spec), "preprocessing": self.preprocessing.to_json()}


def _other(name: str, begun: object, now: object) -> str:
    """What differs, in words."""
    if isinstance(begun, dict) and isinstance(now, dict) and name == "settings":
        differing = [field for field in now if begun.get(field) != now[field]]
        return f"settings ({', '.join(differing)})"
    return t("photos") if name in ("parts", "classes", "called") else name


def read_json(folder: Path) -> dict[str, Any]:
    """What stands in the config of a run, packed or not.

    Raises:
        ValueError: if the folder holds none that can be read.
    """
    packed = folder / PACKED
    try:
        text = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / RUN_CONFIG).read_bytes()
        values: dict[str, Any] = parse_json(text.decode())
        values["settings"]["epochs"]
    except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError):
        raise no_run(folder) from None
    return values


def no_run(folder: str | Path) -> ValueError:
    """What is said of a folder whose run cannot go on."""
    return ValueError(t("{folder} holds no run that can be resumed.").format(folder=folder))


def versions() -> dict[str, str]:
    """What the numbers of a run may depend on."""
    names = ("torch", "torchvision", "numpy", "pillow")
    return {"python": platform.python_version()} | {name: version(name) for name in names}
