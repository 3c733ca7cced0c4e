"""A run as a job: it waits in the queue, trains, writes its status, and stops when it is asked to.

Torch is loaded when the waiting is over: a run that waits takes hardly any memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from resnet_explorer.common.atomic_file import remove_leftovers
from resnet_explorer.common.i18n import t
from resnet_explorer.common.memory import is_out_of_memory, no_memory
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos
from resnet_explorer.finetune.runs.queue import queue_place
from resnet_explorer.finetune.runs.status import ALIVE, STOP, Estimate, Status, StatusWriter, read_status
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.run_folder import NETWORK, Epoch, prepare
from resnet_explorer.training.run_folder import LOG, read_log

if TYPE_CHECKING:
    from resnet_explorer.finetune.training.trainer import Progress
    from resnet_explorer.finetune.training.workers import Workers

POLL: Final = 0.3
"""Seconds between two looks at the queue."""
PATIENCE: Final = 10.0
"""Seconds in which another process of the same run may come to its end."""


def run_job(
    config: RunConfig,
    photos: Callable[[], LabelledPhotos],
    folder: Path,
    *,
    resume: bool = False,
    workers: Workers | None = None,
) -> Iterator[Progress | Status]:
    """Train as `fine_tune` does, one run at a time on a machine, with the status in the folder.

    At the end, also after a stop, the best network so far stands among one's own. Several workers wait
    for nobody: who starts them has given them their machines.

    Args:
        config: what to do.
        photos: gives those that can be read.
        folder: of the run.
        resume: go on with the run that is in it.
        workers: who trains; this process alone unless told.

    Yields:
        The status, as long as others are before it; then the progress of the run.

    Raises:
        ValueError: in one sentence, if it cannot begin or go on; what was reached stays.
    """

    def train() -> Iterator[Progress]:
        from resnet_explorer.finetune.training.trainer import fine_tune

        return fine_tune(config, photos(), folder, workers)

    if workers and not workers.is_first:
        yield from train()
        return
    prepare(config, folder, resume=resume)
    is_one_of_several = workers is not None and workers.count > 1
    with _locked(folder), nullcontext(lambda: 0) if is_one_of_several else queue_place() as before:
        (folder / STOP).unlink(missing_ok=True)
        remove_leftovers(folder, age=0)  # a run that is taken up may have been killed in the midst of a file
        try:
            yield from _waited(before, folder)
            if not _is_to_stop(folder):
                yield from _reported(train(), config, folder)
            _end(folder, Status("stopped" if _is_to_stop(folder) else "done"))
        except ValueError as refusal:
            _end(folder, Status("failed", sentence=str(refusal)))
            raise
        except BaseException as error:  # a stop from the keyboard or by closing, or a mistake of ours
            stopped = isinstance(error, GeneratorExit | KeyboardInterrupt)
            sentence = "" if stopped else t("The run ended with {kind}.").format(kind=type(error).__name__)
            if is_out_of_memory(error):
                sentence = no_memory()
            _end(folder, Status("stopped" if stopped else "failed", sentence=sentence))
            raise


def _waited(before: Callable[[], int], folder: Path) -> Iterator[Status]:
    """The status as long as others are before it, or until a stop."""
    writer = StatusWriter(folder)
    while (count := before()) and not _is_to_stop(folder):
        waiting = replace(read_status(folder), phase="waiting", total=count, left=None)
        writer.write(waiting)
        yield waiting
        time.sleep(POLL)
    StatusWriter(folder).write(replace(read_status(folder), phase="waiting", total=0))  # torch is loaded now


def _reported(steps: Iterator[Progress], config: RunConfig, folder: Path) -> Iterator[Progress]:
    """The progress of the run, with its status written, until its end or a stop."""
    writer, estimate = StatusWriter(folder), Estimate(config.settings.epochs)
    before, began = read_status(folder), time.monotonic()
    for step in steps:
        if step.result:
            estimate.epoch_took(step.result.seconds)
        left = estimate.left(step.what, step.epoch, step.done, step.total)
        seconds = before.seconds + time.monotonic() - began
        writer.write(Status(step.what, step.epoch, step.done, step.total, left, "", before.weights, seconds))
        yield step
        if _is_to_stop(folder):
            return


def _is_to_stop(folder: Path) -> bool:
    return (folder / STOP).exists()


def _end(folder: Path, status: Status) -> None:
    """Write how the run ended, and keep what it found."""
    for features in folder.glob("features-*.bin"):
        with suppress(OSError):  # where a file that is mapped cannot be removed, it stays
            features.unlink()
    epochs = len(read_log(folder / LOG, Epoch)) if (folder / LOG).exists() else 0
    try:
        weights = _keep(folder)
    except ValueError as refusal:
        status, weights = replace(status, phase="failed", sentence=status.sentence or str(refusal)), ""
    with suppress(ValueError):  # on a full disk the run ends with its own sentence
        seconds = read_status(folder).seconds
        StatusWriter(folder).write(replace(status, epoch=epochs, weights=weights, seconds=seconds))


def _keep(folder: Path) -> str:
    """Keep the best network among one's own, in the place of the one that this run had there before.

    Returns:
        Its key; "" if the run has none yet.

    Raises:
        ValueError: if it cannot be kept.
    """
    path = folder / NETWORK
    if not path.is_file():
        return ""
    from resnet_explorer.weights.checkpoint import read_checkpoint
    from resnet_explorer.weights.user_store import forget, keep

    before = read_status(folder).weights
    if before:  # first, so that its name is free
        with suppress(ValueError):  # somebody removed it
            forget(before)
    return keep(read_checkpoint(path)).key


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """As long as the block lasts, others see that the run is alive."""
    try:
        lock = FileLock(folder / ALIVE).acquire(timeout=PATIENCE)
    except Timeout:
        raise ValueError(t("The run in {folder} is under way already.").format(folder=folder)) from None
    with lock:
        yield
