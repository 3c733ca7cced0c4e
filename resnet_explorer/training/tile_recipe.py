"""How the bundled ResNet-18 was trained: tiles that grow, then its norms and last layer at the size of use.

A network sees larger objects in random crops than in whole photos, so it is at its best on pictures larger
than those that it was trained on, once its norms and its last layer have met that size (Touvron et al. 2019,
*Fixing the train-test resolution discrepancy*, sections 3 and 4). Small pictures are also what makes the
training affordable on two cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.model.resnet import ResNet
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.tile import SIDE
from resnet_explorer.training.data import ImageSet
from resnet_explorer.training.evaluation import logits_of, measure_norms, normalized, shuffled
from resnet_explorer.training.optimization import Precision, in_precision, step
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.tile_augment import TileAugmentation

NETWORK: Final = "resnet18"
INPUT: Final = 128
"""Pixels of the network's input in use: the largest size that it was trained at (the card says why)."""
CHANNELS: Final = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of each channel: ImageNet's, as torchvision's weights have them."""
_NORM_TILES: Final = 12_800
_HEAD_TILES: Final = 51_200
_HEAD_PASSES: Final = 4
_HEAD_RATE: Final = 0.02

Progress = Callable[[str, int, int], None]
"""Called with what is done, how many pieces are done, and how many there are."""


def tile_recipe(seed: int = 0, precision: Precision = "float32") -> Recipe:
    """Half of the epochs at 64 pixels, then 96, and the last tenth at 128."""
    return Recipe(
        epochs=10,
        batch_size=128,
        peak_rate=0.2,
        warmup=0.06,
        weight_decay=5e-5,
        average=0.995,
        average_every=4,
        zero_last_norms=True,
        sizes=((0.5, 64), (0.9, 96), (1.0, 128)),
        calm=0.0,
        augmentation=TileAugmentation(area=0.35),
        channels=CHANNELS,
        test_every=4,
        precision=precision,
        seed=seed,
    )


def next_cycle(recipe: Recipe, start: str) -> Recipe:
    """The recipe for a network that is trained already: a lower peak of the rate, and larger pictures.

    Args:
        recipe: of the first cycle.
        start: SHA-256 of the file that it begins with.
    """
    sizes = ((0.3, 96), (0.8, 128), (1.0, 160))
    return replace(
        recipe, epochs=10, peak_rate=0.1, warmup=0.1, zero_last_norms=False, sizes=sizes, start=start
    )


def tile_preprocessing() -> Preprocessing:
    """A photo's square, made into a tile, enlarged to the network's input."""
    return Preprocessing(INPUT, INPUT, *CHANNELS, interpolation="bicubic", tile=SIDE)


def measure_tile_norms(model: ResNet, images: Tensor, size: int, progress: Progress) -> None:
    """Take the statistics of all batch norms anew, from tiles as they are seen in use, at the size of use.

    Args:
        model: a network; it is left in evaluation mode.
        images: bytes (N, 3, 64, 64); 12,800 of them are looked at.
        size: pixels of the network's input.
        progress: called after each piece.
    """
    pieces = shuffled(images, _NORM_TILES).split(128)
    batches = (_in_use(piece, size) for piece in _counted(pieces, "norms", progress))
    measure_norms(model, batches, "bfloat16")


def tune_head(model: ResNet, train: ImageSet, size: int, seed: int, progress: Progress) -> None:
    """Let the last layer learn once more, on features of lightly changed tiles at the size of use.

    Args:
        model: a network in evaluation mode; its last layer is changed.
        train: the training tiles; 51,200 of them are learned from.
        size: pixels of the network's input.
        seed: of the changes and of the order.
        progress: called after each piece.
    """
    generator = torch.Generator().manual_seed(seed)
    # Objects of the size that photos in use have: nearly whole tiles.
    lightly = TileAugmentation(area=0.7, aspect=0.1, light=0.2)
    order = torch.randperm(len(train), generator=generator)[:_HEAD_TILES]
    labels, found = train.labels[order], []
    with torch.inference_mode(), in_precision("bfloat16"):
        for chosen in _counted(order.split(128), "features", progress):
            tiles = lightly(train.images[chosen].float().div(255), size, generator)
            found.append(model.pooled(model.stage_outputs(_normalized(tiles))[-1]).float())
    features = torch.cat(found).clone()
    head = model.fc.requires_grad_(True)
    optimizer = torch.optim.SGD(head.parameters(), lr=_HEAD_RATE, momentum=0.9, nesterov=True)
    batches = [
        chosen
        for _ in range(_HEAD_PASSES)
        for chosen in torch.randperm(len(labels), generator=generator).split(256)
    ]
    for number, chosen in enumerate(batches):
        loss = F.cross_entropy(head(features[chosen]), labels[chosen], label_smoothing=0.1)
        step(optimizer, loss, _HEAD_RATE * (1 - number / len(batches)))
    head.requires_grad_(False)


def tile_logits(model: ResNet, images: Tensor, size: int, progress: Progress) -> Tensor:
    """Logits (N, classes) of tiles as they are seen in use.

    Args:
        model: a network in evaluation mode.
        images: bytes (N, 3, 64, 64).
        size: pixels of the network's input.
        progress: called after each piece.
    """
    return logits_of(
        model, (_in_use(piece, size) for piece in _counted(images.split(64), "test tiles", progress))
    )


@torch.no_grad()
def fold_temperature(model: ResNet, temperature: float) -> None:
    """Divide the logits by a temperature, in the last layer itself: its softmax is calibrated then.

    Guo et al. 2017, *On Calibration of Modern Neural Networks*, section 4.2. No answer changes.
    """
    for values in model.fc.parameters():
        values.div_(temperature)


def _in_use(images: Tensor, size: int) -> Tensor:
    """Bytes (N, 3, 64, 64) as the network takes them in use."""
    return _normalized(TileAugmentation().in_use(images.float().div(255), size))


def _normalized(tiles: Tensor) -> Tensor:
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in CHANNELS)
    return normalized(tiles, (mean, deviation))


def _counted(pieces: Sequence[Tensor], what: str, progress: Progress) -> Iterator[Tensor]:
    """Each piece in turn; when the next one is asked for, the one before is done."""
    for done, piece in enumerate(pieces, start=1):
        yield piece
        progress(what, done, len(pieces))
