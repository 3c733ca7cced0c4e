"""Uploads on their way to Streamlit: one that breaks off holds nothing, and the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from resnet_explorer.serving import upload_budget
from resnet_explorer.serving.classroom import STUDENT, Classroom
from resnet_explorer.serving.upload_budget import LARGEST, MEBIBYTE, SERVER_BYTES, server_share
from resnet_explorer.ui.serving import upload_limits
from resnet_explorer.ui.serving.upload_limits import PATH, LimitsUploads
from tests.benchmarks.streamlit_client import Visitor
from tests.e2e.conftest import class_server
from tests.photos.files import file_of, scene

ANN = "ann-" * 5
GONE: Message = {"type": "http.disconnect"}


def part(content: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.request", "body": content, "more_body": not is_last}


async def takes_all(scope: Scope, receive: Receive, send: Send) -> None:
    """What Streamlit does with an upload, as far as it counts here."""
    await Request(scope, receive).body()
    await Response(status_code=204)(scope, receive, send)


@pytest.fixture
def limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LimitsUploads:
    monkeypatch.setattr(upload_limits, "_files", lambda: None)
    monkeypatch.setattr(upload_budget, "FREE_BYTES", 0)
    return LimitsUploads(takes_all, Classroom(tmp_path), SERVER_BYTES)


def ran(work: Coroutine[None, None, None]) -> None:
    """Run it to its end in a thread of its own: after a browser's test, this one has a loop already."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(asyncio.run, work).result()


def put(
    limits: LimitsUploads, claimed: int, parts: Sequence[Message], language: str = "en"
) -> tuple[int, str]:
    """Upload what comes in parts, which may be fewer than were said; the status, and what is said."""
    left, said = list(parts), list[Message]()
    headers = {"content-length": str(claimed), "cookie": f"{STUDENT}={ANN}", "accept-language": language}

    async def receive() -> Message:
        return left.pop(0) if left else await asyncio.Future()

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"{PATH}session/file",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    ran(limits(scope, receive, send))
    return said[0]["status"], b"".join(each.get("body", b"") for each in said).decode()


def test_what_breaks_off_or_stalls_is_let_go(limits: LimitsUploads, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = 700 * MEBIBYTE
    assert put(limits, claimed, [part(b"half"), GONE])[0] == 408
    monkeypatch.setattr(upload_limits, "SILENCE", 0.05)
    assert put(limits, claimed, [part(b"half")])[0] == 408
    assert put(limits, claimed, [part(b"whole", is_last=True)])[0] == 204, "neither counts any more"


def test_more_than_was_said_is_not_taken(limits: LimitsUploads) -> None:
    assert put(limits, 4, [part(b"four"), part(b"!", is_last=True)])[0] == 408


def test_a_refusal_is_in_the_language_of_the_page(limits: LimitsUploads) -> None:
    assert put(limits, 900_000_000, [], "en") == (
        413,
        "You have 0 B here, this file has 900 MB, and 805 MB are allowed.",
    )
    assert "最多允许 805 MB" in put(limits, 900_000_000, [], "zh-CN")[1]


def test_several_processes_share_what_the_server_holds() -> None:
    assert [server_share(count) // MEBIBYTE for count in (1, 2, 3, 8)] == [1536, 768, 513, 513]
    assert LARGEST > 512 * MEBIBYTE, "each takes the largest file, whoever comes to it"


@pytest.mark.slow
def test_a_torn_upload_costs_nobody_anything(temporary_home: Path, tmp_path: Path) -> None:
    photo = file_of(scene(1))

    async def two_students(address: str) -> None:
        async with Visitor(address) as ann, Visitor(address) as bob:
            await ann.open("predict")
            await bob.open("predict")
            for _ in range(4):  # 2 GB are claimed, and a few bytes of them come
                place = await ann.place_for("torn.jpg")
                await asyncio.to_thread(ann.break_off, place.upload_url, "torn.jpg", 500_000_000)
            await bob.upload("p_dropped", "bobs.jpg", photo)
            assert "bobs.jpg" in bob.screen.component_data("p_answer_picture")
            await ann.upload("p_dropped", "anns.jpg", photo)
            assert "anns.jpg" in ann.screen.component_data("p_answer_picture")
            assert not ann.screen.exceptions + bob.screen.exceptions

    with class_server(tmp_path / "printed.txt") as (address, _, _):
        ran(two_students(address))
    assert "Traceback" not in (tmp_path / "printed.txt").read_text()
