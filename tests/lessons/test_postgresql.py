"""A class's answers in a real PostgreSQL: several processes, a restart, one vote of each browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from resnet_explorer.lessons import database
from resnet_explorer.lessons.lesson import Question
from resnet_explorer.lessons.open_step import open_step, set_open_step
from resnet_explorer.lessons.votes import Asked, counts, is_told, tell, vote
from tests.places import ROOT

pytestmark = pytest.mark.slow

ASKED = Asked("paper", Question("Which?", ("this", "that", "none"), frozenset({1})))
VOTES = """
import sys
from tests.lessons.test_postgresql import ASKED, vote
first, last = map(int, sys.argv[1:])
for choice in (0, 1):
    for number in range(first, last):
        vote(ASKED, f"student {number}", choice)
"""
PATIENCE = 120  # seconds, on a busy machine


class Server:
    """A server of this test's own, on a socket in a folder of its own.

    It refuses to run as root; Debian's package has a user for it.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)
        self.run("initdb", "--auth=trust", "--username=teacher", "--encoding=UTF8", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://teacher@/postgres?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        subprocess.run(
            command, user=self.user, cwd=self.folder, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL
        )

    def start(self) -> None:
        options = f"-c listen_addresses= -c fsync=off -k {self.folder}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-w", f"-t{PATIENCE}", "-o", options, "-l", log, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", f"-t{PATIENCE}", "-m", "fast", "stop")


def programs() -> Path | None:
    """Where Debian's package, or somebody else, has put the server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    path = shutil.which("initdb")
    return found[-1].parent if found else Path(path).parent if path else None


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    there = programs()
    if there is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("no PostgreSQL is installed: apt-get install postgresql")
        pytest.skip("no PostgreSQL is installed")
    with tempfile.TemporaryDirectory(prefix="votes-") as folder:  # pytest's own is for its user alone
        server = Server(there, Path(folder))
        server.start()
        monkeypatch.setenv(database.URL, server.url)
        yield server
        database.engine.cache_clear()
        server.stop()


def test_processes_vote_at_once_and_a_restart_loses_nothing(server: Server) -> None:
    command = [sys.executable, "-c", VOTES]
    # Both make the tables, and half of the students vote by both.
    voting = [subprocess.Popen([*command, *part], cwd=ROOT) for part in (("0", "20"), ("10", "30"))]
    assert [process.wait(PATIENCE) for process in voting] == [0, 0]
    assert sum(counts(ASKED)) == 30, "a browser has one vote"
    vote(ASKED, "student 0", 2)
    assert counts(ASKED)[2] == 1
    tell(ASKED)
    set_open_step(("paper", 3))
    before = counts(ASKED)

    server.stop()
    with pytest.raises(ValueError, match="cannot be reached at this moment"):
        counts(ASKED)
    server.start()
    assert (counts(ASKED), is_told(ASKED), open_step()) == (before, True, ("paper", 3))
    with pytest.raises(ValueError, match="told already"):
        vote(ASKED, "student 1", 0)
