"""Several processes behind nginx: who stays with which, what a kill costs, and what is refused."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from resnet_explorer.cli import main
from resnet_explorer.serving.classroom import STUDENT, TEACHER
from resnet_explorer.serving.nginx import nginx_program
from resnet_explorer.serving.processes import KeptProcess, check_port, free_ports, keep_running
from tests.http_server import local_server
from tests.places import ROOT
from tests.waiting import wait_until

HEALTH = "/_stcore/health"


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Tests that run in the background of a shell ignore it, and what they start would, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Visitor:
    """A browser, as far as cookies go."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def ask(self, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, headers=headers | ({"Cookie": said} if said else {}))
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("set-cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer

    def process(self, path: str = HEALTH) -> str | None:
        """Which process answers."""
        return self.ask(path).headers["Process"]

    def socket(self) -> str:
        """Which process has the other end of a websocket, as the page opens it."""
        answer = self.ask(
            "/_stcore/stream",
            **{
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "Sec-WebSocket-Protocol": "streamlit",
                "Origin": f"http://127.0.0.1:{self.port}",
            },
        )
        assert answer.status == 101
        return str(answer.headers["Process"])


class Server:
    """`serve --class --processes 2`."""

    def __init__(self, folder: Path) -> None:
        self.folder, (self.port,) = folder, free_ports(1)
        self.printed = folder / "printed.txt"
        folder.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "resnet_explorer", "serve", "--class", "--processes=2"]
        command += [f"--port={self.port}", "--address=127.0.0.1"]
        told = {"PYTHONUNBUFFERED": "1", "RESNET_EXPLORER_HOME": str(self.folder / "home")}
        with self.printed.open("w") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | told,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        wait_until(self.is_whole)

    def is_whole(self) -> bool:
        """Whether both processes answer."""
        assert self.process.poll() is None, self.printed.read_text()
        try:
            for number in range(24):  # of each process some, all but surely
                visitor = Visitor(self.port)
                visitor.cookies[STUDENT] = f"{number}" * 20
                if visitor.ask(HEALTH).status != 200:
                    return False
        except OSError:
            return False
        return True

    def visitor_of(self, *others: Visitor) -> Visitor:
        """A visitor of a process that none of the others is with."""
        taken = {other.process() for other in others}
        while True:
            visitor = Visitor(self.port)
            visitor.ask("/")
            if visitor.process() not in taken:
                return visitor

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def listening(self, process: str | None) -> psutil.Process:
        """The one that listens at an address."""
        (found,) = [
            child
            for child in self.children()
            for each in child.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and f"{each.laddr.ip}:{each.laddr.port}" == process
        ]
        return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        nginx_program()
    except ValueError:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    server = Server(tmp_path_factory.mktemp("class"))
    yield server
    server.process.kill()
    server.process.wait(60)


@pytest.mark.slow
def test_two_visitors_stay_where_they_are_and_the_cookie_alone_leads_them(server: Server) -> None:
    one = server.visitor_of()
    other = server.visitor_of(one)
    for visitor in (one, other):
        paths = (
            HEALTH,
            "/",
            "/train?tn_view=new",
            "/_stcore/host-config",
            "/media/none.png",
            "/component/none/x",
        )
        processes = {visitor.process(path) for path in paths} | {visitor.socket()}
        processes.add(visitor.ask("/_stcore/upload_file/none/none", "PUT").headers["Process"])
        assert processes == {visitor.process()}
        far = {visitor.ask(HEALTH, **{"X-Forwarded-For": f"10.0.0.{n}"}).headers["Process"] for n in range(9)}
        assert far == {visitor.process()}, "an address leads nowhere"
    assert one.process() != other.process()
    assert len({Visitor(server.port).process() for _ in range(9)}) == 1, "who takes no cookies stays, too"


def test_nginx_gives_out_the_files_of_the_page_itself(server: Server) -> None:
    visitor = Visitor(server.port)
    page = visitor.ask("/")
    assert page.status == 200
    import streamlit

    folder = Path(streamlit.__file__).parent
    script = next((folder / "static" / "static" / "js").glob("*.js"))
    answer = visitor.ask(f"/static/js/{script.name}")
    assert answer.status == 200 and answer.headers["Process"] is None
    assert answer.headers["Content-Type"] == "text/javascript"
    assert visitor.ask("/static/../../class.json").status in (400, 404)
    assert visitor.ask("/static/%2e%2e/%2e%2e/class.json").status in (400, 404)


