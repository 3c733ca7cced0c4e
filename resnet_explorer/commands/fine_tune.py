"""`train` with a strategy: a trained network learns the photos of some folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from resnet_explorer.commands.parse import is_file_name
from resnet_explorer.commands.progress import download_bar, piece_bar
from resnet_explorer.short_text import duration

if TYPE_CHECKING:
    from resnet_explorer.finetune.collection import LabelledPhotos
    from resnet_explorer.finetune.settings import Settings
    from resnet_explorer.finetune.workers import Workers
    from resnet_explorer.spec import ResNetSpec
    from resnet_explorer.weights import Preprocessing, Weights

_WORDS: Final = {"features": "features", "training": "epoch {epoch}", "testing": "epoch {epoch}, testing"}


def fine_tune(
    data: Path,
    out: Path,
    settings: Settings,
    *,
    weights: str,
    network: ResNetSpec | None,
    label: str,
    resume: bool,
) -> None:
    """Look through the photos, train, and say where the best network is.

    Args:
        data: a folder or a ZIP archive of photos in folders; or flower_photos, which is fetched.
        out: the folder of the run.
        settings: how.
        weights: key of the weights to begin with, or "none".
        network: the network to begin from random values, with "none".
        label: what people read.
        resume: go on with the run in `out`.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    from resnet_explorer.finetune import log
    from resnet_explorer.finetune.conduct import conduct
    from resnet_explorer.finetune.run_folder import NETWORK
    from resnet_explorer.finetune.settings import frozen_stages
    from resnet_explorer.finetune.state import State, read_state
    from resnet_explorer.finetune.story import STORY, Story
    from resnet_explorer.finetune.workers import Workers

    if resume and not (out / STORY).exists():
        raise ValueError(f"{out} holds no run that can be resumed.")
    workers = Workers.joined()
    tell: Callable[[str], None] = (lambda line: typer.echo(line, err=True)) if workers.is_first else _silent
    start, spec, preprocessing = _start(weights, network)
    frozen_stages(spec, settings)  # refuses before the photos are looked through, which takes a while
    data, called = _found(data, workers)
    photos = _surveyed(data, called, settings.seed, tell, shown=workers.is_first)
    story = Story.of(settings, start, spec, photos, preprocessing, label, data, called)
    resume = resume or workers.restarted
    told_to_wait = False
    with piece_bar(workers.is_first) as show:
        for progress in conduct(story, lambda: photos, out, resume=resume, workers=workers):
            if isinstance(progress, State):
                if not told_to_wait:
                    tell(f"Waiting: one run trains at a time on a machine, and {progress.total} came before.")
                told_to_wait = True
                continue
            show(_WORDS[progress.what].format(epoch=progress.epoch), progress.done, progress.total)
            if progress.result:
                epoch = progress.result
                tell(
                    f"epoch {epoch.epoch}: training loss {epoch.train_loss:.3f}, "
                    f"validation accuracy {epoch.val_accuracy:.2%}, {duration(epoch.seconds)}"
                )
    if workers.is_first:
        best = max(epoch.val_accuracy for epoch in log.read(out))  # epochs before a resume among them
        typer.echo(f"{best:.2%} of the validation photos are right. {out / NETWORK}")
        tell(f"The app has it among your own networks, and so has --model {read_state(out).weights}.")


@contextmanager
def in_folder(out: Path | None, label: str, *, resume: bool) -> Iterator[Path]:
    """The folder of a run: the one that was told, or a new one among those that the app keeps.

    A new one goes again if nothing came into it.

    Raises:
        BadParameter: where the run needs a folder that is named: to go on with it, or for several workers.
        ValueError: if it cannot be made.
    """
    from resnet_explorer.finetune.runs import new_folder

    if out is not None:
        yield out
        return
    if resume or "RANK" in os.environ:
        raise typer.BadParameter("--out says in which folder the run is kept.")
    folder = new_folder(label)
    try:
        yield folder
    finally:
        with suppress(OSError):  # there is something in it
            folder.rmdir()


def _silent(_: str) -> None:
    """What all workers but the first say."""


def _start(weights: str, network: ResNetSpec | None) -> tuple[Weights | None, ResNetSpec, Preprocessing]:
    """What the run begins with, its network, and how that looks at photos."""
    from resnet_explorer.weights import find, keep
    from resnet_explorer.weights.checkpoint import assumed_preprocessing, read_checkpoint

    if weights != "none":
        if network is not None:
            raise typer.BadParameter(
                "--network is for --weights none; trained weights say which network it is."
            )
        start = keep(read_checkpoint(Path(weights))) if is_file_name(weights) else find(weights)
        return start, start.spec, start.preprocessing
    if network is None:
        raise typer.BadParameter("from nothing, --network says which network it is to be.")
    return None, network, assumed_preprocessing(network)


def _found(data: Path, workers: Workers) -> tuple[Path, str]:
    """Where the photos are, and what stands for that in their names; flower_photos is fetched by its name."""
    from resnet_explorer.finetune.flowers import LABEL, fetch_flowers

    if str(data) != LABEL or data.exists():
        return data, data.resolve().name
    with download_bar(LABEL) as progress:
        if workers.is_first:
            fetch_flowers(progress)
        workers.wait()  # where they share a disk, one of them fetches
        album = fetch_flowers()
    return album.path, album.label


def _surveyed(
    data: Path, called: str, seed: int, tell: Callable[[str], None], *, shown: bool
) -> LabelledPhotos:
    """The photos that can be read; what there is to say of them is told."""
    from resnet_explorer.finetune.collection import photos_at
    from resnet_explorer.finetune.survey import IMBALANCED, survey

    found = photos_at(data, called, seed=seed)
    with piece_bar(shown) as show:
        for step in survey(found):
            show("looking at the photos", step.done, step.total)
            answer = step.answer
    assert answer is not None  # the last step has it
    for sentence in answer.unreadable:
        tell(f"Left out: {sentence}")
    for learnt, tested in answer.twins:
        tell(f"Note: {tested} and {learnt} look the same; one is tested on, one learnt.")
    if answer.imbalance >= IMBALANCED:
        tell(f"Note: one class has {answer.imbalance:.1f} times as many photos as another.")
    photos = answer.photos
    for name, learnt_count, tested_count in zip(
        photos.classes, photos.counts("train"), photos.counts("val"), strict=True
    ):
        tell(f"{name}: {learnt_count:,} to learn, {tested_count:,} to test")
    return photos
