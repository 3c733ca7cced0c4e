"""Thirty students at once: `python -m tests.benchmarks.classroom [--seconds 120] [--sessions 30] [--plain]`.

They come within ten seconds; then each changes something every three to ten seconds. It prints how long
the answers took, how long the server was deaf (`/_stcore/health`), what memory it took, and every answer that
was not the one that was asked for. `--plain` does the same with a plain Streamlit page of torchvision and
pytorch-grad-cam; `--address` asks a server that runs already.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from resnet_explorer.serving.processes import free_ports
from tests.benchmarks.class_students import KINDS, PHOTOS, SAMPLES, Photographer, Student, answer_to
from tests.benchmarks.timing import Row
from tests.e2e.conftest import running_app, wait_for_health
from tests.places import ROOT

ARRIVAL = 10.0
"""Seconds in which all come."""
PAUSE = (3.0, 10.0)
"""Seconds between two changes of one student."""
PLAIN_PAGE = Path(__file__).with_name("plain_page.py")
MEBIBYTE = 2**20


@dataclass
class Result:
    """What was measured, in seconds and bytes."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    health: list[float] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    processor: float = 0.0
    """Seconds that the server worked once all were there."""

    def __str__(self) -> str:
        lines = [f"{'':22}{'n':>6}{'p50':>9}{'p95':>9}{'longest':>9}"]
        for name, taken in self.times.items():
            figures = (share(taken, 0.5), share(taken, 0.95), max(taken))
            lines.append(f"{name:22}{len(taken):6}" + "".join(f"{each:7.2f} s" for each in figures))
        memory = ", ".join(f"{name} {taken / MEBIBYTE:,.0f} MiB" for name, taken in self.memory.items())
        lines += [f"health: longest {max(self.health):.2f} s of {len(self.health)}", f"memory: {memory}"]
        answers = sum(map(len, self.times.values())) - len(self.times["first visit"])
        if self.processor:
            each = f"{self.processor / answers:.2f} s each"
            lines.append(f"processor: {self.processor:.0f} s for {answers} answers, {each}")
        lines += [f"wrong answers: {len(self.wrong)}", *self.wrong[:10]]
        return "\n".join(lines)


def share(values: Sequence[float], quantile: float) -> float:
    """The value that this share of them is not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(quantile * (len(ordered) - 1)))]


async def load(
    address: str, kind: str, sessions: int, seconds: float, process: psutil.Process | None = None
) -> Result:
    """Let a class work.

    Args:
        address: of the server.
        kind: "app", or "plain" for the plain page.
        sessions: students.
        seconds: that they work once all are there.
        process: of the server, where its memory is to be told.
    """
    result = Result()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2 * sessions + 2))
    students = [KINDS[kind][n % 3](address, n, result.wrong) for n in range(sessions)]
    watch = asyncio.create_task(_watch(address, result.health))
    all_here = asyncio.Barrier(sessions + 1)
    working = [asyncio.create_task(_work(each, sessions, seconds, all_here, result)) for each in students]
    await all_here.wait()
    result.memory["all here"], worked = _memory(process), _worked(process)
    await asyncio.sleep(seconds / 2)
    result.memory["half way"] = _memory(process)
    await asyncio.gather(*working)
    result.memory["at the end"], result.processor = _memory(process), _worked(process) - worked
    watch.cancel()
    return result


async def _work(
    student: Student, sessions: int, seconds: float, all_here: asyncio.Barrier, result: Result
) -> None:
    async with student.visitor:
        await asyncio.sleep(student.number * ARRIVAL / sessions)
        start = time.perf_counter()
        try:
            await student.visitor.load()
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


async def _watch(address: str, health: list[float]) -> None:
    def ask() -> float:
        start = time.perf_counter()
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=120) as answer:
            answer.read()
        return time.perf_counter() - start

    while True:
        health.append(await asyncio.to_thread(ask))
        await asyncio.sleep(0.2)


def _memory(process: psutil.Process | None) -> int:
    """Bytes that a server and what it started hold."""
    if process is None:
        return 0
    family = [process, *process.children(recursive=True)]
    return sum(each.memory_info().rss for each in family)


def _worked(process: psutil.Process | None) -> float:
    """Seconds of processors that a server used so far."""
    return sum(process.cpu_times()[:2]) if process else 0.0


@contextmanager
def serving(kind: str) -> Iterator[tuple[str, psutil.Process]]:
    """A server for a class, or one of the plain page: its address and its process."""
    if kind == "plain":
        with running_app(PLAIN_PAGE) as address:
            port = int(address.rpartition(":")[2])
            (process,) = (
                each for each in psutil.Process().children() if f"--server.port={port}" in each.cmdline()
            )
            yield address, process
        return
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "resnet_explorer", "serve", "--class", f"--port={port}"]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"RESNET_EXPLORER_HOME": home}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            address = f"http://localhost:{port}"
            wait_for_health(address)
            yield address, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)


def measured(kind: str, sessions: int, seconds: float, address: str = "") -> Result:
    """Start a server, unless there is one, and let a class work on it."""
    if kind == "app":
        for number in range(sessions):
            if KINDS[kind][number % 3] is Photographer:
                for which in range(-SAMPLES, PHOTOS):
                    answer_to(number, which)  # known before anything is measured
    if address:
        return asyncio.run(load(address, kind, sessions, seconds))
    with serving(kind) as (own, process):
        return asyncio.run(load(own, kind, sessions, seconds, process))


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
    parser.add_argument("--plain", action="store_true", help="the plain page instead of the app")
    parser.add_argument("--address", default="", help="of a server that runs already")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    result = measured("plain" if asked.plain else "app", asked.sessions, asked.seconds, asked.address)
    print(result)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
