"""`degradation`: plain and residual networks of several depths by the paper's recipe, each its own run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resnet_explorer.commands.terminal import resumable, training_bar
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.training.paper_recipe import DEPTHS, KINDS, Kind, PaperRecipe, run_name

NETWORKS: dict[str, tuple[Kind, int]] = {
    run_name(kind, depth): (kind, depth) for depth in DEPTHS for kind in KINDS
}


def degradation(
    data: Annotated[Path, typer.Argument(help=msg("CIFAR-10: an archive or a folder, as for `train`."))],
    out: Annotated[Path, typer.Option(help=msg("The folder of the study: a folder in it for each network."))],
    networks: Annotated[
        list[str] | None,
        typer.Argument(
            help=msg("`plain-20`, `residual-56` …; the paper's depths to 56, both kinds, unless told.")
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=1, help=msg("Passes over the images; the paper's are 164."))
    ] = 164,
    side: Annotated[
        int, typer.Option(min=1, help=msg("Pixels of the images' sides; shrunk from 32 by a whole factor."))
    ] = 32,
    batch: Annotated[
        int,
        typer.Option(
            min=2,
            help=msg(
                "Images a step; the rate goes with it, from the paper's 0.1 for 128. A short run of a deep "
                "network needs the steps that small batches give it."
            ),
        ),
    ] = 128,
    seed: Annotated[int, typer.Option(min=0, help=msg("Of weights, order, crops and mirror images."))] = 0,
    threads: Annotated[
        int | None, typer.Option(min=1, help=msg("Cores to use; sums differ in their last digits."))
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help=msg("Go on where the runs were."))] = False,
) -> None:
    """The command `degradation`; arguments as their helps say."""
    import torch

    from resnet_explorer.training import degradation as study
    from resnet_explorer.training.data import load_small_images
    from resnet_explorer.training.evaluation import channel_statistics
    from resnet_explorer.training.optimization import fastest_precision
    from resnet_explorer.training.paper import shrunk
    from resnet_explorer.training.run_folder import CHECKPOINT

    chosen = [_parsed(name) for name in networks or [name for name in NETWORKS if not name.endswith("110")]]
    if threads:
        torch.set_num_threads(threads)
    paper = PaperRecipe()
    recipe = PaperRecipe(
        epochs=epochs,
        batch_size=batch,
        # For an image as much as the paper's: Goyal et al. 2017, *Large Minibatch SGD*, section 2.1.
        rate=paper.rate * batch / paper.batch_size,
        side=side,
        precision=fastest_precision(),
        seed=seed,
    )
    images = shrunk(load_small_images(data), side)
    mean, deviation = channel_statistics(images.train.images)
    more = {
        "images": t("{learnt:,} training and {tested:,} test images of {name}").format(
            learnt=len(images.train), tested=len(images.test), name=data.name
        ),
        "classes": images.classes,
        "mean": mean.flatten().tolist(),
        "std": deviation.flatten().tolist(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }
    for kind, depth in chosen:
        folder = out / run_name(kind, depth)
        with resumable(folder / CHECKPOINT), training_bar(epochs) as progress:
            for epoch in study.train(
                kind, depth, images, recipe, folder, resume=resume, progress=progress, **more
            ):
                typer.echo(
                    t(
                        "{kind} {depth}, epoch {epoch}: training error {train_error:.2%}, test error "
                        "{test_error:.2%}"
                    ).format(
                        kind=kind,
                        depth=depth,
                        epoch=epoch.epoch,
                        train_error=epoch.train_error,
                        test_error=epoch.test_error,
                    ),
                    err=True,
                )


def _parsed(name: str) -> tuple[Kind, int]:
    if name not in NETWORKS:
        raise typer.BadParameter(
            t("{name} is none of the study's networks: {listed}.").format(
                name=name, listed=", ".join(NETWORKS)
            )
        )
    return NETWORKS[name]
