"""The table of docs/class.md, row by row: sessions of one class, what each sees, and what each may."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from PIL import Image
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from resnet_explorer import ResNetSpec, build
from resnet_explorer.common import user_folder
from resnet_explorer.common.user_folder import home, own_home
from resnet_explorer.finetune.dataset.flowers import fetch_flowers
from resnet_explorer.finetune.dataset.store import datasets
from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.queue import QUEUE, queue_place
from resnet_explorer.finetune.runs.status import ALIVE
from resnet_explorer.finetune.runs.store import delete, find_run, rename, runs
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.lessons.open_step import open_step
from resnet_explorer.serving import classroom
from resnet_explorer.serving.classroom import STUDENT, TEACHER, Classroom
from resnet_explorer.serving.rights import MOST_WAITING
from resnet_explorer.ui.finetune.dataset import dataset_input
from resnet_explorer.ui.serving.visitor import student_home
from tests.finetune.dataset.test_store import SHA256, TGZ
from tests.finetune_colours import QUICK, colours_zip, config_of, done
from tests.http_server import complete, local_server
from tests.pages.opened import charts, checkpoint_uploader, component, opened, pictures, popovers, text
from tests.photos.files import file_of

ANN, BOB = {STUDENT: "ann-" * 5}, {STUDENT: "bob-" * 5}
TINY = {"net": "basic.1-1.width-8.stem-cifar", "tn_from": "none", "tn_view": "new", "tn_epochs": "5"}

Ask = Callable[[Mapping[str, str]], None]


@pytest.fixture
def room(fresh_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """A class in which students may train; all runs wait in a queue of this test's own."""
    (tmp_path / "students").mkdir()
    room = Classroom(tmp_path / "students", "http://class", can_train=True)
    monkeypatch.setattr(classroom, "_served", [room])
    monkeypatch.setattr(user_folder, "_visitor_homes", [student_home])
    monkeypatch.setenv(QUEUE, str(tmp_path / "queue"))
    return room


