"""What the frozen part of a network puts out for every photo, computed once and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.evaluation import for_evaluation
from resnet_explorer.finetune.batches import plain, stacked
from resnet_explorer.finetune.collection import Item
from resnet_explorer.finetune.parts import CutNetwork
from resnet_explorer.progress import Step
from resnet_explorer.threads import in_order
from resnet_explorer.weights import Preprocessing

BATCH: Final = 32


class Features:
    """Kept outputs of the frozen part: of each photo as it is and, if asked, of its mirror image.

    They lie in a file that is mapped into memory, for the maps of thousands of photos may be larger.
    """

    def __init__(self, file: Path, shape: Sequence[int]) -> None:
        """
        Args:
            file: as `compute` wrote it.
            shape: (photos, views, …), the rest that of one output.
        """
        self.values = np.memmap(file, np.float32, "r", shape=tuple(shape))

    def take(self, indices: Sequence[int], views: Sequence[int]) -> Tensor:
        """(N, …): of some photos, of each the view that is asked for."""
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
        ValueError: for a photo that cannot be read, or a disk that is full.
    """
    channels = network.model.spec.in_channels
    device = next(network.parameters()).device
    ready = CutNetwork(for_evaluation(network.model), network.frozen)
    photos = in_order(lambda item: plain(item, preprocessing, channels), items)
    done = 0
    try:
        # Written and mapped afterwards: to write into a map of a full disk would end the whole process.
        with file.open("wb") as stream:
            for batch in stacked(photos, BATCH):
                both = torch.stack([batch, batch.flip(-1)][:views], dim=1)  # (N, views, channels, side, side)
                outputs = ready.frozen_part(both.flatten(0, 1).to(device)).cpu().numpy()
                stream.write(outputs.tobytes())
                done += len(batch)
                if done < len(items):
                    yield Step(done, len(items))
    except OSError as error:
        raise ValueError(
            f"The features could not be kept in {file.parent}: {error.strerror or error}."
        ) from None
    yield Step(done, len(items), Features(file, (len(items), views, *outputs.shape[1:])))
