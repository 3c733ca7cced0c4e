"""The folder of a fine-tuning run: its log, its checkpoint, the best network and what that predicts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.common.os_error import NOT_MADE, os_error_as
from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.training.run_folder import CHECKPOINT, LOG, read_log
from resnet_explorer.weights.description import Weights, class_indices, to_metadata

if TYPE_CHECKING:
    from torch import Tensor

NETWORK: Final = "network.safetensors"
CLASS_INDICES: Final = "class_indices.json"
PREDICTIONS: Final = "predictions.csv"
FIRST_POINTS: Final = "first_points.csv"


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to: a row of the log."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True)
class FirstPoint:
    """What a first head came to, while photos passed through the frozen part: a row of a log of its own.

    Attributes:
        passed: photos that had passed.
        tested: those of them that were not learnt from, but tested on.
        val_loss: its mean cross-entropy on them.
        val_accuracy: the share of them that it predicted right.
        seconds: since the pass began.
    """

    passed: int
    tested: int
    val_loss: float
    val_accuracy: float
    seconds: float


def prepare(config: RunConfig, folder: Path, *, resume: bool) -> None:
    """Make the folder of a run that is to begin, or check that the one in it may go on; write its config.

    Raises:
        ValueError: in one sentence, if it cannot be made, or holds a run that is not to be resumed, was told
            something else, or has lost its checkpoint.
    """
    has_checkpoint = (folder / CHECKPOINT).exists()
    if has_checkpoint or _has_epochs(folder):
        if not resume:
            raise ValueError(
                t("{folder} holds a run already; resume it, or choose another folder.").format(folder=folder)
            )
        if not has_checkpoint:  # from its beginning, it would write over the network that it has
            raise ValueError(
                t("The checkpoint of the run in {folder}, {name}, is gone: the run cannot go on.").format(
                    folder=folder, name=CHECKPOINT
                )
            )
        config.check_same(folder)
    with os_error_as(NOT_MADE, folder=folder):
        folder.mkdir(parents=True, exist_ok=True)
    config.write(folder)


def _has_epochs(folder: Path) -> bool:
    try:
        return bool(read_log(folder / LOG, Epoch))
    except ValueError:  # there is none
        return False


def write_network(
    folder: Path, state: Mapping[str, Tensor], logits: Tensor, config: RunConfig, photos: LabelledPhotos
) -> None:
    """Write the best network so far, the names of its classes as the tutorials do, and its predictions.

    Args:
        folder: of the run.
        state: the network's values.
        logits: of each photo to test on, (photos, classes).
        config: of the run.
        photos: of the run.

    Raises:
        ValueError: if they cannot be written.
    """
    from resnet_explorer.weights.tensors import write_state

    weights = Weights("yours/run", config.label, config.spec, config.classes, config.preprocessing, "yours")
    write_state(folder / NETWORK, state, to_metadata(weights))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["photo", "class", *config.classes])
    for item, scores in zip(photos.part("val"), logits.double().softmax(dim=1).tolist(), strict=True):
        writer.writerow([item.name, config.classes[item.label], *(f"{score:.6g}" for score in scores)])
    write_text(folder / PREDICTIONS, text.getvalue())
    write_text(folder / CLASS_INDICES, class_indices(config.classes))
