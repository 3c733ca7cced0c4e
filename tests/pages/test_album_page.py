"""The "Your photos" page: photos come and are kept, and it says of them what the library says."""

import base64
import io
import json
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from resnet_explorer.finetune import survey as surveys
from resnet_explorer.finetune.albums import Album, albums, keep_zip
from resnet_explorer.finetune.batches import augmented
from resnet_explorer.finetune.flowers import fetch_flowers
from resnet_explorer.finetune.story import learned_from
from resnet_explorer.ui import album_input
from resnet_explorer.ui.album_views import as_json
from resnet_explorer.weights import find
from resnet_explorer.weights.imagenet import usual_preprocessing
from tests.http_server import complete, local_server
from tests.pages.opened import opened
from tests.test_albums import SHA256, TGZ


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    st.cache_resource.clear()
    return tmp_path / "home"


def scene(seed: int) -> bytes:
    """A picture of a few large shapes that no other seed gives."""
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(coarse).resize((60, 48), Image.Resampling.BICUBIC).save(stream, "PNG")
    return stream.getvalue()


def folders(**counts: int) -> dict[str, bytes]:
    """Photos by "part_class" or class: as many different ones as are asked for."""
    names = [
        f"pets/{way.replace('_', '/')}/{number}.png"
        for way, count in counts.items()
        for number in range(count)
    ]
    return {name: scene(seed) for seed, name in enumerate(names)}


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return stream.getvalue()


def kept(files: dict[str, bytes], name: str = "pets.zip") -> Album:
    return keep_zip(io.BytesIO(zipped(files)), name)


def pictures(page: AppTest) -> list[str]:
    """The SVGs on the page, in order."""
    found = [json.loads(each.proto.json) for each in page.get("bidi_component")]
    return [data["svg"] for data in found if "svg" in data]


def rows(page: AppTest) -> dict[str, str]:
    """The counts that stand beside each class."""
    said = re.findall(r'<g data-key="\d+"><title>([^<]*)</title>', pictures(page)[0])
    return dict(row.rsplit(": ", 1) for row in said)


def words(page: AppTest) -> str:
    kinds: list[Any] = [
        *page.markdown,
        *page.caption,
        *page.info,
        *page.warning,
        *page.error,
        *page.subheader,
    ]
    return "\n".join(each.value for each in kinds)


def test_without_an_album_the_page_says_how_to_add_one() -> None:
    page = opened("album")
    assert "One folder for each class" in words(page)
    assert pictures(page) == []
    page = opened("album", al_album="pets-00000000")
    assert "`al_album=pets-00000000`: this album is not kept on this machine." in page.warning[0].value


def test_an_uploaded_zip_is_kept_and_counted() -> None:
    page = opened("album")
    files = folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    page.file_uploader[0].set_value(("My pets.zip", zipped(files), "application/zip")).run()
    assert not page.exception
    (album,) = albums()
    assert album.label == "My pets"
    assert rows(page) == {"cats": "6 + 2", "dogs": "4 + 1"}
    assert "**10** to learn from, **3** to test on; split as the folders say." in words(page)
    assert "**cats** has 1.5 times as many photos to learn from as **dogs**." in words(page)
    assert page.query_params["al_album"] == album.key
    assert page.file_uploader[0].value is None, "the upload is let go"
    assert "_al_came" not in page.session_state


def test_an_uploaded_folder_is_kept_and_split() -> None:
    page = opened("album", al_add="folder")
    files = folders(cats=10, dogs=20) | {"pets/notes.txt": b"dear diary"}
    page.file_uploader[0].set_value([(name, data, "") for name, data in files.items()]).run()
    assert not page.exception
    assert [album.label for album in albums()] == ["pets"]
    assert rows(page) == {"cats": "8 + 2", "dogs": "16 + 4"}


def test_share_and_seed_are_in_the_link_and_no_photo_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    album = kept(folders(cats=10, dogs=20))
    looked: list[str] = []
    look = surveys._look
    monkeypatch.setattr(
        surveys,
        "_look",
        lambda item, wanted: looked.append(item.name) or look(item, wanted),  # type: ignore[func-returns-value]
    )
    page = opened("album", al_share="50", al_seed="7")
    assert rows(page) == {"cats": "5 + 5", "dogs": "10 + 10"}
    page.slider(key="al_share").set_value(30).run()
    page.number_input(key="al_seed").set_value(1).run()
    assert rows(page) == {"cats": "7 + 3", "dogs": "14 + 6"}
    assert (page.query_params["al_share"], page.query_params["al_seed"]) == ("30", "1")
    assert page.session_state["_al_photos"][1] == album.photos(0.3, 1)
    assert len(looked) == 30


