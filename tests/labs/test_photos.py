"""What a laboratory shows a network is held against the machine before it is made."""

from __future__ import annotations

import pytest
import torch

from resnet_explorer.labs.photos import PIXELS, batch_size, photos_for, sample_squares
from resnet_explorer.network.spec import PRESETS, ResNetSpec, preset
from resnet_explorer.network.spec_code import decode_spec
from resnet_explorer.photos.cifar_photos import fixed_photos
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.weights.description import Weights


def seen_at(side: int, spec: ResNetSpec, classes: tuple[str, ...]) -> Weights:
    seen = Preprocessing(side, side, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    return Weights(
        "yours/0123456789ab", "large", spec.with_(num_classes=len(classes)), classes, seen, "yours"
    )


def test_photos_that_would_fill_the_memory_are_not_made() -> None:
    """A file of a few kilobytes may say that it sees photos of 4096 pixels a side."""
    spec = decode_spec("basic.1.width-1.num_classes-2")
    with pytest.raises(ValueError, match=r"^At 4,096 × 4,096 pixels 30 photos take 6\.04 GB; 1\.07 GB are"):
        sample_squares(seen_at(4096, spec, ("a", "b")))
    names = tuple(dict.fromkeys(fixed_photos()[1]))
    with pytest.raises(ValueError, match=r"^At 1,024 × 1,024 pixels 1,000 photos take 12\.6 GB"):
        photos_for(seen_at(1024, spec, names), 1000)
    assert len(sample_squares(seen_at(32, spec, ("a", "b"))).images) == 30


def test_few_images_go_together_into_a_network_of_much_work() -> None:
    images = torch.zeros(64, 3, 32, 32)
    assert batch_size(images, decode_spec("basic.1-1.width-1024.stem-cifar")) == 5
    for name in PRESETS:
        if preset(name).stem == "cifar":
            assert batch_size(images, preset(name)) == batch_size(images) == PIXELS // 1024
