"""The surfaces that ship: around the study's plain 56 and residual 56, with the trajectory of their training.

`python -m resnet_explorer.labs.landscape.study RUNS` makes them from the runs of the study of degradation
and from its networks that ship.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.labs.landscape.numbers import Floats, View, from_json, to_json
from resnet_explorer.training.paper_recipe import KINDS, Kind, run_name
from resnet_explorer.weights.bundled import STUDY, STUDY_PREFIX, describe
from resnet_explorer.weights.bundled import load as load_file

if TYPE_CHECKING:
    from resnet_explorer.common.progress import Step
    from resnet_explorer.model.resnet import ResNet

DEPTH: Final = 56
SEEDS: Final = (0, 1)
"""Of the random directions: a plane for each."""
SPAN: Final = 1.0
SIDE: Final = 21
"""Points a side."""
PHOTOS: Final = 250
MARGIN: Final = 0.15
"""Of the trajectory's extent, left around it on every side."""


@dataclass(frozen=True, eq=False)
class Landscape:
    """What ships of one network.

    Attributes:
        key: of the network.
        label: what people read.
        values: SHA-256 of its values (`surface.values_digest`).
        torch: the version that computed.
        epochs: of its training.
        side: pixels of its images' sides.
        random: the loss over filter-normalised random directions, a plane for each of `SEEDS`.
        training: over the principal directions of its training.
    """

    key: str
    label: str
    values: str
    torch: str
    epochs: int
    side: int
    random: tuple[View, ...]
    training: View

    def view(self, plane: str) -> View:
        """The surface of a plane: "training", or the seed of random directions as text."""
        return next((each for each in self.random if str(each.seed) == plane), self.training)


@language_cache(8)
def shipped(kind: Kind, folder: Path = STUDY) -> Landscape:
    """What ships of the plain network or the residual one.

    Raises:
        ValueError: if it is missing or damaged.
    """
    path = folder / _name(kind)
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return Landscape(
            key=str(saved["network"]),
            label=t(str(saved["label"])),
            values=str(saved["sha256 of the values"]),
            torch=str(saved["torch"]),
            epochs=int(saved["epochs"]),
            side=int(saved["pixels"]),
            random=tuple(map(from_json, saved["random"])),
            training=from_json(saved["training"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        words = t("{file} holds no landscape: {error}.")
        raise ValueError(words.format(file=path.name, error=error)) from None


def compute(
    kind: Kind, runs: Path, networks: Path = STUDY, photos: int = PHOTOS, steps: int = SIDE
) -> Iterator[Step[dict[str, Any]]]:
    """The surfaces of a network and the trajectory of its training.

    Args:
        kind: plain or residual.
        runs: the study's runs, with a folder for each network and its snapshots.
        networks: the folder of what ships of them.
        photos: how many of the test photos are shown.
        steps: points a side.

    Yields:
        Points done; at the end what `shipped` reads.

    Raises:
        ValueError: if a snapshot is missing, or photos or network cannot be read.
    """
    import torch

    from resnet_explorer.common.progress import Step
    from resnet_explorer.labs.landscape.numbers import places
    from resnet_explorer.labs.landscape.surface import random_plane, surface, values_digest
    from resnet_explorer.labs.landscape.trajectory import offsets_of, principal_plane, trajectory_of
    from resnet_explorer.labs.photos import photos_for

    name = run_name(kind, DEPTH)
    weights = describe(networks / f"{name}.safetensors", STUDY_PREFIX + name)
    model = load_file(networks / f"{name}.safetensors")
    shown = photos_for(weights, photos)
    snapshots = [*_snapshots(runs / name, model), model]  # the last is the one that ships, in float16
    states: list[Mapping[str, torch.Tensor]] = [network.state_dict() for network in snapshots]
    offsets = offsets_of(states, model)
    # Without the start: the plain network's first epoch is a jump beside which all others vanish.
    principal = principal_plane(offsets[1:], model)
    planes = [(seed, random_plane(model, seed)) for seed in SEEDS] + [(None, principal.plane)]
    found: dict[str, Any] = {
        "network": weights.key,
        "label": weights.label,
        "sha256 of the values": values_digest(model),
        "torch": torch.__version__,
        "epochs": len(snapshots) - 1,
        "pixels": weights.preprocessing.crop,
        "directions": "kernels alone; biases, norms and running statistics are the trained network's",
        "random": [],
    }
    done, total = 0, len(planes) * steps**2
    for seed, directions in planes:
        first = 1 if seed is None else 0
        epochs = range(first, len(snapshots))
        seen = trajectory_of(snapshots[first:], epochs, offsets[first:], directions, shown)
        across = up = places(SPAN, steps)
        if seed is None:
            across, up = _around(seen.across, steps), _around(seen.up, steps)
        for step in surface(model, shown, directions, across, up):
            done += 1
            if done < total:
                yield Step(done, total)
            measured = step.answer
        assert measured is not None
        if seed is None:
            found["training"] = to_json(View("training", None, measured, seen, principal.shares))
        else:
            found["random"].append(to_json(View("random", seed, measured, seen)))
    yield Step(done, total, found)


def _name(kind: Kind) -> str:
    return f"landscape-{run_name(kind, DEPTH)}.json"


def _snapshots(run: Path, model: ResNet) -> list[ResNet]:
    """The networks of a run before its end.

    Raises:
        ValueError: if one cannot be read.
    """
    from resnet_explorer.training.degradation import snapshot
    from resnet_explorer.weights.tensors import network_of, read_state

    epochs = json.loads((run / "run.json").read_text(encoding="utf-8"))["recipe"]["epochs"]
    return [network_of(model.spec, read_state(snapshot(run, epoch))) for epoch in range(epochs)]


def _around(trajectory: Floats, steps: int) -> Floats:
    """Places along an axis that hold the whole trajectory, the trained network's 0 among them."""
    margin = MARGIN * (trajectory.max() - trajectory.min())
    low, high = trajectory.min() - margin, trajectory.max() + margin
    step = (high - low) / (steps - 1)
    # Moved by less than a step, so that 0 is a point of the grid.
    first = np.floor(low / step)
    return np.asarray((first + np.arange(steps)) * step, dtype=np.float64)


def main(runs: Path, target: Path = STUDY, networks: Path = STUDY) -> None:
    """Compute both networks' surfaces and write what ships."""
    for kind in KINDS:
        start = time.process_time()
        for step in compute(kind, runs, networks):
            if step.done % 25 == 0:
                print(f"\r{kind} {DEPTH}: {step.done:,} of {step.total:,} points", end="", flush=True)
        write_text(target / _name(kind), json.dumps(step.answer) + "\n")
        print(f"\r{kind} {DEPTH}: {step.total:,} points, {time.process_time() - start:.0f} s of one core")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
