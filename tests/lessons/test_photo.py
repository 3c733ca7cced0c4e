"""Photos that a lesson carries: small, within its file, and nothing else than photos, whoever wrote it."""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.lessons.handout import handout
from resnet_explorer.lessons.lesson import Lesson, Step, write_lesson
from resnet_explorer.lessons.photo import (
    BYTES,
    LONGEST,
    MOST_PHOTOS,
    SIDE,
    LessonPhoto,
    photos_apart,
    small_photo,
    with_photos,
)
from resnet_explorer.lessons.read import LARGEST, LARGEST_FILE, read_lesson
from resnet_explorer.photos.decode import Photo

PAGES = ("predict",)
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), dtype=np.uint8))
GREY = Image.new("RGB", (64, 48), "grey")


def photo(image: Image.Image = GREY, name: str = "cat.jpg") -> Photo:
    return Photo(name, image, image.size)


def jpeg(image: Image.Image, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format="JPEG", **more)
    return file.getvalue()


def file_with(content: bytes | str) -> str:
    """A lesson whose photo is that; its definition stands on line 9."""
    text = content if isinstance(content, str) else b64encode(content).decode()
    return f"# A\n\n5 minutes\n\n## B\n[Open](predict)\n![cat]\n\n[cat]: data:image/jpeg;base64,{text}\n"


def test_even_noise_is_small_and_the_photo_tells_nothing_but_itself() -> None:
    kept = small_photo(photo(NOISE), {})
    assert len(kept.jpeg) <= BYTES and max(kept.open().image.size) == SIDE
    image = GREY.copy()
    image.info["exif"] = Image.Exif().tobytes()
    assert b"Exif" not in small_photo(photo(image), {}).jpeg


def test_a_photo_has_one_name_in_a_lesson() -> None:
    first = small_photo(photo(), {})
    others = {first.name: first.address}
    assert small_photo(photo(), others) == first
    assert small_photo(photo(NOISE), others).name == "cat.jpg 2"
    assert small_photo(photo(name="[a]\n`b`\\.jpg" + 60 * "x"), {}).name.startswith("a b.jpgxxx")


def test_a_lesson_with_photos_is_one_file_that_is_read_as_it_was() -> None:
    cat, noise = small_photo(photo(), {}), small_photo(photo(NOISE, "noise"), {})
    asked = (("p_photo", "upload"), ("p_zoom", "2"))
    steps = [Step("One", "predict", asked, "Look.", None, each) for each in (cat, noise, cat)]
    lesson = Lesson("Cats", 20, (*steps, Step("Two", "predict")))
    text = write_lesson(lesson)
    assert read_lesson(text, PAGES) == lesson and text.count("base64") == 2
    words, photos = photos_apart(text)
    assert "base64" not in words and list(photos) == ["cat.jpg", "noise"]
    assert read_lesson(with_photos(words, photos), PAGES) == lesson
    assert "noise" not in with_photos(words.replace("![noise]", ""), photos)
    assert f'<img src="{cat.address}" alt="cat.jpg">' in handout(lesson, "own-cats", "/")


def test_a_step_with_a_photo_shows_it_even_if_its_link_does_not_say_so() -> None:
    (step,) = read_lesson(file_with(jpeg(GREY)), PAGES).steps
    assert step.parameters == (("p_photo", "upload"),) and step.photo == LessonPhoto("cat", jpeg(GREY))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "this is no JPEG"),
        ("not-base-64!", "this is no JPEG"),
        (b"<script>alert(1)</script>", "this is no JPEG"),
        (jpeg(NOISE.crop((0, 0, 200, 200)))[:-4000], "this is no JPEG"),
        (jpeg(Image.new("L", (LONGEST + 1, 8))), "2,048 pixels a side at most"),
        (jpeg(NOISE.crop((0, 0, 512, 512)), quality=95), "100,000 bytes at most"),
    ],
)
def test_what_is_no_small_photo_is_refused_by_its_line(content: bytes | str, sentence: str) -> None:
    with pytest.raises(ValueError, match=rf"^Line 9: .*{sentence}"):
        read_lesson(file_with(content), PAGES)


def test_a_png_is_no_photo_of_a_lesson() -> None:
    file = io.BytesIO()
    GREY.save(file, format="PNG")
    with pytest.raises(ValueError, match=r"^Line 9: this is no JPEG"):
        read_lesson(file_with(file.getvalue()), PAGES)


def test_a_photo_that_is_not_there_and_one_too_many_are_told_by_their_lines() -> None:
    text = file_with(jpeg(GREY))
    with pytest.raises(ValueError, match=r"^Line 7: no such photo"):
        read_lesson(text.replace("![cat]", "![dog]"), PAGES)
    many = "".join(
        LessonPhoto(f"dog {number}", jpeg(GREY)).definition + "\n" for number in range(MOST_PHOTOS)
    )
    with pytest.raises(ValueError, match=rf"^Line 17: a lesson has {MOST_PHOTOS} photos at most"):
        read_lesson(text + many, PAGES)


@pytest.mark.parametrize("text", ["x" * (LARGEST + 1), "x" * (LARGEST_FILE + 1)])
def test_words_are_no_more_than_before(text: str) -> None:
    with pytest.raises(ValueError, match=r"^A lesson of more than"):
        read_lesson(text, PAGES)
