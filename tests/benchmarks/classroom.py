"""Thirty students at once: `python -m tests.benchmarks.classroom [--seconds 120] [--sessions 30]`.

They come within ten seconds; then each changes something every three to ten seconds. It prints how long
the answers took, how long the server was deaf (`/_stcore/health`), what memory it took, and every answer that
was not the one that was asked for. `--votes`: every third student votes on a question of a lesson, whose
page looks again every two seconds, and so does the teacher's. `--processes` starts so many. `--plain` does
the same with a plain Streamlit page of torchvision and pytorch-grad-cam. `--address` asks a server that runs
already; where there are votes, `--teacher` tells the teacher's link.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from resnet_explorer.serving.classroom import STUDENT
from tests.benchmarks.class_students import (
    KINDS,
    PHOTOS,
    SAMPLES,
    Photographer,
    Student,
    Teacher,
    Voter,
    answer_to,
)
from tests.benchmarks.timing import Row
from tests.e2e.conftest import class_server, running_app

ARRIVAL = 10.0
"""Seconds in which all come."""
PAUSE = (3.0, 10.0)
"""Seconds between two changes of one student."""
PLAIN_PAGE = Path(__file__).with_name("plain_page.py")
EVERY = 15.0
"""Seconds between two looks at the server's memory."""
MEBIBYTE = 2**20
ASKERS = tuple(f"{number}" * 20 for number in range(8))
"""Names of browsers that ask whether the server is well: each process has some of them, all but surely."""


UNASKED = ("first visit", "looked again by itself")
"""What is no answer to a change."""


@dataclass
class Result:
    """What was measured, in seconds and bytes."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    health: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    """From the moment when all were there, every `EVERY` seconds, and at the end."""
    processes: Counter[str] = field(default_factory=Counter)
    """How many students were with each."""
    wrong: list[str] = field(default_factory=list)
    processor: float = 0.0
    """Seconds that the server worked once all were there."""

    def __str__(self) -> str:
        lines = [f"{'':22}{'n':>6}{'p50':>9}{'p95':>9}{'longest':>9}"]
        for name, taken in self.times.items():
            figures = (share(taken, 0.5), share(taken, 0.95), max(taken))
            lines.append(f"{name:22}{len(taken):6}" + "".join(f"{each:7.2f} s" for each in figures))
        lines.append(f"health: longest {max(self.health):.2f} s of {len(self.health)}")
        memory = ", ".join(f"{taken / MEBIBYTE:,.0f}" for taken in self.memory)
        lines.append(f"memory, MiB, all here, then every {EVERY:.0f} s, at the end: {memory}")
        if len(self.processes) > 1:
            lines.append(f"students of each process: {', '.join(map(str, self.processes.values()))}")
        answers = sum(len(taken) for name, taken in self.times.items() if name not in UNASKED)
        if self.processor:
            each = f"{self.processor / answers:.2f} s each"
            lines.append(f"processor: {self.processor:.0f} s for {answers} answers, {each}")
        lines += [f"wrong answers: {len(self.wrong)}", *self.wrong[:10]]
        return "\n".join(lines)


def share(values: Sequence[float], quantile: float) -> float:
    """The value that this share of them is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(quantile * (len(ordered) - 1)))]


@dataclass(frozen=True)
class Server:
    """Who is asked.

    Attributes:
        address: of its root.
        teacher: the path of the teacher's link; "" where nobody teaches.
        process: of it, where its memory is to be told.
    """

    address: str
    teacher: str = ""
    process: psutil.Process | None = None


async def load(server: Server, kind: str, sessions: int, seconds: float) -> Result:
    """Let a class work.

    Args:
        server: for it.
        kind: "app", "votes" with a question to the class, or "plain" for the plain page.
        sessions: students.
        seconds: that they work once all are there.
    """
    result, voted = Result(), set[int]()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * sessions + 2))
    students: list[Student] = [
        KINDS[kind][n % 3](server.address, n, result.wrong, voted) for n in range(sessions)
    ]
    if kind == "votes":
        voters = sum(isinstance(each, Voter) for each in students)
        students.append(
            Teacher(server.address, sessions, result.wrong, voted, link=server.teacher, voters=voters)
        )
    watch = asyncio.create_task(_watch(server.address, result.health))
    all_here = asyncio.Barrier(len(students) + 1)
    working = [asyncio.create_task(_work(each, sessions, seconds, all_here, result)) for each in students]
    await all_here.wait()
    worked, look = _worked(server.process), asyncio.create_task(_watch_memory(server.process, result.memory))
    await asyncio.gather(*working)
    look.cancel()
    result.memory.append(_memory(server.process))
    result.processor = _worked(server.process) - worked
    watch.cancel()
    return result


