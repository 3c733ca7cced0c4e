"""The degradation study: plain and residual networks of several depths by one recipe (He et al. 2015, 4.2).

A run is a folder `KIND-DEPTH` with `run.json` (what decides it), `log.csv` (a line for every epoch),
`last.pt` (to go on from) and `epoch-NN.safetensors` (the network after each epoch, 00 before the first).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import torch
from safetensors.torch import save_file

from resnet_explorer.epoch_log import write_log
from resnet_explorer.spec import ResNetSpec
from resnet_explorer.training.data import SmallImages
from resnet_explorer.training.paper import PaperRun
from resnet_explorer.training.paper_recipe import Kind, PaperEpoch, PaperRecipe, network
from resnet_explorer.training.same_run import as_told, check_same
from resnet_explorer.whole_file import whole_or_nothing, write_text

CHECKPOINT: Final = "last.pt"
LOG: Final = "log.csv"
RUN: Final = "run.json"

Progress = Callable[[int, int, int], None]
"""Called with the epoch, from 0, the step in it, and the steps that it has."""


def snapshot(folder: Path, epoch: int) -> Path:
    """The file of the network after an epoch; 0 is before the first."""
    return folder / f"epoch-{epoch:02d}.safetensors"


def train(
    kind: Kind,
    depth: int,
    data: SmallImages,
    recipe: PaperRecipe,
    folder: Path,
    *,
    told: dict[str, object],
    resume: bool = False,
    progress: Progress | None = None,
) -> Iterator[PaperEpoch]:
    """Train one network of the study; each epoch is kept in its folder before it is yielded.

    Args:
        kind: plain or residual.
        depth: of `DEPTHS`.
        data: images of the recipe's side.
        recipe: how.
        folder: of this run.
        told: what else `run.json` says: of the images and of the machine.
        resume: go on from the checkpoint, if there is one.
        progress: told after every step.

    Raises:
        ValueError: in one sentence, where the folder holds a run of another recipe, or one that was not to
            be resumed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spec = network(kind, depth)
    run = PaperRun(spec, data, recipe)
    history = _begin(run, spec, folder, told, resume=resume)
    for number in range(len(history), recipe.epochs):
        batches = []
        for step, batch in enumerate(run.epoch(number), start=1):
            batches.append(batch)
            if progress:
                progress(number, step, run.steps)
        history.append(run.summary(number, batches))
        _keep(run, snapshot(folder, number + 1))
        write_log(folder / LOG, PaperEpoch, history)  # first: without a checkpoint the epoch is done again
        with whole_or_nothing(folder / CHECKPOINT) as part:
            torch.save({"epoch": number + 1, "history": list(map(asdict, history)), **run.state()}, part)
        yield history[-1]


def _begin(
    run: PaperRun, spec: ResNetSpec, folder: Path, told: dict[str, object], *, resume: bool
) -> list[PaperEpoch]:
    """The epochs that are done, with the run at the end of them.

    Raises:
        ValueError: in one sentence, where the folder's run is another or was not to be resumed.
    """
    path, checkpoint = folder / RUN, folder / CHECKPOINT
    if checkpoint.exists() and not resume:
        raise ValueError(f"{folder} holds a run already; --resume goes on with it.")
    if not checkpoint.exists():
        write_text(path, json.dumps(as_told(spec, run.recipe) | told, indent=2) + "\n")
        _keep(run, snapshot(folder, 0))
        return []
    check_same(path, spec, run.recipe)
    state = torch.load(checkpoint, weights_only=True)
    run.load(state)
    return [PaperEpoch(**row) for row in state["history"]]


def _keep(run: PaperRun, path: Path) -> None:
    values = {name: value.contiguous() for name, value in run.model.state_dict().items()}  # not channels last
    save_file(values, path)
