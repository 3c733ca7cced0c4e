"""What a run brings forth, in its folder: the best network that it found, and what that says."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resnet_explorer.finetune.story import Story
from resnet_explorer.weights.base import Weights, class_indices, to_metadata
from resnet_explorer.whole_file import write_text

if TYPE_CHECKING:
    from resnet_explorer.finetune.engine import Run

CHECKPOINT: Final = "last.pt"
NETWORK: Final = "network.safetensors"
CLASS_INDICES: Final = "class_indices.json"
PREDICTIONS: Final = "predictions.csv"


def prepare(story: Story, folder: Path, *, resume: bool) -> None:
    """Make the folder of a run that is to begin, or check that the one in it may go on; tell its story.

    Raises:
        ValueError: in one sentence, if it cannot be made, or holds a run that is not to be resumed, or
            was told something else.
    """
    if (folder / CHECKPOINT).exists():
        if not resume:
            raise ValueError(f"{folder} holds a run already; resume it, or choose another folder.")
        story.check_same(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{folder} cannot be made: {error.strerror}.") from None
    story.write(folder)


def write_network(folder: Path, run: Run, story: Story) -> None:
    """Write the best network so far, and the names of its classes as the tutorials do.

    Raises:
        ValueError: if they cannot be written.
    """
    from resnet_explorer.weights.tensors import write_state

    weights = Weights("yours/run", story.label, story.spec, story.classes, story.preprocessing, "yours")
    write_state(folder / NETWORK, run.best_state, to_metadata(weights))
    write_predictions(folder, run)
    write_text(folder / CLASS_INDICES, class_indices(story.classes))


def write_predictions(folder: Path, run: Run) -> None:
    """Write what the best network so far says of each photo to test on: its class, and all probabilities.

    Raises:
        ValueError: if it cannot be written.
    """
    assert run.best_logits is not None  # there is a best one
    classes = run.photos.classes
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["photo", "class", *classes])
    for item, scores in zip(run.val, run.best_logits.double().softmax(dim=1).tolist(), strict=True):
        writer.writerow([item.name, classes[item.label], *(f"{score:.6g}" for score in scores)])
    write_text(folder / PREDICTIONS, text.getvalue())
