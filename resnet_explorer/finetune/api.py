"""Photos in folders of their classes become a trained network, in one call, from programs and notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from torch import nn

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.progress import Tell
from resnet_explorer.common.text import duration, shortened, unknown
from resnet_explorer.finetune.dataset import flowers, scan
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos, photos_at
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.status import Status
from resnet_explorer.finetune.runs.store import RunEntry, new_folder, run_in
from resnet_explorer.finetune.runs.table import learns
from resnet_explorer.finetune.training.hyperparameters import (
    Settings,
    Strategy,
    frozen_stages,
)
from resnet_explorer.finetune.training.run_config import RUN_CONFIG, RunConfig, no_run
from resnet_explorer.finetune.training.workers import Workers
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.recognition.network_and_input import assumed_preprocessing
from resnet_explorer.weights.trained_network import key_named, own_checkpoint
from resnet_explorer.weights.user_store import keep

Show = Callable[[str, int, int], None]
"""What is told of work in pieces: what is done, how many pieces are, of how many."""

_WORDS: Final = {"features": "features", "training": "epoch {epoch}", "testing": "epoch {epoch}, testing"}


def fine_tune(
    data: str | Path,
    *,
    strategy: Strategy = "head",
    out: str | Path | None = None,
    model: str | Path | nn.Module | ResNetSpec = "bundled",
    label: str | None = None,
    resume: bool = False,
    tell: Tell = print,
    show: Show = lambda what, done, total: None,
    **settings: Any,
) -> RunEntry:
    """Let a network learn photos; the best one so far is in the folder of the run, and among one's own.

    Args:
        data: a folder or a ZIP archive of photos in folders; or flower_photos, which is fetched.
        strategy: what learns: a new "head", the last "stages" too, or "all" parameters.
        out: the folder of the run; one among those that the app keeps unless told.
        model: what it begins with: a preset's name, a key of weights, a file of them, or a live module of a
            residual network's form, which is left as it is; a spec for random values.
        label: what people read.
        resume: go on with the run in `out`.
        tell: told a line for what was found, and for each epoch.
        show: told of every piece of work.
        settings: others of `Settings` by their names: epochs, batch_size, rate, stages …

    Returns:
        The run: its log, its best network; a notebook shows its curves.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    _check_path("data", data)
    if out is not None:
        _check_path("out", out)
    chosen = _settings(strategy, settings)
    name = label or run_label(Path(data), chosen, out)
    if resume and (out is None or not (Path(out) / RUN_CONFIG).exists()):
        raise no_run(out or t("A new folder"))
    with run_folder(out, name) as folder:
        workers = Workers.connect()
        if not workers.is_first:
            tell, show = _silent, _silent
        start, spec, preprocessing = _start(model)
        frozen_stages(spec, chosen)  # refuses before the photos are looked through, which takes a while
        place, called = _located(Path(data), workers, show)
        photos = _surveyed(place, called, chosen.seed, tell, show)
        config = RunConfig.of(chosen, start, spec, photos, preprocessing, name, place, called)
        _train(config, photos, folder, resume or workers.restarted, workers, tell, show)
        return run_in(folder)


def _check_path(name: str, path: object) -> None:
    if not isinstance(path, str | Path) or path == "":  # Path("") is the folder that one is in
        raise ValueError(
            t("{name} is {value}; a path is needed.").format(name=name, value=shortened(repr(path)))
        )


def _settings(strategy: Strategy, told: Mapping[str, Any]) -> Settings:
    """Those of a strategy, with what was told.

    Raises:
        ValueError: in one sentence, for a name or a value that there is not.
    """
    known = [field.name for field in fields(Settings)]
    for name in told:
        if name not in known:
            raise unknown(msg("{name!r} is no setting; there are {listed}."), name, known)
    return Settings(strategy, **told)


def run_label(data: Path, settings: Settings, out: str | Path | None = None) -> str:
    """What a run is called unless told: as its folder or, without one, by its photos and what learns."""
    return Path(out).absolute().name if out else f"{data.resolve().stem} · {learns(settings)}"


