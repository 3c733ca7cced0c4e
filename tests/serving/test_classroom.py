"""Who is the teacher, what students may, and where what is theirs lies."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from errno import ENOSPC
from pathlib import Path

import pytest

from resnet_explorer.common import user_folder
from resnet_explorer.finetune.dataset.store import datasets, keep_made
from resnet_explorer.finetune.runs.queue import QUEUE, queue_place, waiting
from resnet_explorer.finetune.runs.status import STOP
from resnet_explorer.finetune.runs.store import runs
from resnet_explorer.serving.addresses import addresses
from resnet_explorer.serving.class_folder import class_in, served_class
from resnet_explorer.serving.classroom import A_DAY, GONE, TEACHER, Classroom
from resnet_explorer.serving.rights import Training, check_download, check_training
from resnet_explorer.weights.user_store import kept


def test_only_the_cookie_makes_the_teacher(tmp_path: Path) -> None:
    room, other = Classroom(tmp_path), Classroom(tmp_path)
    assert room.role({TEACHER: room.teacher_cookie}) == "teacher"
    for cookies in (
        {},
        {TEACHER: ""},
        {TEACHER: "ü"},
        {TEACHER: room.teacher_link},
        {TEACHER: other.teacher_cookie},
    ):
        assert room.role(cookies) == "student"
    assert room.is_teacher_link(room.teacher_link)
    assert not room.is_teacher_link(other.teacher_link)
    assert len(room.teacher_link) >= 32 and room.teacher_link not in repr(room)
    assert room.teacher_cookie not in repr(room)


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "/etc/passwd/and/more", "a\\b" * 8, "short", "x" * 65, "ö" * 20]
)
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no student"):
        Classroom(tmp_path).home_of(name)
    assert not list(tmp_path.iterdir())


def test_what_students_left_goes_some_time_after_them(tmp_path: Path) -> None:
    room, stopped = Classroom(tmp_path), list[str]()
    here, gone = (room.home_of(name * 20) for name in "hg")
    (gone / "photo.jpg").write_bytes(b"")
    long_ago = time.time() - GONE - 60
    for home in (here, gone):
        os.utime(home / ".seen", (long_ago, long_ago))
    assert room.home_of("h" * 20) == here  # he does something
    room.forget_the_gone(lambda home: stopped.append(home.name))
    assert list(tmp_path.iterdir()) == [here]
    assert stopped == [gone.name]


def test_who_comes_to_a_full_disk_looks_on_and_is_told_what_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *_: object, **__: object) -> None:
        raise OSError(ENOSPC, "No space left on device", str(self))

    room = Classroom(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", full)
        home = room.home_of("s" * 20)
        patch.setattr(user_folder, "_visitor_homes", [lambda: home])
        assert runs() == [] and kept() == [] and datasets() == []
        with pytest.raises(ValueError, match="No space left on device"):
            keep_made(lambda path: "", "photos")
    assert room.home_of("s" * 20).is_dir(), "there is room again"


def test_two_who_come_at_once_remove_what_one_left(tmp_path: Path) -> None:
    room = Classroom(tmp_path)
    gone = room.home_of("g" * 20)
    (gone / "runs" / "run").mkdir(parents=True)
    long_ago = time.time() - GONE - 60
    os.utime(gone / ".seen", (long_ago, long_ago))

    def stop(home: Path) -> None:
        room.forget_the_gone(lambda home: None)  # the other is faster
        (home / "runs" / "run" / STOP).touch()

    room.forget_the_gone(stop)
    assert not list(tmp_path.iterdir())


def test_a_crash_leaves_the_class_for_the_next_server_and_an_end_does_not(tmp_path: Path) -> None:
    folder, student = tmp_path / "home" / "class", "s" * 20
    with served_class(folder, "http://one", can_train=False) as room:
        room.home_of(student)
        assert class_in(folder) == room, "each process reads the same"
        assert folder.stat().st_mode & 0o077 == 0, "nobody else on the machine reads its secrets"
        with (
            pytest.raises(ValueError, match="served from this machine already"),
            served_class(folder, "http://two", can_train=True, patience=0),
        ):
            pass
        shutil.copytree(folder, tmp_path / "crashed")
    assert not folder.exists()
    with served_class(tmp_path / "crashed", "http://other", can_train=True) as again:
        assert (again.teacher_link, again.teacher_cookie) == (room.teacher_link, room.teacher_cookie)
        assert (again.address, again.can_train) == ("http://other", True)
        assert (again.folder / student).is_dir()
        shutil.copytree(tmp_path / "crashed", folder)
    long_ago = time.time() - A_DAY - 60
    os.utime(folder / "class.json", (long_ago, long_ago))
    with served_class(folder, "http://one", can_train=False) as fresh:
        assert fresh.teacher_cookie != room.teacher_cookie and not list(fresh.folder.iterdir())


WANTED = Training(epochs=5, photos=1_000, own_runs=0, waiting=9)


@pytest.mark.parametrize(
    ("can_train", "wanted", "sentence"),
    [
        (False, WANTED, "Training is for the teacher"),
        (True, Training(6, 1_000, 0, 0), "6 epochs are too many for a class; 5 are allowed"),
        (True, Training(5, 1_001, 0, 0), "1,001 photos are too many for a class; 1,000 are allowed"),
        (True, Training(5, 1_000, 1, 0), "One run at a time"),
        (True, Training(5, 1_000, 0, 10), "10 runs wait already"),
        (True, Training(5, 1_000, 0, 0, 2**40), "This run would take about 1.10 TB of memory"),
    ],
)
def test_what_a_student_may_not_train(
    tmp_path: Path, can_train: bool, wanted: Training, sentence: str
) -> None:
    room = Classroom(tmp_path, can_train=can_train)
    with pytest.raises(ValueError, match=sentence):
        check_training("student", room, wanted)
    check_training("teacher", room, wanted)
    check_training("owner", None, wanted)


def test_what_a_student_may_train_and_fetch(tmp_path: Path) -> None:
    check_training("student", Classroom(tmp_path, can_train=True), WANTED)
    with pytest.raises(ValueError, match="the teacher fetches"):
        check_download("student")
    check_download("teacher")


def test_home_is_that_of_who_asks_in_other_threads_too(
    temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_folder, "_visitor_homes", [])
    assert user_folder.home() == temporary_home
    asks: list[Path | None] = [tmp_path / "student"]
    user_folder.let_visitors_have(lambda: asks[0])
    assert user_folder.home() == tmp_path / "student"
    assert user_folder.own_home() == temporary_home
    saved = user_folder.with_home_of_now(user_folder.home)
    asks[0] = None  # a thread of nobody's, or the teacher
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(saved).result() == tmp_path / "student"
        assert pool.submit(user_folder.home).result() == temporary_home


def test_all_runs_wait_in_one_queue(
    temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(QUEUE, str(tmp_path / "queue"))
    with queue_place() as first:
        monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "student"))
        with queue_place() as second:
            assert (first(), second(), waiting()) == (0, 1, 2)
    assert waiting() == 0


def test_the_addresses_are_those_of_the_network() -> None:
    assert all(not address.startswith("127.") for address in addresses())
