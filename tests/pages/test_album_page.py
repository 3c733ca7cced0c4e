"""The photos of the Train page: they come and are kept, and it says of them what the library says."""

import base64
import io
import json
import re
from functools import partial

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_explorer.finetune.dataset import scan as surveys
from resnet_explorer.finetune.dataset.batches import augmented
from resnet_explorer.finetune.dataset.flowers import fetch_flowers
from resnet_explorer.finetune.dataset.store import Dataset, datasets, keep_zip
from resnet_explorer.finetune.training.run_config import learned_from
from resnet_explorer.ui.finetune.dataset import dataset_input
from resnet_explorer.ui.finetune.dataset.views import as_json
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.imagenet import default_preprocessing
from tests.finetune.dataset.test_store import SHA256, TGZ
from tests.http_server import complete, local_server
from tests.pages.opened import opened, pictures, text
from tests.photos.files import class_folders, file_of, scene, zipped

pytestmark = pytest.mark.usefixtures("fresh_server")


def pets(**counts: int) -> dict[str, bytes]:
    return class_folders("pets/", **counts)


def kept(files: dict[str, bytes], name: str = "pets.zip") -> Dataset:
    return keep_zip(io.BytesIO(zipped(files)), name)


def rows(page: AppTest) -> dict[str, str]:
    """The counts that stand beside each class."""
    said = re.findall(r'<g [^>]*data-key="\d+"><title>([^<]*)</title>', pictures(page)[0])
    return dict(row.rsplit(": ", 1) for row in said)


@pytest.mark.slow
def test_without_a_dataset_the_page_says_how_to_add_one() -> None:
    page = opened("album")  # a link of before
    assert (page.title[0].value, page.session_state["tn_view"]) == ("Train", "photos")
    assert "No photos are kept here yet. **Add photos**" in text(page)
    assert "One folder for each class" in text(page)
    (picture,) = pictures(page)
    assert "your photos" in picture and "<image" not in picture
    page = opened("album", al_album="pets-00000000")
    assert "`al_album=pets-00000000`: this dataset is not kept on this machine." in page.warning[0].value


def test_an_uploaded_zip_is_kept_and_counted() -> None:
    page = opened("train", tn_view="photos")
    files = pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    page.file_uploader[0].set_value(("My pets.zip", zipped(files), "application/zip")).run()
    assert not page.exception
    (dataset,) = datasets()
    assert dataset.label == "My pets"
    assert rows(page) == {"cats": "6 + 2", "dogs": "4 + 1"}
    assert "**10** to learn from, **3** to test on; split as the folders say." in text(page)
    assert "**cats** has 1.5 times as many photos to learn from as **dogs**." in text(page)
    assert page.query_params["al_album"] == dataset.key
    assert page.file_uploader[0].value is None, "the upload is let go"
    assert "_al_uploaded" not in page.session_state


def test_an_uploaded_folder_is_kept_and_split() -> None:
    page = opened("train", tn_view="photos", al_add="folder")
    files = pets(cats=10, dogs=20) | {"pets/notes.txt": b"dear diary"}
    page.file_uploader[0].set_value([(name, data, "") for name, data in files.items()]).run()
    assert not page.exception
    assert [dataset.label for dataset in datasets()] == ["pets"]
    assert rows(page) == {"cats": "8 + 2", "dogs": "16 + 4"}


@pytest.mark.slow
def test_share_and_seed_are_in_the_link_and_no_photo_is_scanned_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dataset = kept(pets(cats=10, dogs=20))
    scanned: list[str] = []
    scan = surveys._scan
    monkeypatch.setattr(
        surveys,
        "_scan",
        lambda item, wanted: scanned.append(item.name) or scan(item, wanted),  # type: ignore[func-returns-value]
    )
    page = opened("train", tn_view="photos", al_share="50", al_seed="7")
    assert rows(page) == {"cats": "5 + 5", "dogs": "10 + 10"}
    page.slider(key="al_share").set_value(30).run()
    page.number_input(key="al_seed").set_value(1).run()
    assert rows(page) == {"cats": "7 + 3", "dogs": "14 + 6"}
    assert (page.query_params["al_share"], page.query_params["al_seed"]) == ("30", "1")
    assert page.session_state["_al_photos"][1] == dataset.photos(0.3, 1)
    assert len(scanned) == 30


def test_a_zip_that_will_not_do_gets_a_sentence_and_changes_nothing() -> None:
    kept(pets(cats=4, dogs=4))
    page = opened("train", tn_view="photos")
    before = rows(page)
    page.file_uploader[0].set_value(("x.zip", zipped({"notes.txt": b"hello"}), "application/zip")).run()
    assert page.error[0].value.startswith("No photos are there: folders named after their classes are needed")
    assert rows(page) == before
    page.file_uploader[0].set_value(("x.rar", b"Rar!", "application/rar")).run()
    assert page.error[0].value == "x.rar.zip is no ZIP archive that can be read."


