"""`train`: a network from scratch, on small images; or fine-tuning, on photos."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.from_scratch import ScratchOptions, train_small_images, train_tiles
from resnet_explorer.commands.terminal import piece_bar, resumable
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.finetune.training.hyperparameters import TUTORIAL, Settings, Strategy
from resnet_explorer.network.spec import ResNetSpec


def train(
    data: Annotated[
        Path,
        typer.Argument(
            help=msg(
                "A folder with train/CLASS/* and test/CLASS/*, an archive of one, or "
                "cifar-10-binary.tar.gz, or a folder of mosaics with their index.json, for the recipe of the "
                "bundled ResNet-18; with --strategy, photos in folders of their classes, a ZIP of them, or "
                "flower_photos, which is downloaded."
            )
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help=msg(
                "The folder of the run: log, checkpoint, network and card; with --strategy, one among the "
                "app's own runs unless told."
            )
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help=msg("Passes over the images; the recipe's unless told."))
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help=msg("Of the weights, the order and the augmentation."))
    ] = 0,
    resume: Annotated[bool, typer.Option("--resume", help=msg("Go on where a stopped run was."))] = False,
    network: Annotated[
        ResNetSpec | None,
        typer.Option(
            parser=parse.network,
            metavar="NETWORK",
            help=msg("A name or a code; resnet20_cifar (on mosaics, resnet18) or --start's, unless told."),
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=msg(
                "Begin with the values of a network.safetensors of an earlier run, and train it further."
            ),
        ),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help=msg("What people read; the data's name unless told."))
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help=msg("With mosaics: a ZIP of sharp photos, CLASS/*.jpg; half of them are judged on."),
        ),
    ] = None,
    strategy: Annotated[
        Strategy | None,
        typer.Option(
            help=msg(
                "Fine-tune on photos instead: a new head, the last stages and the head, or all parameters."
            )
        ),
    ] = None,
    weights: Annotated[
        str,
        typer.Option(
            parser=parse.start,
            metavar="NAME",
            help=msg(
                "With --strategy: what to begin with, a line of `weights list` or a file ({endings}); "
                "none for random values."
            ),
        ),
    ] = "bundled",
    stages: Annotated[
        int | None, typer.Option(help=msg("With --strategy stages: how many learn; 1 unless told."))
    ] = None,
    batch: Annotated[
        int | None, typer.Option(help=msg("With --strategy: photos a step; 32 unless told."))
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(help=msg("With --strategy: the learning rate at its highest; 0.001 unless told.")),
    ] = None,
    more: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help=msg(
                "With --strategy, once for each: `optimizer`, `schedule`, `weight_decay`, `label_smoothing`, "
                "`balance`, `augment`, `crops`, `size`, `mixed` or `batches`."
            ),
        ),
    ] = None,
    tutorial: Annotated[
        bool,
        typer.Option(
            "--tutorial",
            help=msg(
                "Fine-tune as the tutorial's train.py: all parameters, Adam 1e-4, batches of 16, 3 epochs, "
                "RandomResizedCrop(224) and flips, Resize(256) and CenterCrop(224), unless told otherwise."
            ),
        ),
    ] = False,
) -> None:
    """The command `train`; arguments as their helps say."""
    if tutorial and strategy is None:
        strategy = "all"
    if strategy is not None:
        if start is not None:
            raise typer.BadParameter(
                t("--start is for training from scratch; here, --weights takes a file, too.")
            )
        if stages is not None and strategy != "stages":
            raise typer.BadParameter(
                t("--stages is for --strategy stages, and this is {strategy}.").format(strategy=strategy)
            )
        told = {"epochs": epochs, "batch_size": batch, "rate": rate, "stages": stages, "seed": seed}
        settings = parse.settings(
            replace(TUTORIAL, strategy=strategy) if tutorial else Settings(strategy),
            {name: value for name, value in told.items() if value is not None},
            more or [],
        )
        if weights != "none" and network is not None:
            raise typer.BadParameter(
                t("--network is for --weights none; trained weights say which network it is.")
            )
        if weights == "none" and network is None:
            raise typer.BadParameter(t("from nothing, --network says which network it is to be."))
        if out is None and (resume or "RANK" in os.environ):
            raise typer.BadParameter(t("--out says in which folder the run is kept."))
        _fine_tune(data, settings, network or weights, out=out, label=label, resume=resume)
        return
    if out is None:
        raise typer.BadParameter(t("--out says in which folder the run is kept."))
    from resnet_explorer.training.mosaics import is_mosaics
    from resnet_explorer.training.run_folder import CHECKPOINT

    if (out / CHECKPOINT).exists() and not resume:
        raise ValueError(
            t("{out} holds a run already; --resume goes on with it, another --out starts afresh.").format(
                out=out
            )
        )
    options = ScratchOptions(data, out, epochs, seed, network, start, label, photos, resume)
    with resumable(out / CHECKPOINT):
        (train_tiles if is_mosaics(data) else train_small_images)(options)


def _fine_tune(
    data: Path,
    settings: Settings,
    model: str | ResNetSpec,
    *,
    out: Path | None,
    label: str | None,
    resume: bool,
) -> None:
    """Fine-tune, and say where the best network is."""
    from resnet_explorer.finetune.api import fine_tune, run_folder, run_label
    from resnet_explorer.finetune.training.run_folder import NETWORK
    from resnet_explorer.training.run_folder import CHECKPOINT

    is_first = os.environ.get("RANK", "0") == "0"  # one of several workers speaks
    tell = partial(typer.echo, err=True)
    name = label or run_label(data, settings, out)
    with run_folder(out, name) as folder, resumable(folder / CHECKPOINT):
        with piece_bar(is_first) as show:
            run = fine_tune(
                data,
                model=model,
                out=folder,
                label=name,
                resume=resume,
                tell=tell,
                show=show,
                **asdict(settings),
            )
        if is_first and run.best:
            typer.echo(
                t("{val_accuracy:.2%} of the validation photos are right. {folder}").format(
                    val_accuracy=run.best.val_accuracy, folder=folder / NETWORK
                )
            )
            tell(
                t("The app has it among your own networks, and so has --model {weights}.").format(
                    weights=run.status.weights
                )
            )
