"""One run at a time on a machine: who came first trains first, and the dead stand in nobody's way."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from resnet_explorer.finetune.runs.queue import is_locked, queue_place
from tests.waiting import wait_until

HOLD = """
from resnet_explorer.finetune.runs.queue import queue_place
with queue_place():
    print("in", flush=True)
    input()
"""


pytestmark = pytest.mark.usefixtures("temporary_home")


def test_the_first_is_served_and_the_others_wait_in_their_order() -> None:
    with queue_place() as first:
        with queue_place() as second, queue_place() as third:
            assert [first(), second(), third()] == [0, 1, 2]
        with queue_place() as fourth:
            assert fourth() == 1
    with queue_place() as alone:
        assert alone() == 0


def test_who_gives_up_lets_the_next_one_move_up() -> None:
    with queue_place() as first:
        second = queue_place()
        waits = second.__enter__()
        with queue_place() as third:
            assert (waits(), third()) == (1, 2)
            second.__exit__(None, None, None)
            assert (first(), third()) == (0, 1)


def test_a_killed_process_loses_its_place(temporary_home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "in\n"
    with queue_place() as mine:
        assert mine() == 1
        process.kill()
        process.communicate()
        wait_until(lambda: mine() == 0)
    assert not list((temporary_home / "queue").glob("*.ticket"))


def test_a_lock_that_nobody_ever_took_is_not_held(tmp_path: Path) -> None:
    assert not is_locked(tmp_path / "alive.lock")
    assert not (tmp_path / "alive.lock").exists()


def test_who_looks_is_not_taken_for_who_holds(tmp_path: Path) -> None:
    lock, together = tmp_path / "alive.lock", threading.Barrier(8)
    lock.touch()

    def look(_: int) -> list[bool]:
        together.wait()
        return [is_locked(lock) for _ in range(100)]

    with ThreadPoolExecutor(8) as windows:
        assert not any(map(any, windows.map(look, range(8)))), "nobody holds it"
        with FileLock(lock):
            assert all(map(all, windows.map(look, range(8))))
    with FileLock(lock).acquire(timeout=0):
        pass


def test_a_home_that_cannot_be_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "file"))
    with pytest.raises(ValueError, match=r"queue cannot be written to: Not a directory\.$"), queue_place():
        pass
