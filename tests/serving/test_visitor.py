"""Who asks is known also while a connection is broken."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime import context as streamlit_context

from resnet_explorer.serving.classroom import STUDENT, TEACHER, Classroom
from resnet_explorer.ui.serving import visitor


class Connections:
    """A server that knows of each session what its browser sent, as long as it is connected."""

    def __init__(self) -> None:
        self.asking = ""
        self.cookies: dict[str, dict[str, str]] = {}

    def context(self, **_: object) -> SimpleNamespace:
        return SimpleNamespace(session_id=self.asking)

    def get_client(self, session: str) -> SimpleNamespace | None:
        cookies = self.cookies.get(session)
        return None if cookies is None else SimpleNamespace(client_context=SimpleNamespace(cookies=cookies))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Connections:
    server = Connections()
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    for module in (visitor, streamlit_context):
        monkeypatch.setattr(module, "get_script_run_ctx", server.context)
    visitor._kept.clear()
    return server


def test_a_phone_that_sleeps_while_its_file_is_read_finds_it_afterwards(
    server: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(tmp_path)
    monkeypatch.setattr(visitor, "classroom", lambda: room)
    server.asking, session = "session-of-ann-00", "session-of-ann-00"
    server.cookies[session] = {STUDENT: "ann-" * 5, "of another page": "x"}
    home = visitor.student_home()
    assert home == tmp_path / ("ann-" * 5)
    del server.cookies[session]
    assert (visitor.student_home(), visitor.browser_name()) == (home, "ann-" * 5)
    assert list(tmp_path.iterdir()) == [home]
    server.cookies[session] = {}
    assert visitor.browser_name() == session, "whoever has a connection is who it says"


def test_the_teacher_stays_the_teacher_and_nobody_else_becomes_it(
    server: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(tmp_path)
    monkeypatch.setattr(visitor, "classroom", lambda: room)
    monkeypatch.setattr(visitor, "MOST", 3)
    server.asking = "teacher"
    server.cookies["teacher"] = {TEACHER: room.teacher_cookie}
    assert visitor.role() == "teacher"
    del server.cookies["teacher"]
    assert (visitor.role(), visitor.student_home()) == ("teacher", None)
    server.asking = "somebody"
    assert visitor.role() == "student"
    for number in range(5):
        server.asking = f"session {number}"
        server.cookies[server.asking] = {STUDENT: "bob-" * 5}
        assert visitor.role() == "student"
    assert len(visitor._kept) == 3