async def _work(
    student: Student, sessions: int, seconds: float, all_here: asyncio.Barrier, result: Result
) -> None:
    async with student.visitor:
        await asyncio.sleep(student.number * ARRIVAL / sessions)
        start = time.perf_counter()
        try:
            await student.load()
            await student.come()
            result.times["first visit"].append(time.perf_counter() - start)
        except Exception as trouble:
            result.wrong.append(f"student {student.number} did not get in: {trouble!r}")
        await all_here.wait()
        end = time.monotonic() + seconds
        while True:
            pause = student.chance.uniform(*PAUSE)
            if time.monotonic() + pause > end:
                break
            await asyncio.sleep(pause)
            try:
                name, taken = await student.act()
                result.times[name].append(taken)
            except Exception as trouble:
                result.wrong.append(f"student {student.number}: {trouble!r}")
        result.times["looked again by itself"] += student.visitor.polls
        result.processes.update(student.visitor.processes)


async def _watch(address: str, health: list[float]) -> None:
    for name in cycle(ASKERS):
        health.append(await asyncio.to_thread(_ask_health, address, name))
        await asyncio.sleep(0.2)


def _ask_health(address: str, name: str) -> float:
    """Seconds that a server takes to say to a browser of that name that it is well."""
    start = time.perf_counter()
    asked = urllib.request.Request(f"{address}/_stcore/health", headers={"Cookie": f"{STUDENT}={name}"})
    with urllib.request.urlopen(asked, timeout=120) as answer:
        answer.read()
    return time.perf_counter() - start


async def _watch_memory(process: psutil.Process | None, memory: list[int]) -> None:
    while True:
        memory.append(_memory(process))
        await asyncio.sleep(EVERY)


def _memory(process: psutil.Process | None) -> int:
    """Bytes that a server and what it started hold."""
    return sum(each.memory_info().rss for each in _family(process))


def _worked(process: psutil.Process | None) -> float:
    """Seconds of processors that a server and what it started used so far."""
    return sum(sum(each.cpu_times()[:2]) for each in _family(process))


def _family(process: psutil.Process | None) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)] if process else []


@contextmanager
def serving(kind: str, processes: int = 1) -> Iterator[Server]:
    """A server for a class, or one of the plain page."""
    if kind == "plain":
        with running_app(PLAIN_PAGE) as address:
            port = int(address.rpartition(":")[2])
            (process,) = (
                each for each in psutil.Process().children() if f"--server.port={port}" in each.cmdline()
            )
            yield Server(address, process=process)
        return
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESNET_EXPLORER_HOME", home)
        with class_server(Path(home) / "printed.txt", options=[f"--processes={processes}"]) as served:
            address, teacher, own = served
            for name in ASKERS:
                while not _is_well(address, name):
                    time.sleep(0.2)
            yield Server(address, teacher, psutil.Process(own.pid))


def _is_well(address: str, name: str) -> bool:
    try:
        _ask_health(address, name)
    except OSError:  # that process is being started
        return False
    return True


def measured(
    kind: str, sessions: int, seconds: float, server: Server | None = None, processes: int = 1
) -> Result:
    """Start a server, unless there is one, and let a class work on it."""
    if kind != "plain":
        for number in range(sessions):
            if KINDS[kind][number % 3] is Photographer:
                for which in range(-SAMPLES, PHOTOS):
                    answer_to(number, which)  # known before anything is measured
    if server:
        return asyncio.run(load(server, kind, sessions, seconds))
    with serving(kind, processes) as own:
        return asyncio.run(load(own, kind, sessions, seconds))


def rows() -> Iterator[Row]:
    """Ours beside the plain page: the slowest twentieth of each."""
    ours, theirs = measured("app", 30, 120), measured("plain", 30, 120)
    print(f"ours\n{ours}\nplain\n{theirs}", file=sys.stderr)
    for name, aim in (("architecture", "≤ 1 s"), ("another photo", "≤ 3 s"), ("another class", "≤ 3 s")):
        yield Row(
            f"thirty at once, {name}, p95",
            1000 * share(ours.times[name], 0.95),
            "the plain page",
            1000 * share(theirs.times[name], 0.95),
            aim,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--votes", action="store_true", help="with a question to the class")
    parser.add_argument("--processes", type=int, default=1, help="of the server that is started")
    parser.add_argument("--plain", action="store_true", help="the plain page instead of the app")
    parser.add_argument("--address", default="", help="of a server that runs already")
    parser.add_argument("--teacher", default="", help="the secret link that this server printed")
    asked = parser.parse_args()
    if asked.votes and asked.address and not asked.teacher:
        parser.error("votes on a server that runs already need the link of its --teacher")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    server = Server(asked.address, urlsplit(asked.teacher).path) if asked.address else None
    kind = "plain" if asked.plain else "votes" if asked.votes else "app"
    result = measured(kind, asked.sessions, asked.seconds, server, asked.processes)
    print(result)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
