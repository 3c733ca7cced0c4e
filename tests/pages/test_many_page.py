"""The view of many photos says of each what the library says, keeps little, and lets go of the rest."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import torch
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.explanation.predict import default_view, predict, preprocess
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import SAMPLES, open_sample, sample_bytes
from resnet_explorer.ui.batch import photos_input
from resnet_explorer.weights import bundled, user_store
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.checkpoint import read_checkpoint
from tests.pages.opened import opened
from tests.photos.files import file_of, zipped

pytestmark = pytest.mark.slow


SHIPPED = bundled.FILE
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SEEN = Preprocessing(32, 32, (0.49, 0.48, 0.45), (0.25, 0.24, 0.26), crop_policy="most_confident")
SPEC = ResNetSpec("basic", (1, 1, 1), width=16, stem="cifar", num_classes=10)


@pytest.fixture(autouse=True)
def places(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A bundled network of random weights, empty caches, and nothing outside the test's folder."""
    torch.manual_seed(11)
    model = build(SPEC).eval()
    with torch.no_grad():
        model.fc.weight.mul_(30)  # that not all photos look alike
    file = tmp_path / "cifar10.safetensors"
    export_bundled(model, CLASSES, SEEN, file, {"label": "A network for tests"})
    monkeypatch.setattr(bundled, "FILE", file)
    st.cache_resource.clear()
    yield tmp_path
    st.cache_resource.clear()


def alone(data: bytes) -> list[tuple[str, float]]:
    """The library's answer for a photo on its own."""
    weights = find("bundled")
    model = for_evaluation(load(weights))
    photo = open_photo(data, "photo")
    view = default_view(model, photo, weights.preprocessing)
    tensor, _ = preprocess(photo, weights.preprocessing, view)
    return [(CLASSES[index], p) for index, p in predict(model, tensor).top(5)]


SAMPLE_FILES = {each.file: sample_bytes(each.name) for each in SAMPLES}


def upload(page: AppTest, files: dict[str, bytes], source: str = "files") -> AppTest:
    page.segmented_control(key="mp_from").set_value(source).run()
    uploader(page).set_value([(name, data, "image/png") for name, data in files.items()])
    page.run()
    assert not page.exception
    return page


def uploader(page: AppTest) -> Any:
    return next(each for each in page.file_uploader if "hotos" in each.label)


def table(page: AppTest) -> Any:
    return page.dataframe[0].value


def test_the_samples_are_tried_at_once() -> None:
    page = opened("many")
    rows = table(page)
    assert list(rows["photo"]) == list(SAMPLE_FILES)
    for row, data in zip(rows.itertuples(), SAMPLE_FILES.values(), strict=True):
        (label, probability), second, *_ = alone(data)
        assert (row.prediction, row.probability) == (label, pytest.approx(probability, abs=1e-6))
        assert row.next == f"{second[0]} {second[1]:.0%}"
        assert row.thumbnail.startswith("data:image/jpeg;base64,")
    classes = len(set(rows["prediction"]))
    assert f"**5 photos** in {classes} classes." in [each.value for each in page.markdown]
    assert "right" not in rows


def test_answers_of_which_fewer_than_half_are_right_are_called_unsure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundled, "FILE", SHIPPED)
    calibration = find("bundled").calibration
    assert calibration
    page = opened("many")
    rows = table(page)
    unsure = [name.endswith(" · unsure") for name in rows["prediction"]]
    below = [probability < calibration.unsure_below for probability in rows["probability"]]
    assert below == [False, True, True, False, False]
    assert unsure == [False, True, False, False, False]  # of the third a kind of thing is likely
    assert any(f" classes. {sum(unsure)} answer" in each.value for each in page.markdown)


def test_a_link_of_before_opens_the_view_with_all_that_it_asks_for() -> None:
    page = opened("many", mp_from="folder", mp_order="sure")
    assert not page.warning
    assert [each.value for each in page.title] == ["Side by side"]
    assert page.segmented_control(key="sb_view").value == "many"
    assert page.segmented_control(key="mp_from").value == "folder"
    assert {"sb_view": "many", "mp_order": "sure"}.items() <= page.query_params.items()
    page.segmented_control(key="sb_view").set_value("one").run()
    assert not page.exception
    assert page.multiselect(key="sb_nets").value


def test_where_folders_name_the_classes_the_share_that_is_right_is_told() -> None:
    answers = {name: alone(data)[0][0] for name, data in SAMPLE_FILES.items()}
    (first, label), (second, other) = list(answers.items())[:2]
    wrong = next(name for name in CLASSES if name != other)
    files = {
        f"trip/{label.upper()}/{first}": SAMPLE_FILES[first],
        f"trip/{wrong}/{second}": SAMPLE_FILES[second],
        "trip/others/rocket.jpg": SAMPLE_FILES["rocket.jpg"],
    }
    page = upload(opened("many"), files, "folder")
    assert list(table(page)["right"]) == ["✓", f"✗ {wrong}", ""]
    sentence = next(each.value for each in page.markdown if "3 photos" in each.value)
    assert sentence.endswith("**50% right**: 1 of the 2 whose folder names a class.")


