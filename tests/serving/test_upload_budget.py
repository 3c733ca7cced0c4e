"""What a class may bring: counted before it is taken, each student's and all together."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from resnet_explorer.serving import upload_budget
from resnet_explorer.serving.upload_budget import MEBIBYTE, UNREAD, Key, UploadBudget, folder_bytes


class Server:
    """Holds uploads, and forgets those that it is told to."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.held: set[Key] = set()
        self.budget = UploadBudget(folder, lambda: self.held, self.held.discard, clock=lambda: self.now)

    def take(self, owner: str, file: str, megabytes: int, on_disk: int = 0) -> None:
        with self.budget.taking(owner, (owner, file), megabytes * MEBIBYTE, on_disk * MEBIBYTE):
            self.held.add((owner, file))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(upload_budget, "FREE_BYTES", 0)
    return Server(tmp_path)


def test_five_files_of_300_mb_are_not_held_for_one_student(server: Server) -> None:
    server.take("ann", "1", 300)
    server.take("ann", "2", 300)
    for file in "345":
        with pytest.raises(ValueError, match="You have 629 MB here, this file has 315 MB, and 805 MB are"):
            server.take("ann", file, 300)
    assert len(server.held) == 2
    server.take("bob", "1", 300)  # others are not concerned
    server.held.remove(("ann", "1"))  # a page read it
    server.take("ann", "6", 300)


def test_all_together_have_a_budget_too(server: Server) -> None:
    for name in ("ann", "bob", "cem", "dee", "eve"):
        server.take(name, "1", 300)
    with pytest.raises(
        ValueError, match=r"All together have 1\.57 GB here, this file has 315 MB, and 1\.61 GB"
    ):
        server.take("fay", "1", 300)
    server.take("fay", "1", 36)


def test_what_comes_at_the_same_time_counts(server: Server) -> None:
    with ExitStack() as coming:
        for file in ("1", "2"):
            coming.enter_context(server.budget.taking("ann", ("ann", file), 300 * MEBIBYTE, 0))
        with pytest.raises(ValueError, match="You have 629 MB"):
            server.take("ann", "3", 300)


def test_many_under_one_key_count_as_many(server: Server) -> None:
    """A browser names each upload otherwise; whoever is no browser need not."""
    key = ("ann", "1")
    with ExitStack() as coming:
        for _ in range(2):
            coming.enter_context(server.budget.taking("ann", key, 300 * MEBIBYTE, 0))
        with pytest.raises(ValueError, match="You have 629 MB"):
            server.take("ann", "1", 300)
    server.take("ann", "1", 500)
    with pytest.raises(ConnectionError), server.budget.taking("ann", key, 1, 0):
        raise ConnectionError
    with pytest.raises(ValueError, match="You have 524 MB"):
        server.take("ann", "2", 300)


def test_what_lies_in_the_folder_counts_and_what_broke_off_does_not(server: Server) -> None:
    with pytest.raises(ValueError, match="You have 734 MB here"):
        server.take("ann", "1", 100, on_disk=700)
    with pytest.raises(ConnectionError), server.budget.taking("ann", ("ann", "1"), 700 * MEBIBYTE, 0):
        raise ConnectionError
    server.take("ann", "2", 700)


def test_what_no_page_reads_is_let_go(server: Server) -> None:
    server.take("ann", "1", 700)
    server.now += UNREAD + 1
    server.take("ann", "2", 700)
    assert server.held == {("ann", "2")}


def test_a_folder_that_comes_for_minutes_is_whole_when_it_is_there(server: Server) -> None:
    for number in range(100):
        server.take("ann", str(number), 4)
        server.now += 1.5
    assert len(server.held) == 100
    with server.budget.taking("ann", ("ann", "large"), 60 * MEBIBYTE, 0):
        server.now += 2 * UNREAD
        server.take("bob", "1", 1)
    assert len(server.held) == 101
    server.now += UNREAD + 1
    server.take("bob", "2", 1)
    assert server.held == {("bob", "2")}


def test_what_a_page_has_taken_counts_until_it_is_read(server: Server) -> None:
    pages: set[Key] = set()
    server.budget.held = lambda: server.held | pages
    server.take("ann", "1", 500)
    server.held.clear()
    pages.add(("ann", "1"))  # and waits for its turn
    server.now += 10 * UNREAD
    with pytest.raises(ValueError, match="You have 524 MB here"):
        server.take("ann", "2", 500)
    pages.clear()
    server.take("ann", "2", 500)


def test_nothing_is_taken_where_the_disk_would_be_full(tmp_path: Path) -> None:
    budget = UploadBudget(tmp_path, set, lambda key: None)
    with (
        pytest.MonkeyPatch.context() as patch,
        pytest.raises(ValueError, match="The disk of this server is nearly full"),
    ):
        patch.setattr(upload_budget.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 2**30}))
        with budget.taking("ann", ("ann", "1"), 1, 0):
            pass


def test_a_folder_is_as_large_as_what_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"12345")
    assert folder_bytes(tmp_path) - folder_bytes(tmp_path / "in") <= 2**16
    assert folder_bytes(tmp_path / "in") == 5
