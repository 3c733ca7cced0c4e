"""Pictures and numbers to take away: they say what they are."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.common import fonts
from resnet_explorer.common.fonts import font
from resnet_explorer.common.i18n import speaking
from resnet_explorer.common.text_lines import wrapped
from resnet_explorer.explanation.captioned_figure import Caption, ColourBar, figure, numbers_json

GRAD_CAM = "Grad-CAM (Selvaraju et al. 2017)"
CAPTION = Caption("ResNet-50", "ImageNet V2", "tom.jpg", "tabby cat", 0.8312, "stage 4", GRAD_CAM)
PANELS = [Image.new("RGB", (300, 300), colour) for colour in ("red", "lime", "blue")]
SCALE = ColourBar("viridis", "0", "1.25", "evidence for the class")


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
    picture = opened(figure(PANELS, CAPTION.lines, SCALE))
    assert [tuple(picture[150, x]) for x in (166, 482, 798)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    without = opened(figure(PANELS, ["", ""], SCALE))
    assert picture.shape == without.shape
    assert np.array_equal(picture[:350], without[:350])
    assert not np.array_equal(picture, without)  # the words are in the picture


def test_titles_stand_above_and_a_scale_takes_a_line() -> None:
    plain, titled, scaled = (
        opened(figure(PANELS, ["a line"])),
        opened(figure(PANELS, ["a line"], titles=["one", "two", "three"])),
        opened(figure(PANELS, ["a line"], SCALE)),
    )
    assert [len(picture) for picture in (plain, titled, scaled)] == [378, 408, 408]
    assert np.array_equal(titled[46:346], plain[16:316])


def test_few_small_pictures_leave_room_for_the_words() -> None:
    assert opened(figure([Image.new("RGB", (32, 32))], ["a line"])).shape == (110, 640, 3)


def test_a_long_line_goes_on_below() -> None:
    line = "a line that goes on " * 10
    picture = opened(figure([Image.new("RGB", (32, 32))], [line]))
    parts = len(wrapped(line.strip(), font(18), 608))
    assert picture.shape == (80 + 30 * parts, 640, 3)
    assert parts > 2


def test_chinese_is_broken_between_signs_and_no_line_begins_with_a_comma() -> None:
    line = "残差块在输入上加一点东西，y = x + g(x)，所以深的网络（至少）能做到浅的网络所做的事。" * 3
    with speaking("zh"):
        face = font(18)
    parts = wrapped(line, face, 300)
    assert len(parts) > 3 and all(face.getlength(part) <= 300 for part in parts)
    assert "".join(parts).replace(" ", "") == line.replace(" ", "")
    assert not [part for part in parts if part[0] in "，。）" or part[-1] in "（"]


def test_long_words_are_broken_between_words_and_cut_where_there_is_none() -> None:
    face = font(18)
    line = "tabby cat, probability 83.1% · " + 20 * "x" + " · Grad-CAM at stage 4 · ResNet-50"
    parts = wrapped(line, face, 300)
    assert " ".join(parts) == line
    assert len(parts) > 1
    assert all(face.getlength(part) <= 300 for part in parts)
    (long,) = wrapped(400 * "w", face, 300)
    assert long.endswith("…")
    assert face.getlength(long) <= 300
    wide = opened(figure(PANELS[:1], [400 * "w", "a line"]))
    assert wide.shape == (408, 640, 3)


def test_every_sign_of_a_caption_can_be_drawn() -> None:
    # A face draws the same box for all that it lacks, as for a sign of private use.
    face = font(18)
    box = bytes(face.getmask("\ue000"))
    assert [sign for sign in "×≤≥←→−·–—…é üßñÅЖΩρ≠" if bytes(face.getmask(sign)) == box] == []


def test_without_streamlit_there_are_letters_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    fonts._source_sans.cache_clear()
    assert font(18).getlength("cat") > 0
    fonts._source_sans.cache_clear()


def test_the_numbers_carry_the_caption() -> None:
    numbers = json.loads(numbers_json(CAPTION, {"map": [[0.0, 1.5]]}))
    assert numbers["map"] == [[0.0, 1.5]]
    assert (numbers["network"], numbers["weights"]) == ("ResNet-50", "ImageNet V2")
    assert (numbers["target"], numbers["probability"], numbers["stage"]) == ("tabby cat", 0.8312, "stage 4")
