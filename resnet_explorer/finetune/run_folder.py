"""A fine-tuning run on the disk: what it was told, how it went, and the best network that it found."""

from __future__ import annotations

import csv
import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from resnet_explorer.finetune.collection import LabelledPhotos
from resnet_explorer.finetune.engine import Epoch, Run
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.link import encode_spec
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.weights.base import Preprocessing, Weights, to_metadata
from resnet_explorer.weights.tensors import whole_or_nothing, write_state

STORY: Final = "run.json"
LOG: Final = "log.csv"
NETWORK: Final = "network.safetensors"
CLASS_INDICES: Final = "class_indices.json"


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
    """

    settings: Settings
    start: str | None
    spec: ResNetSpec
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    label: str
    parts: dict[str, str]

    @classmethod
    def of(
        cls,
        settings: Settings,
        start: Weights | None,
        spec: ResNetSpec,
        photos: LabelledPhotos,
        preprocessing: Preprocessing,
        label: str,
    ) -> Story:
        """The story of a run that is about to begin."""
        return cls(
            settings,
            start.key if start else None,
            spec.with_(num_classes=len(photos.classes), include_top=True),
            photos.classes,
            preprocessing,
            label,
            {item.name: item.part for item in photos.items},
        )

    def write(self, folder: Path) -> None:
        """Write it, with the versions of what runs and the time.

        Raises:
            ValueError: if the folder cannot be written to.
        """
        content = self._told() | {
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": versions(),
        }
        write_text(folder / STORY, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def check_same(self, folder: Path) -> None:
        """Refuse to go on with a run that was told something else: its log would tell of no run that was.

        Raises:
            ValueError: in one sentence that names what differs.
        """
        try:
            begun = json.loads((folder / STORY).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise ValueError(f"{folder} holds no run that can be resumed.") from None
        for name, value in json.loads(json.dumps(self._told())).items():
            if begun.get(name) != value:
                raise ValueError(
                    f"The run in {folder} was begun with other {name.replace('_', ' ')}; "
                    "only the same can be resumed."
                )

    def _told(self) -> dict[str, Any]:
        return asdict(self) | {"spec": encode_spec(self.spec)}


def versions() -> dict[str, str]:
    """What the numbers of a run may depend on."""
    names = ("torch", "torchvision", "numpy", "pillow")
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def append(folder: Path, epoch: Epoch) -> None:
    """Add a line to the log.

    Raises:
        ValueError: if it cannot be written.
    """
    path = folder / LOG
    try:
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, asdict(epoch))
            if is_new:
                writer.writeheader()
            writer.writerow(asdict(epoch))
    except OSError as error:
        raise _refused(path, error) from None


def read_log(folder: Path) -> list[Epoch]:
    """The epochs of a run so far."""
    path = folder / LOG
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Epoch(int(row["epoch"]), **{name: float(row[name]) for name in row if name != "epoch"})
            for row in csv.DictReader(file)
        ]


def cut_log(folder: Path, epochs: int) -> None:
    """Leave so many epochs in the log: a crash may fall between a checkpoint and its line."""
    kept = read_log(folder)[:epochs]
    (folder / LOG).unlink(missing_ok=True)
    for epoch in kept:
        append(folder, epoch)


def write_network(folder: Path, run: Run, story: Story) -> None:
    """Write the best network so far, and the names of its classes as the tutorials do.

    Raises:
        ValueError: if they cannot be written.
    """
    weights = Weights("yours/run", story.label, story.spec, story.classes, story.preprocessing, "yours")
    write_state(folder / NETWORK, run.best_state, to_metadata(weights))
    indices = {str(index): name for index, name in enumerate(story.classes)}
    write_text(folder / CLASS_INDICES, json.dumps(indices, indent=4, ensure_ascii=False) + "\n")


def write_text(path: Path, content: str) -> None:
    """Write a file whole or not at all.

    Raises:
        ValueError: if it cannot be written.
    """
    try:
        with whole_or_nothing(path) as part:
            part.write_text(content, encoding="utf-8")
    except OSError as error:
        raise _refused(path, error) from None


def _refused(path: Path, error: OSError) -> ValueError:
    return ValueError(f"{path.name} could not be written into {path.parent}: {error.strerror}.")
