"""What is there to learn from: what can be read, what comes twice, how even the classes are."""

import io

import pytest
from PIL import Image

from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos, labelled_photos
from resnet_explorer.finetune.dataset.scan import PhotoScan, Survey, fingerprint, scan_photos, summary, survey
from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.photos.sources import Entry
from tests.photos.files import class_folders, file_of, scene


def labelled(files: dict[str, bytes], seed: int = 0) -> LabelledPhotos:
    return labelled_photos([Entry(name, lambda name=name: files[name]) for name in files], seed=seed)


def surveyed(files: dict[str, bytes]) -> Survey:
    *steps, last = survey(labelled(files))
    assert [step.done for step in (*steps, last)] == list(range(1, len(files) + 1))
    assert last.answer is not None
    return last.answer


def test_all_is_well() -> None:
    found = surveyed(class_folders(train_cats=8, train_dogs=4, val_cats=2, val_dogs=2))
    assert found.unreadable == ()
    assert found.near_duplicates == ()
    assert found.imbalance == 2
    assert [label for label, _ in found.samples].count(0) == 6
    assert all(max(Image.open(io.BytesIO(data)).size) <= 128 for _, data in found.samples)


def test_a_file_that_is_no_photo_is_named_and_left_out() -> None:
    files = class_folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1)
    files["train/cats/1.png"] = b"meow"
    files["train/dogs/2.png"] = files["train/dogs/2.png"][:200]
    found = surveyed(files)
    assert [sentence.split(" is ")[0] for sentence in found.unreadable] == [
        "train/cats/1.png",
        "train/dogs/2.png",
    ]
    assert found.photos.counts("train") == (2, 2)


@pytest.mark.parametrize(
    "again",
    [
        lambda image: file_of(image, "PNG"),
        lambda image: file_of(image, "JPEG", quality=70),
        lambda image: file_of(image.resize((image.width // 4, image.height // 4)), "WEBP", quality=80),
    ],
    ids=["the same file", "saved as JPEG", "smaller"],
)
@pytest.mark.parametrize("name", [sample.name for sample in SAMPLES])
def test_the_same_photo_on_both_sides_is_found(again: object, name: str) -> None:
    files = class_folders(train_cats=3, train_dogs=3, val_cats=2, val_dogs=1)
    image = open_sample(name).image
    files["train/dogs/0.png"] = file_of(image, "PNG")
    files["val/cats/1.png"] = again(image)  # type: ignore[operator]
    assert surveyed(files).near_duplicates == (("train/dogs/0.png", "val/cats/1.png"),)


def test_all_near_duplicates_of_a_photo_to_test_on_are_known_and_one_pair_is_shown() -> None:
    files = class_folders(train_cats=5, train_dogs=3, val_cats=2, val_dogs=1)
    for number in (1, 2, 4):
        files[f"train/cats/{number}.png"] = file_of(scene(99), "JPEG", quality=60 + number)
    files["val/cats/0.png"] = file_of(scene(99), "PNG")
    found = surveyed(files)
    assert found.near_duplicates == (("train/cats/1.png", "val/cats/0.png"),)
    assert found.learnt_duplicates == {f"train/cats/{number}.png" for number in (1, 2, 4)}


def test_thousands_of_photos_that_all_look_alike_are_no_flood() -> None:
    names = [f"{name}/{number}.png" for name in ("cats", "dogs") for number in range(1000)]
    photos = labelled_photos([Entry(name, bytes) for name in names])
    same = PhotoScan("", fingerprint(scene(1)))
    found = summary(photos, dict.fromkeys(names, same))
    assert len(found.near_duplicates) == len(photos.part("val")) == 400
    assert found.learnt_duplicates == {item.name for item in photos.part("train")}


def test_one_look_is_enough_for_every_split() -> None:
    files = class_folders(cats=10, dogs=10)
    files["dogs/3.png"] = b"woof"
    files["cats/4.png"] = files["cats/5.png"]

    *_, step = scan_photos(labelled(files))
    assert step.answer is not None
    seen = set()
    for seed in range(8):
        *_, afresh = survey(labelled(files, seed))
        assert summary(labelled(files, seed), step.answer) == afresh.answer
        seen.add(len(afresh.answer.near_duplicates))  # type: ignore[union-attr]
    assert seen == {0, 1}, "whether the two are near-duplicates across the split depends on the split"


def test_pictures_of_one_colour_each_are_no_near_duplicates() -> None:
    files = class_folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1)
    files["train/cats/0.png"] = file_of(Image.new("RGB", (50, 50), "red"), "PNG")
    files["val/cats/0.png"] = file_of(Image.new("RGB", (50, 50), "blue"), "PNG")
    assert surveyed(files).near_duplicates == ()


def test_a_class_of_which_nothing_can_be_read_is_refused() -> None:
    files = class_folders(train_cats=2, train_dogs=2, val_cats=1, val_dogs=1)
    files |= {"train/dogs/0.png": b"woof", "train/dogs/1.png": b"woof"}
    with pytest.raises(ValueError, match=r"^No photo of dogs that could be learnt from can be read\.$"):
        surveyed(files)
    files = class_folders(train_cats=2, train_dogs=2, val_cats=1)
    files["val/cats/0.png"] = b""
    with pytest.raises(ValueError, match=r"^No photo to test on can be read"):
        surveyed(files)


def test_a_photo_in_no_class_is_told() -> None:
    names = ["a/1.png", "a/2.png", "b/1.png", "b/2.png", "loose.png"]
    files = {name: file_of(scene(number), "PNG") for number, name in enumerate(names)}
    photos = labelled(files)
    assert photos.loose == ("loose.png",)
    *_, last = survey(photos)
    assert last.answer and last.answer.unreadable == ("loose.png lies in no class's folder.",)


def test_a_folder_without_a_photo_is_told() -> None:
    files = class_folders(cats=5, dogs=5)
    photos = labelled_photos(
        [Entry(name, lambda name=name: files[name]) for name in files], folders=["cats", "dogs", "birds"]
    )
    *_, last = survey(photos)
    assert last.answer
    assert last.answer.unreadable == ("birds is a folder without a photo, and so no class.",)


def test_a_folder_beside_those_of_the_parts_is_told() -> None:
    found = surveyed(class_folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1)).unreadable
    assert found == ()
    files = class_folders(train_cats=3, train_dogs=3, val_cats=1, val_dogs=1, test_cats=2)
    *_, last = survey(labelled(files))
    assert last.answer and last.answer.unreadable == (
        "test: the photos in it (2) are neither learnt from nor tested on; "
        "those of the folders beside it are.",
    )
