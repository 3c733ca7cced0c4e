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
    workers: Workers | None = None,
) -> Iterator[Progress]:
    """Train from where the run in the folder is, and keep after each epoch what there is.

    Args:
        story: what to do, as `Story.of` tells it of these photos.
        photos: those that can be read.
        folder: of the run, as `run_folder.prepare` leaves it. All workers see the same one.
        workers: who trains; this process alone unless told.

    Yields:
        Batches and epochs as they are done; closing the generator stops the run after the last of them.

    Raises:
        ValueError: in one sentence, if it cannot begin or go on; what was reached stays.
    """
    workers = workers or Workers()
    trained = load(find(story.start)) if story.start else None
    model = beginner(story.spec, len(story.classes), story.settings.seed, trained)
    run = Run(model, photos, story.preprocessing, story.settings, folder, workers)
    if (folder / CHECKPOINT).exists():
        run.resume()
    workers.wait()  # all have read what there was, before one of them writes
    if workers.is_first:  # a crash may have fallen between the checkpoint and what is written after it
        log.write(folder, run.history)
        if run.best:
            run_folder.write_network(folder, run, story)
    for progress in run.epochs():
        if progress.result and workers.is_first:
            log.write(folder, run.history)
            if progress.result == run.best:
                run_folder.write_network(folder, run, story)
        yield progress
