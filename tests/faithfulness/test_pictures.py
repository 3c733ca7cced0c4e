"""The pictures of the tests show what the network was shown."""

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.explanation.predict import to_tensor
from resnet_explorer.faithfulness.pictures import as_picture, fitted, outlined
from resnet_explorer.photos.preprocessing import Preprocessing

SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_tensor_goes_back_to_the_picture(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    picture = Image.fromarray(pixels).convert("L" if channels == 1 else "RGB").convert("RGB")
    back = as_picture(to_tensor(picture, SEEN, channels), SEEN)
    assert np.array_equal(np.asarray(back), np.asarray(picture))


def test_zeros_are_the_mean_colour() -> None:
    tensor = to_tensor(Image.new("RGB", (4, 4), "white"), SEEN) * 0
    assert as_picture(tensor, SEEN).getpixel((0, 0)) == (125, 122, 115)  # 0.49, 0.48, 0.45 of 255


def test_few_pixels_stay_squares() -> None:
    picture = fitted(Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2) * 80), 8)
    assert np.unique(np.asarray(picture)).tolist() == [0, 80, 160, 240]
    assert fitted(Image.new("RGB", (224, 224)), 448).size == (448, 448)


def test_borders_lie_between_segments() -> None:
    segments = np.array([[0, 1], [0, 1]])
    drawn = np.asarray(outlined(Image.new("RGB", (10, 10)), segments))
    assert (drawn[:, 4:6] == 255).all()
    assert not drawn[:, :4].any()
    assert not drawn[:, 6:].any()
