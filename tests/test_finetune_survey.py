"""What is there to learn from: what can be read, what comes twice, how even the classes are."""

import io

import numpy as np
import pytest
from PIL import Image

from resnet_explorer.finetune.collection import LabelledPhotos, labelled_photos
from resnet_explorer.finetune.survey import Look, Survey, fingerprint, look_at, summary, survey
from resnet_explorer.many.entries import Entry
from resnet_explorer.samples import SAMPLES, open_sample


def scene(seed: int) -> Image.Image:
    """A picture of a few large shapes that no other seed gives."""
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((160, 120), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, image_format, **options)
    return stream.getvalue()


def looked(files: dict[str, bytes]) -> Survey:
    photos = labelled_photos([Entry(name, lambda name=name: files[name]) for name in files])
    *steps, last = survey(photos)
    assert [step.done for step in (*steps, last)] == list(range(1, len(files) + 1))
    assert last.answer is not None
    return last.answer


def folders(**counts: int) -> dict[str, bytes]:
    """Photos by "part_class": as many different ones as are asked for."""
    names = [
        f"{'/'.join(way.split('_'))}/{number}.png" for way, count in counts.items() for number in range(count)
    ]
    return {name: encoded(scene(seed)) for seed, name in enumerate(names)}


def test_all_is_well() -> None:
    found = looked(folders(train_cats=8, train_dogs=4, val_cats=2, val_dogs=2))
    assert found.unreadable == ()
    assert found.twins == ()
    assert found.imbalance == 2
    assert [label for label, _ in found.samples].count(0) == 6
    assert all(max(Image.open(io.BytesIO(data)).size) <= 128 for _, data in found.samples)


def test_a_file_that_is_no_photo_is_named_and_left_out() -> None:
    files = folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1)
    files["train/cats/1.png"] = b"meow"
    files["train/dogs/2.png"] = files["train/dogs/2.png"][:200]
    found = looked(files)
    assert [sentence.split(" is ")[0] for sentence in found.unreadable] == [
        "train/cats/1.png",
        "train/dogs/2.png",
    ]
    assert found.photos.counts("train") == (2, 2)


@pytest.mark.parametrize(
    "again",
    [
        encoded,
        lambda image: encoded(image, "JPEG", quality=70),
        lambda image: encoded(image.resize((image.width // 4, image.height // 4)), "WEBP", quality=80),
    ],
    ids=["the same file", "saved as JPEG", "smaller"],
)
@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES])
def test_the_same_photo_on_both_sides_is_found(again: object, name: str) -> None:
    files = folders(train_cats=3, train_dogs=3, val_cats=2, val_dogs=1)
    image = open_sample(name).image
    files["train/dogs/0.png"] = encoded(image)
    files["val/cats/1.png"] = again(image)  # type: ignore[operator]
    assert looked(files).twins == (("train/dogs/0.png", "val/cats/1.png"),)


def test_all_twins_of_a_photo_to_test_on_are_known_and_one_pair_is_shown() -> None:
    files = folders(train_cats=5, train_dogs=3, val_cats=2, val_dogs=1)
    for number in (1, 2, 4):
        files[f"train/cats/{number}.png"] = encoded(scene(99), "JPEG", quality=60 + number)
    files["val/cats/0.png"] = encoded(scene(99))
    found = looked(files)
    assert found.twins == (("train/cats/1.png", "val/cats/0.png"),)
    assert found.learnt_twins == {f"train/cats/{number}.png" for number in (1, 2, 4)}


def test_thousands_of_photos_that_all_look_alike_are_no_flood() -> None:
    names = [f"{name}/{number}.png" for name in ("cats", "dogs") for number in range(1000)]
    photos = labelled_photos([Entry(name, bytes) for name in names])
    same = Look("", fingerprint(scene(1)))
    found = summary(photos, dict.fromkeys(names, same))
    assert len(found.twins) == len(photos.part("val")) == 400
    assert found.learnt_twins == {item.name for item in photos.part("train")}


def test_one_look_is_enough_for_every_split() -> None:
    files = folders(cats=10, dogs=10)
    files["dogs/3.png"] = b"woof"
    files["cats/4.png"] = files["cats/5.png"]

    def split(seed: int) -> LabelledPhotos:
        return labelled_photos([Entry(name, lambda name=name: files[name]) for name in files], seed=seed)

    *_, step = look_at(split(0))
    assert step.answer is not None
    seen = set()
    for seed in range(8):
        *_, afresh = survey(split(seed))
        assert summary(split(seed), step.answer) == afresh.answer
        seen.add(len(afresh.answer.twins))  # type: ignore[union-attr]
    assert seen == {0, 1}, "whether the two are twins across the split depends on the split"


def test_pictures_of_one_colour_each_are_no_twins() -> None:
    files = folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1)
    files["train/cats/0.png"] = encoded(Image.new("RGB", (50, 50), "red"))
    files["val/cats/0.png"] = encoded(Image.new("RGB", (50, 50), "blue"))
    assert looked(files).twins == ()


def test_a_class_of_which_nothing_can_be_read_is_refused() -> None:
    files = folders(train_cats=2, train_dogs=2, val_cats=1, val_dogs=1)
    files |= {"train/dogs/0.png": b"woof", "train/dogs/1.png": b"woof"}
    with pytest.raises(ValueError, match=r"^No photo of dogs that could be learnt from can be read\.$"):
        looked(files)
    files = folders(train_cats=2, train_dogs=2, val_cats=1)
    files["val/cats/0.png"] = b""
    with pytest.raises(ValueError, match=r"^No photo to test on can be read"):
        looked(files)


def test_a_photo_in_no_class_is_told() -> None:
    names = ["a/1.png", "a/2.png", "b/1.png", "b/2.png", "loose.png"]
    files = {name: encoded(scene(number)) for number, name in enumerate(names)}
    photos = labelled_photos([Entry(name, lambda name=name: files[name]) for name in files])
    assert photos.loose == ("loose.png",)
    *_, last = survey(photos)
    assert last.answer and last.answer.unreadable == ("loose.png lies in no class's folder.",)