def test_the_teachers_cookie_is_one_for_both(server: Server) -> None:
    secret = re.search(r"/teach/\S+", server.printed.read_text())
    assert secret
    one = server.visitor_of()
    other = server.visitor_of(one)
    for visitor in (one, other):
        before = visitor.process()
        answer = visitor.ask(secret.group())
        assert (answer.status, answer.headers["location"]) == (303, "/")
        assert visitor.process() == before, "the teacher stays where he is"
        assert visitor.ask(f"{secret.group()}x").status == 404
    assert one.cookies[TEACHER] == other.cookies[TEACHER]


@pytest.mark.slow
def test_a_killed_process_is_started_again_for_its_visitors_and_the_others_go_on(server: Server) -> None:
    one = server.visitor_of()
    other = server.visitor_of(one)
    process = one.process()
    killed = server.listening(process)
    killed.kill()
    killed.wait(60)
    assert one.ask("/train").status in (200, 502), "whether it listens again already"
    assert other.ask(HEALTH).status == 200
    wait_until(lambda: one.ask(HEALTH).status == 200)
    assert one.process() == process
    assert server.listening(process).pid != killed.pid


@pytest.mark.slow
def test_nothing_stays_behind_after_a_stop_and_a_crash_is_taken_up(server: Server) -> None:
    secret, home = re.search(r"/teach/\S+", server.printed.read_text()), server.folder / "home"
    assert secret
    children = server.children()
    assert len(children) >= 4, "two of the app, nginx and its worker"
    server.process.kill()  # not one of them is told
    _, alive = psutil.wait_procs(children, 120)
    assert not alive
    student = home / "class" / "students" / ("s" * 20)
    student.mkdir()
    server.start()
    assert secret.group() in server.printed.read_text(), "the teacher's link is that of before"
    assert student.is_dir(), "and what students have is there"
    children = server.children()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(60) == 0
    _, alive = psutil.wait_procs(children, 120)
    assert not alive
    assert not (home / "class").exists()
    assert "Traceback" not in server.printed.read_text()


def test_the_nginx_of_a_lecture_hall_keeps_its_visitors(tmp_path: Path) -> None:
    try:
        program = nginx_program()
    except ValueError:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    (said,) = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "serving.md").read_text(), re.DOTALL)
    with local_server() as one, local_server() as other:
        port, *_ = free_ports(1)
        machines = "".join(f"server {each.url.removeprefix('http://')} max_fails=0;" for each in (one, other))
        said, count = re.subn(r"(server [\d.:]+ max_fails=0;\s*)+", machines, said)
        assert count == 1
        (tmp_path / "hall.conf").write_text(said.replace("listen 8500;", f"listen 127.0.0.1:{port};"))
        nginx = subprocess.Popen([program, "-p", tmp_path, "-c", "hall.conf"], stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
            for number in range(12):
                visitor = Visitor(port)
                visitor.cookies[STUDENT] = f"{number}" * 20
                for _ in range(3):
                    visitor.ask(f"/{number}")
        finally:
            nginx.terminate()
            nginx.wait(60)
        assert {one.asked.count(f"/{number}") for number in range(12)} == {0, 3}
        assert all(one.asked.count(path) + other.asked.count(path) == 3 for path in one.asked + other.asked)


def test_without_nginx_a_sentence_says_how_to_get_it(
    temporary_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert main(["serve", "--class", "--processes", "2"]) == 1
    assert "apt-get install nginx-light" in capsys.readouterr().err
    assert not (temporary_home / "class").exists()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ValueError, match=rf"^127\.0\.0\.1:{port} cannot be listened on \(Address already"
        ):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.slow
def test_what_ends_again_and_again_is_given_up_and_the_others_are_stopped(tmp_path: Path) -> None:
    stays = KeptProcess("The app", [sys.executable, "-c", "import time; time.sleep(600)"])
    fails = KeptProcess("nginx", ["sh", "-c", "echo no such port >&2; exit 1"], messages=tmp_path / "said")
    with pytest.raises(ValueError, match=r"^nginx ended 5 times soon after .*given up: no such port\.$"):
        keep_running([stays, fails])
    assert stays.process is not None and stays.process.returncode == -signal.SIGTERM
