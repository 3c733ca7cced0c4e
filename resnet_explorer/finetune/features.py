"""What the frozen part of a network puts out for every photo, computed once and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.finetune.batches import in_order, plain, stacked
from resnet_explorer.finetune.collection import Item
from resnet_explorer.finetune.parts import CutNetwork
from resnet_explorer.progress import Step
from resnet_explorer.weights import Preprocessing

BATCH = 32


class Features:
    """Kept outputs of the frozen part: of each photo as it is and, if asked, of its mirror image.

    They lie in a file that is mapped into memory, for the maps of thousands of photos may be larger.
    """

    def __init__(self, file: Path, count: int, views: int, shape: Sequence[int]) -> None:
        self.values = np.memmap(file, np.float32, "w+", shape=(count, views, *shape))

    def take(self, indices: Sequence[int], views: Sequence[int]) -> Tensor:
        """(N, *shape): of some photos, of each the view that is asked for."""
        return torch.from_numpy(self.values[list(indices), list(views)])


def compute(
    network: CutNetwork, items: Sequence[Item], preprocessing: Preprocessing, views: int, file: Path
) -> Iterator[Step[Features]]:
    """Run the frozen part over all photos.

    Args:
        network: cut.
        items: the photos.
        preprocessing: of its weights.
        views: 1 for the photos as they are, 2 for their mirror images as well.
        file: to keep the features in; written over.

    Yields:
        Photos done; at the end the features.

    Raises:
        ValueError: for a photo that cannot be read.
        OSError: if the disk is full.
    """
    channels = network.model.spec.in_channels
    ready = CutNetwork(for_evaluation(network.model), network.frozen)
    tasks = [
        partial(plain, item, preprocessing, channels, bool(view)) for item in items for view in range(views)
    ]
    kept: Features | None = None
    done = 0
    for batch in stacked(in_order(tasks), BATCH * views):
        outputs = ready.frozen_part(batch).numpy()
        outputs = outputs.reshape(-1, views, *outputs.shape[1:])
        if kept is None:
            kept = Features(file, len(items), views, outputs.shape[2:])
        kept.values[done : done + len(outputs)] = outputs
        done += len(outputs)
        yield Step(done, len(items), kept if done == len(items) else None)