def test_files_that_cannot_be_read_are_listed_and_excluded() -> None:
    files = pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files |= {f"pets/train/cats/{number}.jpg": b"meow" for number in range(8)}
    kept(files)
    page = opened("train", tn_view="photos")
    assert rows(page) == {"cats": "6 + 2", "dogs": "4 + 1"}
    assert "8 files or folders cannot be used; the others are." in text(page)
    listed = text(page).count("is no picture that can be read")
    assert listed == 6, "a page of them"
    page = opened("train", tn_view="photos", al_unread="2")
    assert text(page).count("is no picture that can be read") == 2


def test_near_duplicates_are_shown_and_left_out_unless_told() -> None:
    files = pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/2.png"] = files["pets/train/dogs/3.png"] = files["pets/val/cats/1.png"]
    kept(files)
    page = opened("train", tn_view="photos")
    assert "1 photo to test on is among those to learn from, too." in text(page)
    assert rows(page)["dogs"] == "2 + 1 · 2 excluded", "both of its near-duplicates"
    assert "pets/pets/val/cats/1.png" in pictures(page)[1]
    page.toggle(key="al_twins").set_value(False).run()
    assert rows(page)["dogs"] == "4 + 1"
    assert page.query_params["al_twins"] == "0"


@pytest.mark.slow
def test_the_photos_of_a_class_can_be_excluded_and_taken_back() -> None:
    dataset = kept(pets(train_cats=30, train_dogs=4, val_cats=2, val_dogs=1))
    page = opened("train", tn_view="photos", al_class="0", al_tiles="2")
    tiles = pictures(page)[1]
    assert len(re.findall("<image ", tiles)) == 8, "25th to 32nd"
    page.session_state["_al_excluded"] = {dataset.key: frozenset({"pets/pets/train/cats/7.png"})}
    page.run()
    assert rows(page)["cats"] == "29 + 2 · 1 excluded"
    assert 'aria-checked="true"' in pictures(page)[1]
    page.button(key="al_back").click().run()
    assert rows(page)["cats"] == "30 + 2"


def test_a_class_cannot_be_excluded_whole() -> None:
    dataset = kept(pets(train_cats=3, train_dogs=2, val_cats=2, val_dogs=1))
    page = opened("train", tn_view="photos")
    page.session_state["_al_excluded"] = {
        dataset.key: frozenset(f"pets/pets/train/dogs/{number}.png" for number in range(2))
    }
    page.run()
    assert page.error[0].value == "All photos of dogs to learn from are excluded; take some back."
    assert rows(page), "the classes stay, to take some back"


def test_a_class_of_near_duplicates_alone_is_told_why_nothing_is_left_of_it() -> None:
    files = pets(train_cats=3, train_dogs=2, val_cats=2, val_dogs=1)
    files["pets/train/dogs/0.png"] = files["pets/train/dogs/1.png"] = files["pets/val/dogs/0.png"]
    kept(files)
    page = opened("train", tn_view="photos")
    assert page.error[0].value == (
        "What is left of dogs to learn from are near-duplicates of photos to test on, and excluded; "
        "“Your photos” can keep them."
    )
    page.toggle(key="al_twins").set_value(False).run()
    assert not page.error
    assert rows(page)["dogs"] == "2 + 1"


@pytest.mark.slow
def test_a_hundred_classes_are_shown_in_parts() -> None:
    kept(
        {
            f"{name:03}/{number}.png": file_of(scene(4 * name + number), "PNG")
            for name in range(100)
            for number in range(4)
        }
    )
    page = opened("train", tn_view="photos", al_page="13")
    assert list(rows(page)) == ["096", "097", "098", "099"]
    assert "97–100 of 100 classes" in text(page)
    page = opened("train", tn_view="photos", al_page="14")
    assert "allowed: a number from 1 to 13." in page.warning[0].value
    assert len(rows(page)) == 8
    page.button(key="al_page_after").click().run()
    assert page.query_params["al_page"] == "2" and "9–16 of 100 classes" in text(page)


def test_many_photos_of_one_class_are_worth_a_word() -> None:
    kept(pets(train_cats=12, train_dogs=3, val_cats=2, val_dogs=1))
    assert (
        "**cats** has 4.0 times as many photos to learn from as **dogs**"
        in opened("train", tn_view="photos").warning[0].value
    )


