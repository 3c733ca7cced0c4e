"""Labels from folders: given parts, made parts, and what is refused."""

import os
import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_explorer.finetune.dataset.image_folder import LabelledPhotos, labelled_photos, photos_at
from resnet_explorer.photos.sources import Entry


def entries(*names: str) -> list[Entry]:
    return [Entry(name, lambda name=name: name.encode()) for name in names]


def flowers(counts: dict[str, int], around: str = "") -> list[Entry]:
    return entries(
        *(f"{around}{name}/{number}.jpg" for name, count in counts.items() for number in range(count))
    )


def names(photos: LabelledPhotos, part: str) -> list[str]:
    return [item.name for item in photos.part(part)]


def test_train_and_val_are_taken_as_given() -> None:
    photos = labelled_photos(
        entries("f/train/roses/a.jfif", "f/train/daisy/b.PNG", "f/val/roses/c.heic", "f/LICENSE.txt")
        + entries("f/train/daisy/d.svg")
    )
    assert photos.passed_over == ("f/train/daisy/d.svg",)
    assert photos.split == "given"
    assert photos.classes == ("daisy", "roses")
    assert [(item.name, item.label) for item in photos.part("train")] == [
        ("f/train/daisy/b.PNG", 0),
        ("f/train/roses/a.jfif", 1),
    ]
    assert names(photos, "val") == ["f/val/roses/c.heic"]
    assert photos.items[0].read() == b"f/train/daisy/b.PNG"


@pytest.mark.parametrize("around", ["", "flowers/", "a/b/c/"])
def test_one_folder_is_split_a_fifth_of_each_class(around: str) -> None:
    photos = labelled_photos(flowers({"tulips": 50, "roses": 10}, around))
    assert photos.split == "made"
    assert photos.classes == ("roses", "tulips")
    assert (photos.counts("train"), photos.counts("val")) == ((8, 40), (2, 10))


def test_the_seed_decides_the_split() -> None:
    once, again, other = (labelled_photos(flowers({"a": 40, "b": 40}), seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert names(once, "val") != names(other, "val")


@given(
    counts=st.lists(st.integers(1, 30), min_size=2, max_size=5),
    share=st.floats(0.05, 0.5),
    seed=st.integers(0, 9),
)
def test_a_split_loses_no_photo_and_leaves_each_class_one_to_learn(
    counts: list[int], share: float, seed: int
) -> None:
    found = flowers({f"class {number}": count for number, count in enumerate(counts)})
    photos = labelled_photos(found, share, seed)
    assert sorted(names(photos, "train") + names(photos, "val")) == sorted(entry.name for entry in found)
    for count, learnt, tested in zip(counts, photos.counts("train"), photos.counts("val"), strict=True):
        assert learnt >= 1
        assert tested >= (count > 1)
        assert abs(tested - share * count) <= 1


def test_train_alone_is_split_too() -> None:
    photos = labelled_photos(flowers({"a": 10, "b": 10}, "train/") + entries("readme/x.jpg"))
    assert photos.split == "made"
    assert photos.counts("val") == (2, 2)


def test_folders_in_a_class_belong_to_it() -> None:
    photos = labelled_photos(entries("cats/2024/a.jpg", "cats/b.jpg", "dogs/c.jpg", "dogs/old/d.jpg"))
    assert photos.classes == ("cats", "dogs")
    assert sum(photos.counts("train")) + sum(photos.counts("val")) == 4


def test_photos_can_be_left_out() -> None:
    photos = labelled_photos(flowers({"a": 4, "b": 4}))
    fewer = photos.without({"a/0.jpg", "b/3.jpg"})
    assert len(fewer.items) == 6
    assert fewer.classes == photos.classes


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "No photos are there: folders named after their classes are needed, photos in each."),
        (["notes.txt"], "No photos are there: folders named after their classes are needed, photos in each."),
        (["a.jpg", "b.jpg"], "Each class needs a folder of its own, two at least; the photos lie in none."),
        (
            ["r/a.jpg", "r/b.jpg"],
            "Each class needs a folder of its own, two at least; all photos lie in one, r.",
        ),
        (
            ["train/a/1.jpg", "train/b/1.jpg", "val/c/1.jpg"],
            "c is a class to test on, but none to learn: it has no folder in train.",
        ),
        (
            ["car/1.jpg", "car/2.jpg", "train/1.jpg", "train/2.jpg"],
            "The folder train is taken for the photos to learn from, and needs a folder for each class; "
            "if it is a class, give it another name.",
        ),
    ],
)
def test_what_cannot_be_learnt_from_gets_one_sentence(files: list[str], sentence: str) -> None:
    with pytest.raises(ValueError) as refusal:
        labelled_photos(entries(*files))
    assert str(refusal.value) == sentence


