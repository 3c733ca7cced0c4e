"""Pictures and numbers to take away: they say what they are."""

import io
import json

import numpy as np
from PIL import Image

from resnet_explorer.sheet import Caption, Scale, numbers_json, sheet

GRAD_CAM = "Grad-CAM (Selvaraju et al. 2017)"
CAPTION = Caption("ResNet-50", "ImageNet V2", "tom.jpg", "tabby cat", 0.8312, "stage 4", GRAD_CAM)
PANELS = [Image.new("RGB", (300, 300), colour) for colour in ("red", "lime", "blue")]
SCALE = Scale("viridis", "0", "1.25", "evidence for the class")


def opened(data: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "PNG"
    return np.asarray(picture)


def test_the_caption_says_class_probability_photo_method_stage_network_and_weights() -> None:
    assert CAPTION.lines == (
        "tabby cat, probability 83.1% · tom.jpg",
        "Grad-CAM (Selvaraju et al. 2017) at stage 4 · ResNet-50 · ImageNet V2",
    )


def test_a_label_that_names_the_network_is_not_said_twice() -> None:
    weights = "ResNet-50 · ImageNet V2"
    full_name = Caption("ResNet-50", weights, "tom.jpg", "tabby cat", 0.8312, "stage 4", GRAD_CAM)
    assert full_name.lines == CAPTION.lines


def test_the_sheet_holds_the_pictures_and_its_caption() -> None:
    picture = opened(sheet(PANELS, CAPTION.lines, SCALE))
    assert [tuple(picture[150, x]) for x in (166, 482, 798)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    without = opened(sheet(PANELS, ["", ""], SCALE))
    assert picture.shape == without.shape
    assert np.array_equal(picture[:350], without[:350])
    assert not np.array_equal(picture, without)  # the words are in the picture


def test_titles_stand_above_and_a_scale_takes_a_line() -> None:
    plain, titled, scaled = (
        opened(sheet(PANELS, ["a line"])),
        opened(sheet(PANELS, ["a line"], titles=["one", "two", "three"])),
        opened(sheet(PANELS, ["a line"], SCALE)),
    )
    assert [len(picture) for picture in (plain, titled, scaled)] == [378, 408, 408]
    assert np.array_equal(titled[46:346], plain[16:316])


def test_few_small_pictures_leave_room_for_the_words() -> None:
    assert opened(sheet([Image.new("RGB", (32, 32))], ["a line"])).shape == (110, 640, 3)


def test_a_long_line_is_not_cut_off() -> None:
    picture = opened(sheet([Image.new("RGB", (32, 32))], ["a line that goes on " * 10]))
    assert picture.shape[1] > 640
    words = picture[64:]
    assert (words[:, -16:] == 255).all(), "a margin at the right"
    assert (words[:, -40:-16] < 255).any(), "and the words before it"


def test_the_numbers_carry_the_caption() -> None:
    numbers = json.loads(numbers_json(CAPTION, {"map": [[0.0, 1.5]]}))
    assert numbers["map"] == [[0.0, 1.5]]
    assert (numbers["network"], numbers["weights"]) == ("ResNet-50", "ImageNet V2")
    assert (numbers["target"], numbers["probability"], numbers["stage"]) == ("tabby cat", 0.8312, "stage 4")