@pytest.mark.slow
def test_what_training_sees_is_what_training_makes() -> None:
    dataset = kept(pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1))
    page = opened("train", tn_view="photos", weights="bundled/resnet20", al_photo="3", al_dice="5")
    files = re.findall(r"data:image/png;base64,([^\"]+)", pictures(page)[-1])
    preprocessing = learned_from(find("bundled/resnet20").preprocessing)
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
    item = dataset.photos().part("train")[3]
    assert len(files) == 8
    for view, file in enumerate(files):
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(file))), dtype=np.float64)
        made = augmented(item, preprocessing, 3, np.random.default_rng([5, view])).numpy()
        expected = (made * std + mean).transpose(1, 2, 0) * 255
        assert np.abs(shown - expected).max() <= 0.51
    page.button(key="al_throw").click().run()
    assert page.query_params["al_dice"] == "6"
    assert re.findall(r"data:image/png;base64,([^\"]+)", pictures(page)[-1]) != files
    page.selectbox(key="_network_choice").set_value(
        "resnet50"
    ).run()  # what training sees follows the network
    (*_, file) = re.findall(r"data:image/jpeg;base64,([^\"]+)", pictures(page)[-1])
    side = default_preprocessing().crop
    assert Image.open(io.BytesIO(base64.b64decode(file))).size == (side, side)


def test_names_are_text_and_nothing_else() -> None:
    kept(
        {
            f"{name}/{n}.png": file_of(scene(n), "PNG")
            for name in ("<b>*cats*", "$x$ `dogs`")
            for n in range(4)
        },
        "a*b*.zip",
    )
    page = opened("train", tn_view="photos")
    assert "&lt;b&gt;*cats*" in rows(page)
    assert "<b>" not in pictures(page)[0]


def test_a_dataset_is_removed_and_the_next_one_shown() -> None:
    one = kept(pets(cats=4, dogs=4), "a.zip")
    other = kept(pets(cats=5, dogs=4), "b.zip")
    page = opened("train", tn_view="photos", al_album=other.key)
    assert page.selectbox(key="al_album").value == other.key
    page.button(key="al_forget").click().run()
    assert datasets() == [one]
    assert page.selectbox(key="al_album").value == one.key
    assert not page.error


def test_flowers_are_fetched_by_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    with local_server() as server:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        monkeypatch.setattr(dataset_input, "fetch_flowers", partial(fetch_flowers, url=url, sha256=SHA256))
        page = opened("train", tn_view="photos", al_add="flowers")
        page.button(key="al_download").click().run()
        assert not page.error
        assert rows(page) == {"daisy": "4 + 1", "roses": "4 + 1"}
        assert page.query_params["al_album"] == f"flower_photos-{SHA256[:8]}"


def test_flowers_that_cannot_be_fetched_get_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    offline = partial(fetch_flowers, url="http://127.0.0.1:1/flower_photos.tgz", sha256=SHA256)
    monkeypatch.setattr(dataset_input, "fetch_flowers", offline)
    page = opened("train", tn_view="photos", al_add="flowers")
    page.button(key="al_download").click().run()
    assert "cannot be reached" in page.error[0].value
    assert "put the file flower_photos.tgz from" in page.error[0].value


def test_the_survey_for_training_excludes_what_the_page_does() -> None:
    files = pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/2.png"] = files["pets/val/cats/1.png"]
    files["pets/train/dogs/bad.png"] = b"woof"
    dataset = kept(files)

    def page(key: str) -> None:
        import streamlit as st

        from resnet_explorer.finetune.dataset.store import find_dataset
        from resnet_explorer.ui.finetune.dataset.survey import surveyed, toggle_excluded

        dataset = find_dataset(key)
        toggle_excluded(key, "pets/pets/val/dogs/0.png")
        found = surveyed(dataset)
        assert found is not None
        st.text(" ".join(item.name for item in found.photos.items))

    at = AppTest.from_function(page, default_timeout=120, kwargs={"key": dataset.key}).run()
    assert not at.exception
    expected = [
        item.name
        for item in dataset.photos().items
        if item.name.removeprefix("pets/pets/")
        not in ("train/dogs/2.png", "train/dogs/bad.png", "val/dogs/0.png")
    ]
    assert at.text[0].value.split() == expected


def test_what_was_found_can_be_taken_home() -> None:
    files = pets(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/bad.png"] = b"woof"
    dataset = kept(files)
    *_, step = surveys.survey(dataset.photos())
    assert step.answer is not None
    left = step.answer.photos.without({"pets/pets/train/cats/0.png"})
    content = json.loads(as_json(dataset, step.answer, left))
    assert content["classes"] == {"cats": {"train": 5, "val": 2}, "dogs": {"train": 4, "val": 1}}
    assert content["left_out"] == ["pets/pets/train/cats/0.png"]
    assert content["unreadable"][0].startswith("pets/pets/train/dogs/bad.png is no picture")
