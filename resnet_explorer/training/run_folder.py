"""The folder of a training run: what decides the run, the log of its epochs, its checkpoint.

Each file is written whole or not at all, so that a crash costs the epoch that it fell into and nothing else.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from resnet_explorer.common.atomic_file import whole_or_nothing, write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.network.spec import ResNetSpec

if TYPE_CHECKING:
    import torch
    from _typeshed import DataclassInstance

E = TypeVar("E", bound="DataclassInstance")

LOG: Final = "log.csv"
CHECKPOINT: Final = "last.pt"
_READ: Final[Mapping[Any, Callable[[str], float | str]]] = {"int": int, "float": float, "str": str}


def write_log(path: Path, kind: type[E], epochs: Sequence[E]) -> None:
    """Write the log anew: a line for every epoch, a column for every field of its dataclass.

    Raises:
        ValueError: if it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, epochs))
    write_text(path, text.getvalue())


def read_log(path: Path, kind: type[E]) -> list[E]:
    """The epochs of a log.

    Raises:
        ValueError: if it cannot be read, or is the log of something else.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [
                kind(**{field.name: _READ[field.type](row[field.name]) for field in fields(kind)})
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise ValueError(
            t("{name} is no log of a run: {error}.").format(name=path.name, error=error)
        ) from None


def save_checkpoint(folder: Path, state: Mapping[str, Any]) -> None:
    """Write all that a resumed run needs.

    Raises:
        ValueError: if the folder cannot be written to; the checkpoint before stays.
    """
    import torch

    try:
        with whole_or_nothing(folder / CHECKPOINT) as part:
            torch.save(state, part)
    except (OSError, RuntimeError) as error:
        # Torch's writer says no more than that it is not where it should be.
        reason = (isinstance(error, OSError) and error.strerror) or t("no space is left, it seems")
        stays = t(" The one before it stays.") if (folder / CHECKPOINT).exists() else ""
        raise ValueError(
            t("The checkpoint could not be written into {folder}: {reason}.{stays}").format(
                folder=folder, reason=reason, stays=stays
            )
        ) from None


def load_checkpoint(
    folder: Path, load: Callable[[dict[str, Any]], None], device: str | torch.device = "cpu"
) -> None:
    """Go on from the checkpoint in the folder.

    Args:
        folder: of the run.
        load: takes over what was saved.
        device: where its tensors are put.

    Raises:
        ValueError: if there is none that can be read.
    """
    import torch

    path = folder / CHECKPOINT
    try:
        load(torch.load(path, weights_only=True, map_location=device))
    except Exception:  # damage makes torch raise what it likes, and another version lacks values
        raise ValueError(t("{path} is no checkpoint that can be read.").format(path=path)) from None


def write_recipe(path: Path, spec: ResNetSpec, recipe: DataclassInstance, **more: object) -> None:
    """Write what decides a run from scratch.

    Raises:
        ValueError: if it cannot be written.
    """
    write_text(path, json.dumps(_as_json(spec, recipe) | more, indent=2) + "\n")


def check_recipe(path: Path, spec: ResNetSpec, recipe: DataclassInstance) -> None:
    """Refuse to go on with another network or recipe: the log would be of a run that never was.

    Raises:
        ValueError: in one sentence that names what differs, or if that file cannot be read.
    """
    try:
        begun = json.loads(path.read_text(encoding="utf-8"))
        begun = {"spec": dict(begun["spec"]), "recipe": dict(begun["recipe"])}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            t("{path} does not say how the run was begun: {error}.").format(path=path, error=error)
        ) from None
    for part, now in _as_json(spec, recipe).items():
        _check_same(path, begun[part], now)


def check_images(path: Path, images: Mapping[str, object]) -> None:
    """Refuse to go on with other images: it would give the names of these to what it learnt of others.

    A run that was begun before that was written down is not refused.

    Args:
        path: as `write_recipe` wrote it when the run began, with `images`.
        images: what is told of those of now.

    Raises:
        ValueError: in one sentence that names what differs.
    """
    try:
        begun = dict(json.loads(path.read_text(encoding="utf-8")).get("images", images))
    except (OSError, TypeError, ValueError, AttributeError):  # `check_recipe` says so
        return
    _check_same(path, begun, images)


def _check_same(path: Path, begun: Mapping[str, object], now: Mapping[str, object]) -> None:
    for name, value in now.items():
        if begun.get(name) != value:
            raise ValueError(
                t(
                    "The run in {parent} was begun with {name} {begun}, and this is {value}; only the "
                    "same can be resumed."
                ).format(parent=path.parent, name=name, begun=begun.get(name), value=value)
            )


def _as_json(spec: ResNetSpec, recipe: DataclassInstance) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps({"spec": asdict(spec), "recipe": asdict(recipe)}))
    return values
