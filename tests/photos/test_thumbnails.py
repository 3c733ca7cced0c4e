"""Only small copies of photos are kept."""

import base64

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.thumbnails import copies_of
from tests.photos.files import file_of


@pytest.mark.parametrize(
    ("size", "copy", "thumbnail"),
    [
        ((1600, 1200), (512, 384), (96, 72)),
        ((20_000, 1), (512, 1), (96, 1)),
        ((40, 50), (40, 50), (40, 50)),
    ],
)
def test_only_small_copies_are_kept(
    size: tuple[int, int], copy: tuple[int, int], thumbnail: tuple[int, int]
) -> None:
    photo = open_photo(file_of(Image.new("RGB", size, (200, 30, 30)), "PNG"), "red")
    copies = copies_of(photo)
    assert open_photo(copies.photo, "copy").image.size == copy
    kind, _, content = copies.thumbnail.partition(",")
    assert kind == "data:image/jpeg;base64"
    small = open_photo(base64.b64decode(content), "thumbnail").image
    assert small.size == thumbnail
    assert np.abs(np.subtract(small.getpixel((0, 0)), (200, 30, 30))).max() <= 3
