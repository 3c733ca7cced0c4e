"""How the bundled ResNet-18 was trained: tiles that grow, then its norms and last layer at the size of use.

A network sees larger objects in random crops than in whole photos, so it is at its best on pictures larger
than those that it was trained on, once its norms and its last layer have met that size (Touvron et al. 2019,
*Fixing the train-test resolution discrepancy*, section 3). Small pictures are also what makes the training
affordable on two cores.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_explorer.module import ResNet
from resnet_explorer.photos.tile import SIDE
from resnet_explorer.training.data import ImageSet
from resnet_explorer.training.scratch import Precision, Recipe, norms_measured
from resnet_explorer.training.tile_augment import TileAugmentation
from resnet_explorer.weights.base import Preprocessing

NETWORK: Final = "resnet18"
INPUT: Final = 128
"""Pixels of the network's input in use: the largest size that it was trained at (the card says why)."""
CHANNELS: Final = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of each channel: ImageNet's, as torchvision's weights have them."""
_NORM_TILES: Final = 12_800
_HEAD_TILES: Final = 51_200
_HEAD_PASSES: Final = 4
_HEAD_RATE: Final = 0.02

Told = Callable[[str, int, int], None]
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


def tile_preprocessing(size: int = INPUT) -> Preprocessing:
    """A photo's square, made into a tile, enlarged to the network's input."""
    return Preprocessing(size, size, *CHANNELS, interpolation="bicubic", tile=SIDE)


@torch.no_grad()
def measure_norms_at(model: ResNet, images: Tensor, size: int, told: Told) -> None:
    """Take the statistics of all batch norms anew, from tiles as they are seen in use, at the size of use.

    Args:
        model: a network; it is left in evaluation mode.
        images: bytes (N, 3, 64, 64); 12,800 of them are looked at.
        size: pixels of the network's input.
        told: of the progress.
    """
    # Shuffled: tiles come class by class, and a batch of one class has too small a variance.
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))[:_NORM_TILES]
    batches = order.split(128)
    with norms_measured(model):
        for done, chosen in enumerate(batches, start=1):
            seen = _seen(images[chosen], size)
            with torch.autocast("cpu", torch.bfloat16):
                model(seen)
            told("norms", done, len(batches))


def tune_head(model: ResNet, train: ImageSet, size: int, seed: int, told: Told) -> None:
    """Let the last layer learn once more, on features of lightly changed tiles at the size of use.

    Args:
        model: a network in evaluation mode; its last layer is changed.
        train: the training tiles; 51,200 of them are learned from.
        size: pixels of the network's input.
        seed: of the changes and of the order.
        told: of the progress.
    """
    generator = torch.Generator().manual_seed(seed)
    # Objects of the size that photos in use have: nearly whole tiles.
    lightly = TileAugmentation(area=0.7, aspect=0.1, light=0.2)
    mean, deviation = _channels()
    order = torch.randperm(len(train), generator=generator)[:_HEAD_TILES]
    labels, pieces = train.labels[order], order.split(128)
    found = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for done, chosen in enumerate(pieces, start=1):
            tiles = lightly(train.images[chosen].float().div(255), size, generator)
            seen = tiles.sub(mean).div(deviation).contiguous(memory_format=torch.channels_last)
            found.append(model.pooled(model.stage_outputs(seen)[-1]).float())
            told("features", done, len(pieces))
    features = torch.cat(found).clone()
    head = model.fc.requires_grad_(True)
    optimizer = torch.optim.SGD(head.parameters(), lr=_HEAD_RATE, momentum=0.9, nesterov=True)
    batches = [
        chosen
        for _ in range(_HEAD_PASSES)
        for chosen in torch.randperm(len(labels), generator=generator).split(256)
    ]
    for step, chosen in enumerate(batches):
        optimizer.param_groups[0]["lr"] = _HEAD_RATE * (1 - step / len(batches))
        loss = F.cross_entropy(head(features[chosen]), labels[chosen], label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    head.requires_grad_(False)


@torch.inference_mode()
def tile_logits(model: ResNet, images: Tensor, size: int, told: Told) -> Tensor:
    """Logits (N, classes) of tiles as they are seen in use.

    Args:
        model: a network in evaluation mode.
        images: bytes (N, 3, 64, 64).
        size: pixels of the network's input.
        told: of the progress.
    """
    pieces = images.split(64)
    answers = []
    for done, piece in enumerate(pieces, start=1):
        answers.append(model(_seen(piece, size)))
        told("test tiles", done, len(pieces))
    return torch.cat(answers)


@torch.no_grad()
def fold_temperature(model: ResNet, temperature: float) -> None:
    """Divide the logits by a temperature, in the last layer itself: its softmax is calibrated then.

    Guo et al. 2017, *On Calibration of Modern Neural Networks*, section 4.2. No answer changes.
    """
    for values in model.fc.parameters():
        values.div_(temperature)


def _seen(images: Tensor, size: int) -> Tensor:
    """Bytes (N, 3, 64, 64) as the network takes them in use."""
    mean, deviation = _channels()
    tiles = TileAugmentation().in_use(images.float().div(255), size)
    return tiles.sub(mean).div(deviation).contiguous(memory_format=torch.channels_last)


def _channels() -> tuple[Tensor, Tensor]:
    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in CHANNELS)
    return mean, deviation
