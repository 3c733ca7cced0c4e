"""Fine-tuning from beginning to end: a network that was trained, photos, and a folder for what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resnet_explorer.finetune import log, run_folder
from resnet_explorer.finetune.collection import LabelledPhotos
from resnet_explorer.finetune.engine import Progress, Run
from resnet_explorer.finetune.parts import beginner
from resnet_explorer.finetune.run_folder import CHECKPOINT
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.workers import Workers
from resnet_explorer.weights import find, load


def fine_tune(
    story: Story,
    photos: LabelledPhotos,
    folder: Path,
    *,
    resume: bool = False,
    workers: Workers | None = None,
) -> Iterator[Progress]:
    """Train, and keep after each epoch what there is: state, log, best network.

    Args:
        story: what to do, as `Story.of` tells it of these photos.
        photos: those that can be read.
        folder: of the run; made if it is not there. All workers see the same one.
        resume: go on with the run that is in it.
        workers: who trains; this process alone unless told.

    Yields:
        Batches and epochs as they are done; closing the generator stops the run after the last of them.

    Raises:
        ValueError: in one sentence, if it cannot begin or go on; what was reached stays.
    """
    workers = workers or Workers()
    if workers.is_first:
        run_folder.prepare(story, folder, resume=resume)
    trained = load(find(story.start)) if story.start else None
    model = beginner(story.spec, len(story.classes), story.settings.seed, trained)
    run = Run(model, photos, story.preprocessing, story.settings, folder, workers)
    if (folder / CHECKPOINT).exists():
        run.resume()
    workers.wait()  # all have read what there was, before one of them writes
    if workers.is_first:
        _begin(story, folder, run)
    for progress in run.epochs():
        if progress.result and workers.is_first:
            log.append(folder, progress.result)
            if progress.result == run.best:
                run_folder.write_network(folder, run, story)
        yield progress


def _begin(story: Story, folder: Path, run: Run) -> None:
    """Bring log and story to where the run is."""
    story.write(folder)
    if run.epochs_done:
        log.cut(folder, run.epochs_done)
    else:
        (folder / log.LOG).unlink(missing_ok=True)