@pytest.fixture
def ask_as(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Whose cookies come with what is asked from now on."""

    def ask(cookies: Mapping[str, str]) -> None:
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))

    return ask


@pytest.fixture
def teacher(room: Classroom) -> Mapping[str, str]:
    return {TEACHER: room.teacher_cookie, STUDENT: "teacher-" * 3}


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[RunConfig]:
    """The configs of the runs that were begun; none of them runs."""
    configs: list[RunConfig] = []
    monkeypatch.setattr(worker_process, "begin", lambda config: configs.append(config) or "run")
    return configs


def brings_colours(each: int = 15) -> str:
    """Who asks adds photos on the Train page; returns their key."""
    page = opened("train", tn_view="photos")
    path = colours_zip(own_home().parent / "colours.zip", each)
    page.file_uploader[0].set_value(("colours.zip", path.read_bytes(), "application/zip")).run()
    assert not page.exception
    return str(page.query_params["al_album"])


def brings_network() -> str:
    """Who asks opens a checkpoint in the network's popover; returns the key of its weights."""
    file = io.BytesIO()
    torch.save(build(ResNetSpec("basic", (1, 1), width=8, num_classes=3)).state_dict(), file)
    page = opened("architecture")
    checkpoint_uploader(page).set_value(("ours.pth", file.getvalue(), "application/octet-stream"))
    page.run()
    assert not page.exception
    return str(page.query_params["weights"])


def run_of(room: Classroom, student: Mapping[str, str], tmp_path: Path) -> Path:
    """A run to its end in a student's folder."""
    with in_folder_of(student, room):
        return done(config_of(colours_zip(tmp_path / "colours.zip"), QUICK, "Ann’s"), "anns").folder


@contextmanager
def in_folder_of(student: Mapping[str, str], room: Classroom) -> Iterator[None]:
    """Outside of a page, do what is done as a student's page does it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(user_folder, "_visitor_homes", [lambda: room.home_of(student[STUDENT])])
        yield


def begin(page: AppTest) -> str:
    """Click on Train; returns the refusal, "" if there is none."""
    page.button(key="tn_begin").click().run()
    assert not page.exception
    return "\n".join(each.value for each in page.error)


# Photos, albums, networks that one brings; others'


@pytest.mark.slow
def test_photos_albums_and_networks_are_seen_by_who_brought_them(
    room: Classroom, ask_as: Ask, teacher: Mapping[str, str]
) -> None:
    ask_as(ANN)
    album, network = brings_colours(), brings_network()
    with in_folder_of(ANN, room):
        assert [each.key for each in datasets()] == [album]
    for other in (BOB, teacher):
        ask_as(other)
        page = opened("train", tn_view="photos", al_album=album)
        assert "No photos are kept here yet" in text(page)
        assert "this dataset is not kept on this machine" in page.warning[0].value
        page = opened("architecture", weights=network)
        assert page.warning and "ours.pth" not in text(page) + " ".join(popovers(page))
    ask_as(ANN)
    page = opened("train", tn_view="photos", al_album=album)
    assert "**36** to learn from, **9** to test on" in text(page)
    assert not opened("architecture", weights=network).warning
    assert not (own_home() / "datasets").exists()


@pytest.mark.slow
def test_a_photo_is_of_the_session_that_gave_it(room: Classroom, ask_as: Ask) -> None:
    ask_as(ANN)
    page = opened("predict", p_photo="upload")
    uploader = next(each for each in page.file_uploader if each.key.startswith("p_upload"))
    photo = file_of(Image.new("RGB", (300, 200), "red"), "PNG")
    uploader.set_value(("ann-at-the-beach.png", photo, "image/png")).run()
    assert "ann-at-the-beach" in component(page, "answer")["photo"]["words"]
    ask_as(BOB)
    other = opened("predict")
    assert "ann-at-the-beach" not in component(other, "answer")["photo"]["words"]
    assert not list(room.home_of(ANN[STUDENT]).glob("[!.]*")), "it is nowhere but in the session"


@pytest.mark.slow
def test_a_run_of_another_is_not_seen_stopped_renamed_or_removed(
    room: Classroom, ask_as: Ask, teacher: Mapping[str, str], tmp_path: Path
) -> None:
    folder = run_of(room, ANN, tmp_path)
    ask_as(ANN)
    assert "Ann’s" in offered(opened("trust", tr_view="runs"))
    for other in (BOB, teacher):
        ask_as(other)
        page = opened("trust", tr_view="runs", ru_run="anns")
        assert "Ann’s" not in offered(page) and "Ann’s" not in text(page)
        assert "ru_stop" not in [each.key for each in page.button]
    with in_folder_of(BOB, room):
        assert runs() == []
        for act in (find_run, worker_process.stop, partial(rename, label="mine"), delete):
            with pytest.raises(ValueError, match="anns"):
                act("anns")
    assert folder.exists()


def offered(page: AppTest) -> list[str]:
    """What there is to choose from in the page's lists."""
    return [option for box in page.selectbox for option in box.options]


# Fetch ImageNet's weights, the five flowers


def test_the_teacher_fetches_and_a_student_does_not(
    ask_as: Ask, teacher: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with local_server() as server:
        url = server.serve("flower_photos.tgz", complete(TGZ))
        monkeypatch.setattr(dataset_input, "fetch_flowers", partial(fetch_flowers, url=url, sha256=SHA256))
        ask_as(ANN)
        page = opened("train", tn_view="photos", al_add="flowers")
        page.button(key="al_download").click().run()
        assert page.error[0].value == "In a class the teacher fetches files from the web, before the lesson."
        page = opened("predict", net="resnet18", weights="none")
        button = page.button(key="_fetch_page_V1")
        assert button.proto.help == ""
        button.click().run()
        assert page.error[0].value == "In a class the teacher fetches files from the web, before the lesson."
        assert server.asked == []
        ask_as(teacher)
        page = opened("train", tn_view="photos", al_add="flowers")
        page.button(key="al_download").click().run()
        assert not page.error
        assert page.query_params["al_album"] == f"flower_photos-{SHA256[:8]}"
    assert opened("predict", net="resnet18", weights="none").button(key="_fetch_page_V1").proto.help


# Train


@pytest.mark.slow
def test_each_student_trains_one_small_run_and_not_if_many_wait(
    room: Classroom, ask_as: Ask, begun: list[RunConfig], tmp_path: Path
) -> None:
    with FileLock(run_of(room, ANN, tmp_path) / ALIVE):
        ask_as(ANN)
        page = opened("train", **TINY, al_album=brings_colours())
        assert begin(page).startswith("One run at a time: yours is still under way")
        ask_as(BOB)
        page = opened("train", **TINY, al_album=brings_colours())
        assert begin(page) == "" and len(begun) == 1, "Ann's run is none of Bob's concern"
    ask_as(ANN)
    album = brings_colours()
    page = opened("train", **(TINY | {"tn_epochs": "6"}), al_album=album)
    assert begin(page) == "6 epochs are too many for a class; 5 are allowed."
    page = opened("train", **TINY, al_album=album)
    with ExitStack() as waiting:
        for _ in range(MOST_WAITING):
            waiting.enter_context(queue_place())
        assert begin(page) == "10 runs wait already; try again when some of them are done."
    assert begin(opened("train", **TINY, al_album=album)) == "" and len(begun) == 2


@pytest.mark.slow
def test_without_training_it_is_the_teachers(
    room: Classroom,
    ask_as: Ask,
    teacher: Mapping[str, str],
    begun: list[RunConfig],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classroom, "_served", [replace(room, can_train=False)])
    ask_as(ANN)
    page = opened("train", **TINY, al_album=brings_colours())
    assert begin(page) == "Training is for the teacher in this class."
    ask_as(teacher)
    page = opened("train", **(TINY | {"tn_epochs": "6"}), al_album=brings_colours())
    assert begin(page) == "" and len(begun) == 1


# Paths on the server's disk


def test_a_message_names_a_path_to_the_teacher_alone(
    ask_as: Ask, teacher: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ValueError(f"colours could not be kept in {home() / 'photos'}: no space left.")

    monkeypatch.setattr(dataset_input, "keep_zip", full)
    said = []
    for who in (ANN, teacher):
        ask_as(who)
        page = opened("train", tn_view="photos")
        page.file_uploader[0].set_value(("colours.zip", b"PK", "application/zip")).run()
        said.append(page.error[0].value)
    assert said[0] == "colours could not be kept in your folder/photos: no space left."
    assert str(own_home() / "photos") in said[1].replace("\\", "")


# Being the teacher


def test_the_class_is_shown_by_the_teacher(ask_as: Ask, teacher: Mapping[str, str]) -> None:
    for who, is_there in ((ANN, False), ({TEACHER: "guessed"} | BOB, False), (teacher, True)):
        ask_as(who)
        assert ("The class" in popovers(opened("overview"))) is is_there


@pytest.mark.slow
def test_no_link_shows_a_labs_answer_while_the_class_is_asked(
    ask_as: Ask, teacher: Mapping[str, str]
) -> None:
    ask_as(teacher)
    asking = opened("degradation")
    ask_as(ANN)
    link = {"dg_guess_shown": "1"}
    early = opened("degradation", **link)
    assert "## Which of the two" in text(early) and not charts(early)
    assert charts(opened("degradation", **link, lesson="residual", step="2")), (
        "the lesson's own step shows it"
    )
    ask_as(BOB)
    opened("degradation").segmented_control(key="dg_guess").set_value("deep").run()
    ask_as(teacher)
    asking.button(key="_dg_guess_show").click().run()
    ask_as(ANN)
    shown = opened("degradation", **link)
    assert charts(shown) and "You: " not in text(shown)
    ask_as(BOB)
    assert "You: 56 layers." in text(opened("degradation", **link)), "what was counted, in a new window"


def test_the_code_leads_to_the_step_that_is_open(ask_as: Ask, teacher: Mapping[str, str]) -> None:
    ask_as(teacher)
    page = opened("overview", lesson="paper", step="1")
    address = "http://class/?lesson=paper&step=1"
    assert f"[{address}](<{address}>)" in text(page), "all of it is one link"
    code = next(svg for svg in pictures(page) if 'class="segno"' in svg)
    assert " viewBox=" in code and " width=" not in code, "as large as its place lets it be"


@pytest.mark.slow
def test_another_window_of_the_teachers_leaves_the_open_step_as_it_is(
    ask_as: Ask, teacher: Mapping[str, str]
) -> None:
    ask_as(teacher)
    first = opened("overview", lesson="paper", step="1")
    assert open_step() == ("paper", 1)
    opened("overview")
    assert open_step() == ("paper", 1)
    first.button(key="_lesson_leave").click().run()
    assert open_step() is None
