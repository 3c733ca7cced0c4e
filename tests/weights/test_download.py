"""The whole path from an address to a file, against a real server on this machine."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from resnet_explorer.weights import download
from resnet_explorer.weights.download import CHUNK, fetch, is_reachable
from tests.http_server import LocalServer, complete, cut_off, local_server, silent, status

CONTENT = bytes(range(256)) * (3 * CHUNK // 256) + b"the end"
NAME = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as running:
        yield running


def refusal(url: str, folder: Path, **options: float) -> str:
    with pytest.raises(ValueError) as caught:
        fetch(url, folder, **options)
    message = str(caught.value)
    assert message.count(". ") == 0, "one sentence"
    assert all(part in message for part in (url.rpartition("/")[2], url, str(folder))), message
    return message


def test_a_whole_file_is_kept_and_fetched_once(server: LocalServer, tmp_path: Path) -> None:
    url = server.serve(NAME, complete(CONTENT))
    told: list[tuple[int, int]] = []
    path = fetch(url, tmp_path / "new" / "folder", lambda *counts: told.append(counts))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) >= 4, "progress comes piece by piece"
    assert fetch(url, path.parent) == path
    assert server.asked == [f"/{NAME}"], "the second time nothing is asked"
    assert [file.name for file in path.parent.iterdir()] == [NAME]


def test_a_download_that_breaks_off_leaves_nothing(server: LocalServer, tmp_path: Path) -> None:
    url = server.serve(NAME, cut_off(CONTENT, len(CONTENT) // 2))
    half = len(CONTENT) // 2
    assert f"broke off after {half:,} of {len(CONTENT):,} bytes" in refusal(url, tmp_path)
    assert not list(tmp_path.iterdir())
    server.serve(NAME, complete(CONTENT))
    assert fetch(url, tmp_path).read_bytes() == CONTENT, "the next try starts afresh"


def test_another_file_than_the_published_leaves_nothing(server: LocalServer, tmp_path: Path) -> None:
    url = server.serve(NAME, complete(b"<html>Please log in to the hotel's network</html>"))
    message = refusal(url, tmp_path)
    assert "not the published file" in message and NAME[4:12] in message
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_leaves_nothing(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "whole_or_nothing", lambda _: nullcontext(Path("/dev/full")))
    assert refusal(server.serve(NAME, complete(CONTENT)), tmp_path).startswith("The disk is full; put ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("code", "words"), [(404, "404 (Not Found)"), (503, "503 (Service Unavailable)")])
def test_the_servers_refusal_is_told(server: LocalServer, tmp_path: Path, code: int, words: str) -> None:
    assert words in refusal(server.serve(NAME, status(code)), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_silent_server(server: LocalServer, tmp_path: Path) -> None:
    assert "did not answer in time" in refusal(server.serve(NAME, silent(60)), tmp_path, timeout=0.2)
    assert not list(tmp_path.iterdir())


def test_no_network(tmp_path: Path) -> None:
    with socket.socket() as closed:  # bound and not listening: whoever connects is turned away
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/{NAME}"
        assert "cannot be reached (Connection refused)" in refusal(url, tmp_path)
    assert not list(tmp_path.iterdir())


def test_no_such_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # the networks of some answer for any name
    sentence = refusal(f"http://no-such-host.invalid/{NAME}", tmp_path)
    assert "no-such-host.invalid cannot be reached (Name or service not known)" in sentence


def test_a_folder_that_is_a_file(server: LocalServer, tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.touch()
    assert "cannot be kept there" in refusal(server.serve(NAME, complete(CONTENT)), folder)


def test_a_damaged_file_that_is_there_is_named_and_not_touched(server: LocalServer, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(CONTENT[:-1])
    assert "is damaged" in refusal(server.serve(NAME, complete(CONTENT)), tmp_path)
    assert (tmp_path / NAME).read_bytes() == CONTENT[:-1]
    assert server.asked == []


def test_stopping_it_leaves_nothing(server: LocalServer, tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        fetch(server.serve(NAME, complete(CONTENT)), tmp_path, stop)
    assert not list(tmp_path.iterdir())


def test_a_name_without_a_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not end in the first digits of a sha256"):
        fetch("http://127.0.0.1:1/resnet18.pth", tmp_path)


def test_a_server_that_answers_anything_is_reachable_and_one_that_does_not_costs_no_more_than_the_limit(
    server: LocalServer,
) -> None:
    assert is_reachable(server.url, timeout=60), "it does not know HEAD, and says so"
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{mute.getsockname()[1]}"
        assert not is_reachable(address), "nobody listens"
        mute.listen()
        assert not is_reachable(address, timeout=0.3), "it listens, and says nothing"