def test_uploaded_files_are_answered_and_named_if_they_cannot_be_read() -> None:
    cat = SAMPLE_FILES["chelsea.png"]
    page = upload(opened("many"), {"a.png": cat, "notes.txt": b"dear diary", "b.png": cat[:2000]})
    assert list(table(page)["photo"]) == ["a.png"]
    assert table(page)["prediction"][0] == alone(cat)[0][0]
    unread = page.dataframe[1].value
    assert list(unread["File"]) == ["notes.txt", "b.png"]
    assert unread["Why"][0].startswith("notes.txt is no picture")
    assert unread["Why"][1].startswith("b.png is cut off or damaged")


def test_a_folder_and_an_archive_give_the_same_photos() -> None:
    files = {f"trip/{name}": data for name, data in SAMPLE_FILES.items()}
    page = upload(opened("many"), {"all.zip": zipped(files | {"trip/.DS_Store": b"litter"})})
    from_archive = table(page)
    assert list(from_archive["photo"]) == [f"all.zip/trip/{name}" for name in SAMPLE_FILES]
    page = upload(opened("many"), files, "folder")
    assert list(table(page)["photo"]) == [f"trip/{name}" for name in SAMPLE_FILES]
    assert list(table(page)["probability"]) == list(from_archive["probability"])


def test_a_class_and_an_order_are_in_the_link() -> None:
    page = opened("many", mp_order="unsure")
    probabilities = list(table(page)["probability"])
    assert probabilities == sorted(probabilities)
    answer = table(page)["prediction"][0]
    page.selectbox(key="mp_class").set_value(str(CLASSES.index(answer))).run()
    assert set(table(page)["prediction"]) == {answer}
    assert page.query_params["mp_class"] == str(CLASSES.index(answer))
    absent = next(name for name in CLASSES if name not in {alone(d)[0][0] for d in SAMPLE_FILES.values()})
    page = opened("many", mp_class=str(CLASSES.index(absent)))
    assert not page.warning
    assert "No photo was put into this class." in [each.value for each in page.info]


def test_a_photo_is_opened_on_predict() -> None:
    page = opened("many")
    page.button(key="mp_open").click().run()
    assert not page.exception
    shown = page.session_state["_p_photo"]
    assert (shown.name, shown.image.size) == ("coffee.png", (512, 341)), "its small copy"
    assert page.session_state["p_photo"] == "upload"


def test_only_small_copies_are_kept() -> None:
    large = file_of(open_sample("coffee").image.resize((3000, 2000)), "JPEG")
    page = upload(opened("many"), {"large.jpg": large})
    assert uploader(page).value in (None, [])
    (answer,) = page.session_state["_mp_batch"].job.step.answer.predictions
    assert max(open_photo(answer.kept.photo, "copy").image.size) == 512
    assert len(answer.kept.photo) + len(answer.kept.thumbnail) < 100_000
    assert page.session_state["_mp_batch"].entries == []


def test_the_server_lets_go_of_the_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[str] = []
    remove = MemoryUploadedFileManager.remove_file

    def note(self: MemoryUploadedFileManager, session_id: str, file_id: str) -> None:
        gone.append(file_id)
        remove(self, session_id, file_id)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", note)
    upload(opened("many"), {"a.png": SAMPLE_FILES["rocket.jpg"], "b.txt": b"no"})
    assert len(gone) == 2


def test_answers_stay_in_another_language() -> None:
    page = upload(opened("many"), {"a.png": SAMPLE_FILES["rocket.jpg"]})
    before = list(table(page)["probability"])
    page.button(key="_speak_zh").click().run()
    assert not page.exception
    assert list(table(page)["probability"]) == before


def test_answers_stay_with_the_network_that_gave_them() -> None:
    stream = io.BytesIO()
    state = build(SPEC.with_(num_classes=3)).state_dict()
    torch.save({"state_dict": state, "classes": ["rose", "tulip", "daisy"]}, stream)
    key = user_store.keep(read_checkpoint(stream.getvalue(), "best.pth", None)).key
    page = upload(opened("many"), {"a.png": SAMPLE_FILES["rocket.jpg"]})
    before = table(page)["prediction"][0]
    page.selectbox(key="_network_choice").set_value(key).run()
    assert table(page)["prediction"][0] == before
    assert "These predictions are those of **A network for tests**." in page.info[0].value
    page.segmented_control(key="mp_from").set_value("samples").run()
    assert set(table(page)["prediction"]) <= {"rose", "tulip", "daisy"}, "samples can be read again"


def test_more_than_are_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos_input, "MOST", 2)
    page = upload(opened("many"), SAMPLE_FILES)
    assert len(table(page)) == 2
    assert "the command line does the other 3 as well" in page.info[0].value


def test_an_empty_folder_is_told() -> None:
    page = upload(opened("many"), {"trip/.DS_Store": b"litter"}, "folder")
    assert page.info[0].value == "No photo is in it."


def test_an_empty_archive_is_told_among_others() -> None:
    page = upload(opened("many"), {"trip.zip": zipped({"trip/.DS_Store": b"litter"})} | SAMPLE_FILES)
    assert len(table(page)) == 5
    assert list(page.dataframe[-1].value["Why"]) == ["No photo is in trip.zip."]


def test_without_a_bundled_file_the_page_says_so() -> None:
    bundled.FILE.unlink()
    page = opened("many")
    assert "The bundled network is missing" in page.error[0].value
