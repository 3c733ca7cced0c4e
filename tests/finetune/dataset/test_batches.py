"""Random crops as torchvision draws them, and photos to test on as its transforms prepare them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from resnet_explorer.finetune.dataset.batches import augmented, plain, random_resized_crop
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.photos.preprocessing import Preprocessing
from tests.photos.files import file_of, scene

SEEN = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
NORMALIZED = transforms.Compose([transforms.ToTensor(), transforms.Normalize(SEEN.mean, SEEN.std)])


@pytest.mark.parametrize("size", [(160, 120), (90, 300), (500, 20), (31, 33)])
def test_random_crops_are_torchvisions_on_the_same_seeds(size: tuple[int, int]) -> None:
    image = scene(3, size)
    theirs = transforms.Compose([transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip()])
    mirrored_ones = 0
    for seed in range(12):
        torch.manual_seed(seed)
        expected = np.asarray(theirs(image))
        part, mirrored = random_resized_crop(image, 224, torch.Generator().manual_seed(seed))
        ours = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else part
        assert np.array_equal(ours, expected)
        mirrored_ones += mirrored
    assert 0 < mirrored_ones < 12


def test_a_photo_to_learn_from_is_torchvisions_tensor() -> None:
    image = scene(5, (200, 150))
    item = Item("a.png", 0, "train", lambda: file_of(image, "PNG"))
    ours = augmented(item, SEEN, 3, np.random.default_rng(7), "torchvision")
    seed = int(np.random.default_rng(7).integers(2**63))
    torch.manual_seed(seed)
    theirs = transforms.Compose(
        [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), NORMALIZED]
    )
    torch.testing.assert_close(ours, theirs(image), rtol=0, atol=1e-6)


@pytest.mark.parametrize("size", [(200, 150), (300, 301), (640, 257)])
def test_a_photo_to_test_on_is_torchvisions_tensor(size: tuple[int, int]) -> None:
    image = scene(5, size)
    theirs = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), NORMALIZED])
    item = Item("a.png", 0, "val", lambda: file_of(image, "PNG"))
    torch.testing.assert_close(plain(item, SEEN, 3), theirs(image), rtol=0, atol=1e-6)
