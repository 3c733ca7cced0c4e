"""A run from scratch is resumed as what it was begun as, or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_explorer.spec import ResNetSpec

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def as_told(spec: ResNetSpec, recipe: DataclassInstance) -> dict[str, Any]:
    """What decides a run, as JSON has it."""
    told: dict[str, Any] = json.loads(json.dumps({"spec": asdict(spec), "recipe": asdict(recipe)}))
    return told


def check_same(path: Path, spec: ResNetSpec, recipe: DataclassInstance) -> None:
    """Refuse to go on with another network or recipe: what is told of the run would never have been.

    Args:
        path: the file in the run's folder that says how it was begun.
        spec: the network now.
        recipe: its recipe now.

    Raises:
        ValueError: in one sentence that names what differs.
    """
    begun = json.loads(path.read_text(encoding="utf-8"))
    for part, now in as_told(spec, recipe).items():
        for name, value in now.items():
            if begun[part].get(name) != value:
                raise ValueError(
                    f"The run in {path.parent} was begun with {name} {begun[part].get(name)}, and this is "
                    f"{value}; only the same can be resumed."
                )
