"""The degradation study: plain and residual networks of several depths by one recipe (He et al. 2015, 4.2).

A run is a folder `KIND-DEPTH` with `run.json` (what decides it), `log.csv` (a line for every epoch),
`last.pt` (to go on from) and `epoch-NN.safetensors` (the network after each epoch, 00 before the first).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safetensors.torch import save_file

from resnet_explorer.training.data import SmallImages
from resnet_explorer.training.paper import PaperRun
from resnet_explorer.training.paper_recipe import Kind, PaperEpoch, PaperRecipe, network
from resnet_explorer.training.run import Progress, kept_epochs


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
    resume: bool = False,
    progress: Progress | None = None,
    **more: object,
) -> Iterator[PaperEpoch]:
    """Train one network of the study; each epoch is kept in its folder before it is yielded.

    Args:
        kind: plain or residual.
        depth: of `DEPTHS`.
        data: images of the recipe's side.
        recipe: how.
        folder: of this run.
        resume: go on from the checkpoint, if there is one.
        progress: called after every step.
        more: what else `run.json` says: of the images and of the machine.

    Raises:
        ValueError: in one sentence, where the folder holds a run of another recipe, or one that was not to
            be resumed.
    """
    run = PaperRun(network(kind, depth), data, recipe)

    def keep(epoch: int) -> None:
        state = run.model.state_dict()
        save_file({name: value.contiguous() for name, value in state.items()}, snapshot(folder, epoch))

    return kept_epochs(
        run, folder, "run.json", PaperEpoch, resume=resume, progress=progress, keep=keep, **more
    )