def test_a_zip_that_will_not_do_gets_a_sentence_and_changes_nothing() -> None:
    kept(folders(cats=4, dogs=4))
    page = opened("album")
    before = rows(page)
    page.file_uploader[0].set_value(("x.zip", zipped({"notes.txt": b"hello"}), "application/zip")).run()
    assert page.error[0].value.startswith("No photos are there: folders named after their classes are needed")
    assert rows(page) == before
    page.file_uploader[0].set_value(("x.rar", b"Rar!", "application/rar")).run()
    assert page.error[0].value == "x.rar.zip is no ZIP archive that can be read."


def test_files_that_cannot_be_read_are_listed_and_left_out() -> None:
    files = folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files |= {f"pets/train/cats/{number}.jpg": b"meow" for number in range(8)}
    kept(files)
    page = opened("album")
    assert rows(page) == {"cats": "6 + 2", "dogs": "4 + 1"}
    assert "8 files cannot be read." in words(page)
    listed = words(page).count("is no picture that can be read")
    assert listed == 6, "a page of them"
    page = opened("album", al_unread="2")
    assert words(page).count("is no picture that can be read") == 2


def test_twins_are_shown_and_left_out_unless_told() -> None:
    files = folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/2.png"] = files["pets/train/dogs/3.png"] = files["pets/val/cats/1.png"]
    kept(files)
    page = opened("album")
    assert "1 photo to test on is among those to learn from, too." in words(page)
    assert rows(page)["dogs"] == "2 + 1 · 2 left out", "both of its twins"
    assert "pets/pets/val/cats/1.png" in pictures(page)[1]
    page.toggle(key="al_twins").set_value(False).run()
    assert rows(page)["dogs"] == "4 + 1"
    assert page.query_params["al_twins"] == "0"


def test_the_photos_of_a_class_can_be_left_out_and_taken_back() -> None:
    album = kept(folders(train_cats=30, train_dogs=4, val_cats=2, val_dogs=1))
    page = opened("album", al_class="0", al_tiles="2")
    tiles = pictures(page)[1]
    assert len(re.findall("<image ", tiles)) == 8, "25th to 32nd"
    page.session_state["_al_left_out"] = {album.key: frozenset({"pets/pets/train/cats/7.png"})}
    page.run()
    assert rows(page)["cats"] == "29 + 2 · 1 left out"
    assert 'aria-checked="true"' in pictures(page)[1]
    page.button(key="al_back").click().run()
    assert rows(page)["cats"] == "30 + 2"


def test_a_class_cannot_be_left_out_whole() -> None:
    album = kept(folders(train_cats=3, train_dogs=2, val_cats=2, val_dogs=1))
    page = opened("album")
    page.session_state["_al_left_out"] = {
        album.key: frozenset(f"pets/pets/train/dogs/{number}.png" for number in range(2))
    }
    page.run()
    assert page.error[0].value == "All photos of dogs to learn from are left out; take some back."
    assert rows(page), "the classes stay, to take some back"


def test_a_hundred_classes_are_shown_in_parts() -> None:
    kept({f"{name:03}/{number}.png": scene(4 * name + number) for name in range(100) for number in range(4)})
    page = opened("album", al_page="13")
    assert list(rows(page)) == ["096", "097", "098", "099"]
    assert "97–100 of 100 classes" in words(page)
    page = opened("album", al_page="14")
    assert "allowed: a number from 1 to 13." in page.warning[0].value
    assert len(rows(page)) == 8


def test_many_photos_of_one_class_are_worth_a_word() -> None:
    kept(folders(train_cats=12, train_dogs=3, val_cats=2, val_dogs=1))
    assert (
        "**cats** has 4.0 times as many photos to learn from as **dogs**" in opened("album").warning[0].value
    )


