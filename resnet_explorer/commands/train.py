"""`train`: a network from scratch, on small images; or fine-tuning, on photos."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zipfile import is_zipfile

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.fine_tune import fine_tune, in_folder
from resnet_explorer.commands.progress import log_line, training_bar
from resnet_explorer.commands.stopping import resumable
from resnet_explorer.commands.train_tiles import CARD, EXPORT, train_tiles
from resnet_explorer.commands.trained import beginning
from resnet_explorer.finetune.settings import SOUND, TUTORIAL, Strategy
from resnet_explorer.spec import ResNetSpec, preset

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.training.data import SmallImages
    from resnet_explorer.training.scratch import Recipe


def train(
    data: Annotated[
        Path,
        typer.Argument(
            help="A folder with train/CLASS/* and test/CLASS/*, an archive of one, or "
            "cifar-10-binary.tar.gz, or a folder of mosaics with their index.json, for the recipe of the "
            "bundled ResNet-18; with --strategy, photos in folders of their classes, a ZIP of them, or "
            "flower_photos, which is downloaded."
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="The folder of the run: log, checkpoint, network and card; with --strategy, one among the "
            "app's own runs unless told."
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the images; the recipe's unless told.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the weights, the order and the augmentation.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a stopped run was.")] = False,
    network: Annotated[
        ResNetSpec | None,
        typer.Option(
            parser=parse.network,
            metavar="NETWORK",
            help="A name or a code; resnet20_cifar (on mosaics, resnet18) or --start's, unless told.",
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=f"Begin with the values of a {EXPORT} of an earlier run, and train it further.",
        ),
    ] = None,
    label: Annotated[str | None, typer.Option(help="What people read; the data's name unless told.")] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="With mosaics: a ZIP of sharp photos, CLASS/*.jpg; half of them are judged on.",
        ),
    ] = None,
    strategy: Annotated[
        Strategy | None,
        typer.Option(
            help="Fine-tune on photos instead: a new head, the last stages and the head, or all parameters."
        ),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            parser=parse.start,
            metavar="NAME",
            help="With --strategy: what to begin with, a line of `weights list`; none for random values.",
        ),
    ] = "bundled",
    stages: Annotated[
        int | None, typer.Option(help="With --strategy stages: how many learn; 1 unless told.")
    ] = None,
    batch: Annotated[int | None, typer.Option(help="With --strategy: photos a step; 32 unless told.")] = None,
    rate: Annotated[
        float | None,
        typer.Option(help="With --strategy: the learning rate at its highest; 0.001 unless told."),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="With --strategy, once for each: optimizer, schedule, weight_decay, label_smoothing, "
            "balance, augment, size or mixed.",
        ),
    ] = None,
    tutorial: Annotated[
        bool,
        typer.Option("--tutorial", help="With --strategy: Adam 1e-4, batches of 16, 3 epochs, unless told."),
    ] = False,
) -> None:
    """Train a network: small images from scratch, measured and with a card; or photos, with --strategy."""
    if strategy is not None:
        if start is not None:
            raise typer.BadParameter(
                "--start is for training from scratch; here, --weights takes a file, too."
            )
        if stages is not None and strategy != "stages":
            raise typer.BadParameter(f"--stages is for --strategy stages, and this is {strategy}.")
        told = {"epochs": epochs, "batch_size": batch, "rate": rate, "stages": stages, "seed": seed}
        settings = parse.settings(
            replace(TUTORIAL, strategy=strategy) if tutorial else SOUND[strategy],
            {name: value for name, value in told.items() if value is not None},
            more or [],
        )
        from resnet_explorer.finetune.run_folder import CHECKPOINT
        from resnet_explorer.finetune.run_rows import learns

        name = label or (out.name if out else f"{data.resolve().stem} · {learns(settings)}")
        with in_folder(out, name, resume=resume) as folder, resumable(folder / CHECKPOINT):
            fine_tune(data, folder, settings, weights=weights, network=network, label=name, resume=resume)
        return
    if out is None:
        raise typer.BadParameter("--out says in which folder the run is kept.")
    from resnet_explorer.training.mosaics import is_mosaics
    from resnet_explorer.training.scratch import CHECKPOINT

    if (out / CHECKPOINT).exists() and not resume:
        raise ValueError(f"{out} holds a run already; --resume goes on with it, another --out starts afresh.")
    with resumable(out / CHECKPOINT):
        if is_mosaics(data):
            train_tiles(data, out, epochs, seed, network, start, label, photos, resume=resume)
        else:
            _from_scratch(data, out, epochs, seed, network, start, label, resume=resume)


def _from_scratch(
    data: Path,
    out: Path,
    epochs: int | None,
    seed: int,
    network: ResNetSpec | None,
    start: Path | None,
    label: str | None,
    *,
    resume: bool,
) -> None:
    """Train by the recipe, export the network, and write its card.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    from resnet_explorer.training.data import load_small_images
    from resnet_explorer.training.same_run import check_same
    from resnet_explorer.training.scratch import train as run

    if is_zipfile(data):
        raise ValueError(f"{data} is a ZIP: to learn from the photos in it, choose a --strategy.")
    images = load_small_images(data)
    initial, spec = beginning(start, network, preset("resnet20_cifar"), len(images.classes))
    recipe = _recipe(images, epochs, seed, start)
    if (out / "recipe.json").is_file():
        check_same(out / "recipe.json", spec, recipe)
    typer.echo(
        f"{len(images.train):,} training and {len(images.test):,} test images, {recipe.epochs} epochs",
        err=True,
    )
    with training_bar(recipe.epochs) as progress:
        for epoch in run(spec, images, recipe, out, initial=initial, resume=resume, progress=progress):
            typer.echo(log_line(epoch), err=True)
    _finish(spec, images, recipe, out, initial, data.name, label or data.name)