def test_a_real_folder(tmp_path: Path) -> None:
    from resnet_explorer.photos.sources import entries_of

    for name in ("cats/a.jpg", "dogs/b.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(name.encode())
    photos = labelled_photos(entries_of(str(tmp_path)))
    assert photos.classes == ("cats", "dogs")


@pytest.mark.parametrize("around", ["", "train/"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_class_without_a_photo_is_named(tmp_path: Path, around: str, packed: bool) -> None:
    for name in ("cats/a.jpg", "cats/new/b.jpg", "dogs/a.jpg", "birds/note.txt"):
        (tmp_path / "pets" / around / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / around / name).write_bytes(b"x")
    for name in ("fish", "dogs/old", ".git/refs"):
        (tmp_path / "pets" / around / name).mkdir(parents=True)
    place = tmp_path / "pets"
    if packed:
        place = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, "pets"))
    photos = photos_at(place, "mine")
    inside = "mine/pets" if packed else "mine"
    assert photos.classes == ("cats", "dogs")
    assert photos.empty == (f"{inside}/{around}birds", f"{inside}/{around}fish")


def test_what_cannot_be_read_does_not_move_the_others() -> None:
    whole = flowers({"a": 21, "b": 8})
    photos = labelled_photos([*whole, *entries("a/1x.jpg", "b/zz.jpg")], 0.2, 3)
    assert photos.readable({"a/1x.jpg", "b/zz.jpg"}).items == labelled_photos(whole, 0.2, 3).items
    given = labelled_photos(entries("train/a/1.jpg", "train/a/2.jpg", "train/b/1.jpg", "val/a/1.jpg"))
    assert given.readable({"train/a/2.jpg"}) == given.without({"train/a/2.jpg"})


@pytest.mark.parametrize("around", ["", "f/"])
def test_what_is_neither_learnt_from_nor_tested_on_is_named(around: str) -> None:
    learnt = [f"train/{name}/{number}.jpg" for name in "ab" for number in range(3)]
    others = ["train/x.jpg", "val/a/1.jpg", "val/z.jpg", "test/a/1.jpg", "test/b/1.jpg", "more/c/1.jpg"]
    photos = labelled_photos(entries(*(around + name for name in (*learnt, *others)), "y.jpg"))
    assert names(photos, "train") == [around + name for name in learnt]
    assert names(photos, "val") == [f"{around}val/a/1.jpg"]
    assert photos.loose == (f"{around}train/x.jpg", f"{around}val/z.jpg", "y.jpg")
    assert photos.beside == ((f"{around}more", 1), (f"{around}test", 2))


def test_a_picture_beside_the_folder_of_all_classes_hides_none_of_them() -> None:
    photos = labelled_photos([*flowers({"a": 4, "b": 4}, "flowers/"), *entries("cover.jpg")])
    assert photos.classes == ("a", "b")
    assert photos.loose == ("cover.jpg",)


def test_two_ways_to_write_a_name_are_one_class() -> None:
    here, mac = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    assert here != mac
    made = labelled_photos(flowers({here: 4, mac: 4, "tea": 4}))
    assert sum(made.counts("train")) + sum(made.counts("val")) == 12
    assert len(made.classes) == 2
    given = labelled_photos([*flowers({here: 3, "tea": 3}, "train/"), *flowers({mac: 2, "tea": 1}, "val/")])
    assert (given.classes, given.counts("val")) == ((here, "tea"), (2, 1))


def test_a_name_that_is_no_text_is_refused_before_anything_is_learnt(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        (tmp_path / "pets" / name / "1.jpg").write_bytes(b"x")
    try:
        Path(os.fsdecode(os.fsencode(tmp_path / "pets" / "a") + b"/caf\xe9.jpg")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(
        ValueError, match=r"^pets/a/caf\\udce9\.jpg has signs in its name that are not in UTF-8"
    ):
        photos_at(tmp_path / "pets", "pets")