@contextmanager
def run_folder(out: str | Path | None, label: str) -> Iterator[Path]:
    """The folder of a run: the one that was told, or a new one among those that the app keeps.

    A new one goes again if nothing came into it.

    Raises:
        ValueError: if it cannot be made.
    """
    if out is not None:
        yield Path(out)
        return
    folder = new_folder(label)
    try:
        yield folder
    finally:
        with suppress(OSError):  # there is something in it
            folder.rmdir()


def _silent(*_: object) -> None:
    """What all workers but the first say."""


def _start(model: str | Path | nn.Module | ResNetSpec) -> tuple[Weights | None, ResNetSpec, Any]:
    """What the run begins with, its network, and how that looks at photos."""
    if isinstance(model, ResNetSpec):
        return None, model, assumed_preprocessing(model)
    checkpoint = own_checkpoint(model)
    start = keep(checkpoint) if checkpoint else find(key_named(str(model)))
    return start, start.spec, start.preprocessing


def _located(data: Path, workers: Workers, show: Show) -> tuple[Path, str]:
    """Where the photos are, and what stands for that in their names; flower_photos is fetched by its name."""
    if str(data) != flowers.LABEL or data.exists():
        return data, data.resolve().name
    if workers.is_first:
        flowers.fetch_flowers(lambda done, total: show(f"{data}, MB", done // 10**6, (total or 0) // 10**6))
    workers.wait()  # where they share a disk, one of them fetches
    dataset = flowers.fetch_flowers()
    return dataset.path, dataset.label


def _surveyed(data: Path, called: str, seed: int, tell: Tell, show: Show) -> LabelledPhotos:
    """The photos that can be read; what there is to say of them is told."""
    for step in scan.survey(photos_at(data, called, seed=seed)):
        show(t("looking at the photos"), step.done, step.total)
        answer = step.answer
    assert answer is not None  # the last step has it
    for sentence in answer.unreadable:
        tell(t("Left out: {sentence}").format(sentence=sentence))
    for learnt, tested in answer.near_duplicates:
        tell(
            t("Note: {tested} and {learnt} look the same; one is tested on, one learnt.").format(
                tested=tested, learnt=learnt
            )
        )
    if answer.imbalance >= scan.IMBALANCED:
        tell(
            t("Note: one class has {imbalance:.1f} times as many photos as another.").format(
                imbalance=answer.imbalance
            )
        )
    photos = answer.photos
    for name, learnt_count, tested_count in zip(
        photos.classes, photos.counts("train"), photos.counts("val"), strict=True
    ):
        tell(
            t("{name}: {learnt_count:,} to learn, {tested_count:,} to test").format(
                name=name, learnt_count=learnt_count, tested_count=tested_count
            )
        )
    return photos


def _train(
    config: RunConfig,
    photos: LabelledPhotos,
    folder: Path,
    resume: bool,
    workers: Workers,
    tell: Tell,
    show: Show,
) -> None:
    told_to_wait = False
    for progress in run_job(config, lambda: photos, folder, resume=resume, workers=workers):
        if isinstance(progress, Status):
            if not told_to_wait:
                tell(
                    t("Waiting: one run trains at a time on a machine, and {total} came before.").format(
                        total=progress.total
                    )
                )
            told_to_wait = True
            continue
        show(_WORDS[progress.what].format(epoch=progress.epoch), progress.done, progress.total)
        if first := progress.first:
            tell(
                t(
                    "after {passed:,} of {total:,} photos: a first head, validation accuracy "
                    "{val_accuracy:.2%} on {tested:,}"
                ).format(
                    passed=first.passed,
                    total=progress.total,
                    val_accuracy=first.val_accuracy,
                    tested=first.tested,
                )
            )
        if epoch := progress.result:
            tell(
                t(
                    "epoch {epoch}: training loss {train_loss:.3f}, validation accuracy {val_accuracy:.2%}, "
                    "{seconds}"
                ).format(
                    epoch=epoch.epoch,
                    train_loss=epoch.train_loss,
                    val_accuracy=epoch.val_accuracy,
                    seconds=duration(epoch.seconds),
                )
            )
