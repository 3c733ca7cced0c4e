"""What a fine-tuning run was told: enough to begin it again, and to know what its numbers depend on."""

from __future__ import annotations

import json
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from resnet_explorer.finetune.collection import LabelledPhotos, Part, photos_at
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.link import decode_spec, encode_spec
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.weights.base import Preprocessing, Weights, read_preprocessing
from resnet_explorer.weights.files import parse_json
from resnet_explorer.whole_file import write_text

STORY: Final = "run.json"
SIZE: Final = 128
"""Pixels at which a network learns sharp photos that has learned from small soft pictures before."""


def learned_from(seen: Preprocessing, size: int = 0) -> Preprocessing:
    """How photos are looked at to learn from them, and from then on: sharp, and in the centre.

    Args:
        seen: how the network that it begins with looks at photos.
        size: pixels of the square's side; 0 for the start's own or, where that sees photos as tiles, `SIZE`.
    """
    side = size or (SIZE if seen.tile else seen.crop)
    resize = round(seen.resize * side / seen.crop)
    return replace(seen, resize=resize, crop=side, look="centre", tile=0)


@dataclass(frozen=True)
class Story:
    """What a run was told, as `run.json` holds it.

    Attributes:
        settings: how it trains.
        start: key of the weights that it began with; None for random ones.
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
    ) -> Story:
        """The story of a run that is about to begin.

        The network is tested at the centre of each photo, and so it looks there from then on.
        """
        return cls(
            settings,
            start.key if start else None,
            spec.with_(num_classes=len(photos.classes), include_top=True),
            photos.classes,
            learned_from(preprocessing, settings.size),
            label,
            {item.name: item.part for item in photos.items},
            str(data.resolve()),
            called,
        )

    @classmethod
    def read(cls, folder: Path) -> Story:
        """The story of a run that has begun.

        Raises:
            ValueError: if the folder holds none that can be read.
        """
        told = _read_told(folder)
        try:
            return cls(
                settings=Settings(**told["settings"]),
                start=told["start"],
                spec=decode_spec(told["spec"]),
                classes=tuple(told["classes"]),
                preprocessing=read_preprocessing(told["preprocessing"]),
                label=str(told["label"]),
                parts=dict(told["parts"]),
                data=str(told["data"]),
                called=str(told["called"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            raise _no_run(folder) from None

    def photos(self) -> LabelledPhotos:
        """The photos of the run, found again where they were.

        Raises:
            ValueError: if they are not there any more.
        """
        if not Path(self.data).exists():
            raise self.gone()
        found = {item.name: item for item in photos_at(Path(self.data), self.called).items}
        missing = len(self.parts.keys() - found.keys())
        if missing:
            raise ValueError(
                f"{missing:,} of the {len(self.parts):,} photos of {self.label} are not in {self.called} "
                "any more."
            )
        return LabelledPhotos(
            self.classes,
            tuple(replace(found[name], part=part) for name, part in sorted(self.parts.items())),
            "given",
        )

    def write(self, folder: Path) -> None:
        """Write it, with the time at which it first began and the versions of what ran then.

        Raises:
            ValueError: if the folder cannot be written to.
        """
        first = {"begun": datetime.now(UTC).isoformat(timespec="seconds"), "versions": versions()}
        with suppress(ValueError):  # there is none yet
            before = _read_told(folder)
            first |= {name: before[name] for name in first if name in before}
        content = self._told() | first
        write_text(folder / STORY, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def gone(self) -> ValueError:
        """What a reader is told where the photos are not there any more."""
        return ValueError(f"The photos of this run ({self.called}) are not where they were.")

    def check_same(self, folder: Path) -> None:
        """Refuse to go on with a run that was told something else: its log would tell of no run that was.

        More epochs than before may be asked for, the photos may have moved, and a name is only a name.

        Raises:
            ValueError: in one sentence that names what differs.
        """
        begun, told = _read_told(folder), json.loads(json.dumps(self._told()))
        for which in (begun, told):
            for name in ("data", "label"):
                which.pop(name, None)
        begun["settings"]["epochs"] = max(begun["settings"]["epochs"], told["settings"]["epochs"])
        for name, value in told.items():
            if begun.get(name) != value:
                raise ValueError(
                    f"The run in {folder} was begun with other {_other(name, begun.get(name), value)}; "
                    "only the same can be resumed."
                )

    def _told(self) -> dict[str, Any]:
        return asdict(self) | {"spec": encode_spec(self.spec)}


def _other(name: str, begun: object, told: object) -> str:
    """What differs, in words."""
    if isinstance(begun, dict) and isinstance(told, dict) and name == "settings":
        differing = [field for field in told if begun.get(field) != told[field]]
        return f"settings ({', '.join(differing)})"
    return "photos" if name in ("parts", "classes", "called") else name


def _read_told(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = parse_json((folder / STORY).read_text(encoding="utf-8"))
        told["settings"]["epochs"]
    except (OSError, ValueError, TypeError, KeyError):
        raise _no_run(folder) from None
    return told


def _no_run(folder: Path) -> ValueError:
    return ValueError(f"{folder} holds no run that can be resumed.")


def versions() -> dict[str, str]:
    """What the numbers of a run may depend on."""
    names = ("torch", "torchvision", "numpy", "pillow")
    return {"python": platform.python_version()} | {name: version(name) for name in names}