def _recipe(images: SmallImages, epochs: int | None, seed: int, start: Path | None) -> Recipe:
    """The usual recipe, its sizes in proportion to these images."""
    from resnet_explorer.training.scratch import Recipe, fastest_precision

    recipe = Recipe(seed=seed, precision=fastest_precision())
    if start:
        recipe = recipe.going_on(hashlib.sha256(start.read_bytes()).hexdigest())
    side, largest = images.train.images.shape[-1], recipe.sizes[-1][1]
    return replace(
        recipe,
        epochs=epochs or recipe.epochs,
        batch_size=min(recipe.batch_size, len(images.train)),
        sizes=tuple((part, max(1, size * side // largest)) for part, size in recipe.sizes),
    )


def _finish(
    spec: ResNetSpec,
    images: SmallImages,
    recipe: Recipe,
    out: Path,
    initial: ResNet | None,
    data_name: str,
    label: str,
) -> None:
    """Export the averaged network, measure the very file, and write its card."""
    from resnet_explorer.training.card import measure, preprocessing_of, write_card
    from resnet_explorer.training.scratch import (
        CHECKPOINT,
        average_cycles,
        channel_statistics,
        load_average,
        measure_norms,
    )
    from resnet_explorer.weights import bundled, export_bundled

    statistics = channel_statistics(images.train.images)
    preprocessing = preprocessing_of(statistics, images.train.images.shape[-1])
    model = load_average(out / CHECKPOINT, spec)
    if initial:
        average_cycles(model, initial)
    typer.echo("Measuring the batch norms' statistics for the averaged weights", err=True)
    measure_norms(model, images.train.images, statistics)
    weights = export_bundled(model, images.classes, preprocessing, out / EXPORT, {"label": label})
    typer.echo("Measuring the network that was written", err=True)
    figures = measure(bundled.load(out / EXPORT), weights, images)
    counts = f"{len(images.train):,} training and {len(images.test):,} test images"
    write_card(out / CARD, weights, recipe, out, figures, f"{data_name}, {counts}.")
    typer.echo(f"{figures.test:.2%} of the test images are right. {out / EXPORT}, {out / CARD}")
