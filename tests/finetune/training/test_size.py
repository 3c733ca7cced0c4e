"""At what size photos are learned from, whatever the network that a run begins with."""

from __future__ import annotations

import pytest

from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import learned_from
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.tile_recipe import tile_preprocessing

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGENET = Preprocessing(256, 224, MEAN, DEVIATION)


def test_photos_are_sharp_though_the_network_learned_from_small_pictures() -> None:
    seen = learned_from(tile_preprocessing())
    assert (seen.tile, seen.resize, seen.crop) == (0, 128, 128)
    assert (seen.mean, seen.std, seen.crop_policy) == (MEAN, DEVIATION, "centre")


@pytest.mark.parametrize(("size", "resize"), [(0, 256), (224, 256), (112, 128), (160, 183)])
def test_another_size_keeps_the_part_of_the_photo_that_is_seen(size: int, resize: int) -> None:
    seen = learned_from(IMAGENET, size)
    assert (seen.resize, seen.crop) == (resize, size or 224)


def test_a_size_that_no_network_of_ours_takes_is_refused() -> None:
    assert Settings(size=0).size == 0
    with pytest.raises(ValueError, match=r"size is 16; 0 \(what suits the start\) or 32 to 512 is allowed\."):
        Settings(size=16)
