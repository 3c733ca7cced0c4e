"""A run from its turn on the machine to its end: what it does is noted, and it can be told to stop.

Torch is loaded when the turn has come: a run that waits takes hardly any memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from resnet_explorer.finetune import log
from resnet_explorer.finetune.collection import LabelledPhotos
from resnet_explorer.finetune.run_folder import NETWORK, prepare
from resnet_explorer.finetune.state import ALIVE, STOP, Estimate, Notes, State, read_state
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.turn import in_turn

if TYPE_CHECKING:
    from resnet_explorer.finetune.engine import Progress
    from resnet_explorer.finetune.workers import Workers

POLL: Final = 0.3
"""Seconds between two looks at the queue."""
PATIENCE: Final = 10.0
"""Seconds in which another process of the same run may come to its end."""


def conduct(
    story: Story,
    photos: Callable[[], LabelledPhotos],
    folder: Path,
    *,
    resume: bool = False,
    workers: Workers | None = None,
) -> Iterator[Progress | State]:
    """Train as `fine_tune` does, one run at a time on a machine, with a note of the state in the folder.

    At the end, also after a stop, the best network so far stands among one's own. Several workers wait
    for no turn: who starts them has given them their machines.

    Args:
        story: what to do.
        photos: gives those that can be read.
        folder: of the run.
        resume: go on with the run that is in it.
        workers: who trains; this process alone unless told.

    Yields:
        The state, as long as others are before it; then the progress of the run.

    Raises:
        ValueError: in one sentence, if it cannot begin or go on; what was reached stays.
    """

    def train() -> Iterator[Progress]:
        from resnet_explorer.finetune.fine_tune import fine_tune

        return fine_tune(story, photos(), folder, workers)

    if workers and not workers.is_first:
        yield from train()
        return
    prepare(story, folder, resume=resume)
    is_one_of_several = workers is not None and workers.count > 1
    with _alone(folder), nullcontext(_nobody) if is_one_of_several else in_turn() as before:
        (folder / STOP).unlink(missing_ok=True)
        try:
            yield from _waited(before, folder)
            if not _is_to_stop(folder):
                yield from _noted(train(), story, folder)
            _end(folder, State("stopped" if _is_to_stop(folder) else "done"))
        except ValueError as refusal:
            _end(folder, State("failed", sentence=str(refusal)))
            raise
        except BaseException as error:  # a stop from the keyboard or by closing, or a mistake of ours
            stopped = isinstance(error, GeneratorExit | KeyboardInterrupt)
            sentence = "" if stopped else f"The run ended with {type(error).__name__}."
            _end(folder, State("stopped" if stopped else "failed", sentence=sentence))
            raise


def _nobody() -> int:
    """How many are before one who need not wait."""
    return 0


def _waited(before: Callable[[], int], folder: Path) -> Iterator[State]:
    """The state until the turn has come, or a stop."""
    notes = Notes(folder)
    while (count := before()) and not _is_to_stop(folder):
        waiting = replace(read_state(folder), phase="waiting", total=count, left=None)
        notes.write(waiting)
        yield waiting
        time.sleep(POLL)
    Notes(folder).write(replace(read_state(folder), phase="waiting", total=0))  # torch is loaded now


def _noted(steps: Iterator[Progress], story: Story, folder: Path) -> Iterator[Progress]:
    """The progress of the run, with a note of it, until its end or a stop."""
    notes, estimate = Notes(folder), Estimate(story.settings.epochs)
    before, began = read_state(folder), time.monotonic()
    for step in steps:
        if step.result:
            estimate.epoch_took(step.result.seconds)
        left = estimate.left(step.what, step.epoch, step.done, step.total)
        seconds = before.seconds + time.monotonic() - began
        notes.write(
            State(step.what, step.epoch, step.done, step.total, left, weights=before.weights, seconds=seconds)
        )
        yield step
        if _is_to_stop(folder):
            return


def _is_to_stop(folder: Path) -> bool:
    return (folder / STOP).exists()


def _end(folder: Path, state: State) -> None:
    """Note how the run ended, and keep what it found."""
    for features in folder.glob("features-*.bin"):
        with suppress(OSError):  # where a file that is mapped cannot be removed, it stays
            features.unlink()
    epochs = len(log.read(folder))
    try:
        weights = _keep(folder)
    except ValueError as refusal:
        state, weights = replace(state, phase="failed", sentence=state.sentence or str(refusal)), ""
    with suppress(ValueError):  # on a full disk the run ends with its own sentence
        seconds = read_state(folder).seconds
        Notes(folder).write(replace(state, epoch=epochs, weights=weights, seconds=seconds))


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
    from resnet_explorer.weights import forget, keep
    from resnet_explorer.weights.checkpoint import read_checkpoint

    before = read_state(folder).weights
    if before:  # first, so that its name is free
        with suppress(ValueError):  # somebody removed it
            forget(before)
    return keep(read_checkpoint(path)).key


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """As long as the block lasts, others see that the run is alive."""
    try:
        lock = FileLock(folder / ALIVE).acquire(timeout=PATIENCE)
    except Timeout:
        raise ValueError(f"The run in {folder} is under way already.") from None
    with lock:
        yield
