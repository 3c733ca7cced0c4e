"""What the frozen part of a network puts out for every photo, computed once and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.common.i18n import msg
from resnet_explorer.common.ordered_map import in_order
from resnet_explorer.common.os_error import os_error_as
from resnet_explorer.common.progress import Step
from resnet_explorer.finetune.dataset.batches import plain
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.finetune.training.backbone_and_head import CutNetwork
from resnet_explorer.finetune.training.first_head import FirstHead
from resnet_explorer.finetune.training.passing_order import passing_batches
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos.preprocessing import Preprocessing


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
    network: CutNetwork,
    items: Sequence[Item],
    preprocessing: Preprocessing,
    views: int,
    file: Path,
    head: FirstHead | None = None,
) -> Iterator[Step[Features]]:
    """Run the frozen part over all photos.

    Args:
        network: cut.
        items: the photos, those to learn from first.
        preprocessing: of its weights.
        views: 1 for the photos as they are, 2 for their mirror images as well.
        file: to keep the features in; written over.
        head: told of what each batch put out, the photos as they are.

    Yields:
        Photos done; at the end the features.

    Raises:
        ValueError: for a photo that cannot be read, or a disk that is full.
    """
    channels = network.model.spec.in_channels
    device = next(network.parameters()).device
    ready = CutNetwork(for_evaluation(network.model), network.frozen)
    batches = passing_batches(sum(item.part == "train" for item in items), len(items))
    places = chain.from_iterable(batches)
    photos = in_order(lambda place: plain(items[place], preprocessing, channels), places)
    done = 0
    # Written and mapped afterwards: to write into a map of a full disk would end the whole process.
    with (
        os_error_as(msg("The features could not be kept in {parent}: {reason}."), parent=file.parent),
        file.open("wb") as stream,
    ):
        for batch in batches:
            x = torch.stack(list(islice(photos, len(batch))))
            both = torch.stack([x, x.flip(-1)][:views], dim=1)  # (N, views, channels, side, side)
            outputs = ready.frozen_part(both.flatten(0, 1).to(device))
            of_each = outputs.cpu().unflatten(0, (len(batch), views)).numpy()
            for place, values in zip(batch, of_each, strict=True):
                stream.seek(place * values.nbytes)
                stream.write(values.tobytes())
            if head:
                head.see(batch, outputs[::views])
            done += len(batch)
            if done < len(items):
                yield Step(done, len(items))
    yield Step(done, len(items), Features(file, (len(items), views, *outputs.shape[1:])))