def test_what_training_sees_is_what_training_makes() -> None:
    album = kept(folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1))
    page = opened("album", weights="bundled/resnet20", al_photo="3", al_dice="5")
    files = re.findall(r"data:image/png;base64,([^\"]+)", pictures(page)[-1])
    preprocessing = learned_from(find("bundled/resnet20").preprocessing)
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (preprocessing.mean, preprocessing.std))
    item = album.photos().part("train")[3]
    assert len(files) == 8
    for view, file in enumerate(files):
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(file))), dtype=np.float64)
        made = augmented(item, preprocessing, 3, np.random.default_rng([5, view])).numpy()
        expected = (made * std + mean).transpose(1, 2, 0) * 255
        assert np.abs(shown - expected).max() <= 0.51
    page.button(key="al_throw").click().run()
    assert page.query_params["al_dice"] == "6"
    assert re.findall(r"data:image/png;base64,([^\"]+)", pictures(page)[-1]) != files
    page.sidebar.selectbox[0].set_value("resnet50").run()  # what training sees follows the network
    (*_, file) = re.findall(r"data:image/jpeg;base64,([^\"]+)", pictures(page)[-1])
    side = usual_preprocessing().crop
    assert Image.open(io.BytesIO(base64.b64decode(file))).size == (side, side)


def test_names_are_text_and_nothing_else() -> None:
    kept({f"{name}/{n}.png": scene(n) for name in ("<b>*cats*", "$x$ `dogs`") for n in range(4)}, "a*b*.zip")
    page = opened("album")
    assert "&lt;b&gt;*cats*" in rows(page)
    assert "<b>" not in pictures(page)[0]


def test_an_album_is_removed_and_the_next_one_shown() -> None:
    one = kept(folders(cats=4, dogs=4), "a.zip")
    other = kept(folders(cats=5, dogs=4), "b.zip")
    page = opened("album", al_album=other.key)
    assert page.selectbox(key="al_album").value == other.key
    page.button(key="al_forget").click().run()
    assert albums() == [one]
    assert page.selectbox(key="al_album").value == one.key
    assert not page.error


def test_flowers_are_fetched_by_a_button(monkeypatch: pytest.MonkeyPatch) -> None:
    with local_server() as server:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        monkeypatch.setattr(album_input, "fetch_flowers", partial(fetch_flowers, url=url, sha256=SHA256))
        page = opened("album", al_add="flowers")
        page.button(key="al_download").click().run()
        assert not page.error
        assert rows(page) == {"daisy": "4 + 1", "roses": "4 + 1"}
        assert page.query_params["al_album"] == f"flower_photos-{SHA256[:8]}"


def test_flowers_that_cannot_be_fetched_get_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    offline = partial(fetch_flowers, url="http://127.0.0.1:1/flower_photos.tgz", sha256=SHA256)
    monkeypatch.setattr(album_input, "fetch_flowers", offline)
    page = opened("album", al_add="flowers")
    page.button(key="al_download").click().run()
    assert "cannot be reached" in page.error[0].value
    assert "put the file flower_photos.tgz from" in page.error[0].value


def test_the_survey_for_training_leaves_out_what_the_page_does() -> None:
    files = folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/2.png"] = files["pets/val/cats/1.png"]
    files["pets/train/dogs/bad.png"] = b"woof"
    album = kept(files)

    def page(key: str) -> None:
        import streamlit as st

        from resnet_explorer.finetune.albums import find_album
        from resnet_explorer.ui.album_input import surveyed
        from resnet_explorer.ui.left_out import add_left_out

        album = find_album(key)
        add_left_out(key, ["pets/pets/val/dogs/0.png"])
        found = surveyed(album)
        assert found is not None
        st.text(" ".join(item.name for item in found.photos.items))

    at = AppTest.from_function(page, default_timeout=120, kwargs={"key": album.key}).run()
    assert not at.exception
    expected = [
        item.name
        for item in album.photos().items
        if item.name.removeprefix("pets/pets/")
        not in ("train/dogs/2.png", "train/dogs/bad.png", "val/dogs/0.png")
    ]
    assert at.text[0].value.split() == expected


def test_what_was_found_can_be_taken_home() -> None:
    files = folders(train_cats=6, train_dogs=4, val_cats=2, val_dogs=1)
    files["pets/train/dogs/bad.png"] = b"woof"
    album = kept(files)
    *_, step = surveys.survey(album.photos())
    assert step.answer is not None
    left = step.answer.photos.without({"pets/pets/train/cats/0.png"})
    content = json.loads(as_json(album, step.answer, left))
    assert content["classes"] == {"cats": {"train": 5, "val": 2}, "dogs": {"train": 4, "val": 1}}
    assert content["left_out"] == ["pets/pets/train/cats/0.png"]
    assert content["unreadable"][0].startswith("pets/pets/train/dogs/bad.png is no picture")
