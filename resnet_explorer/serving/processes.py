"""Several processes that are kept running until a stop: the app's, and nginx before them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.os_error import os_error_as

POLL: Final = 0.2
"""Seconds between two looks at the processes."""
QUICK: Final = 20.0
"""Seconds after which a process that ends has worked for a while."""
TRIES: Final = 5
"""Quick ends in a row after which all are stopped."""
GRACE: Final = 10.0
"""Seconds that a process may take to stop before it is killed."""
_IS_LINUX: Final = sys.platform == "linux"
_ON_DEATH: Final = 1  # PR_SET_PDEATHSIG, <sys/prctl.h>


@dataclass
class KeptProcess:
    """A process that is started again when it ends.

    Attributes:
        name: for messages.
        command: that starts it.
        environment: of it, beside the one that is here.
        messages: a file for what it prints; unless told, only its errors are printed here.
        process: that runs, once it was started.
        started: when it last was, by the monotonic clock.
        quick_ends: that it came to in a row.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    messages: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_ends: int = 0

    def start(self) -> None:
        """Start it; it sees its standard input end when this process does, however that comes.

        Raises:
            ValueError: in one sentence, if it cannot be started.
        """
        with (
            os_error_as(msg("{name} could not be started: {reason}."), name=self.name),
            self.messages.open("ab") if self.messages else nullcontext() as messages,
        ):
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=messages or subprocess.DEVNULL,
                stderr=messages,
                env=os.environ | self.environment,
                start_new_session=True,  # a Ctrl-C is for this process, which stops the others
                preexec_fn=_end_with_parent if _IS_LINUX else None,  # noqa: PLW1509 (no thread is here)
            )
        self.started = time.monotonic()

    def revive(self) -> None:
        """Start it again, if it has ended.

        Raises:
            ValueError: in one sentence, if it ends again and again.
        """
        if self.process is None or self.process.poll() is None:
            return
        was_quick = time.monotonic() - self.started < QUICK
        self.quick_ends = self.quick_ends + 1 if was_quick else 0
        if self.quick_ends >= TRIES:
            raise ValueError(
                t("{name} ended {tries} times soon after its start, and is given up{last_words}.").format(
                    name=self.name, tries=TRIES, last_words=self._last_words()
                )
            )
        self._close()
        self.start()

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        """Wait until it has stopped, and kill it after a while."""
        if self.process is None:
            return
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._close()

    def _last_words(self) -> str:
        """The last line that it printed, if that is kept."""
        if self.messages is None:
            return ""
        lines = self.messages.read_text(encoding="utf-8", errors="replace").split("\n")
        return f": {next(filter(None, reversed(lines)), 'it said nothing')}"

    def _close(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


def keep_running(processes: Sequence[KeptProcess]) -> None:
    """Start processes, and start again those that end, until an exception: a Ctrl-C, a stop.

    Raises:
        ValueError: in one sentence, if one cannot be started, or ends again and again.
    """
    try:
        for each in processes:
            each.start()
        while True:
            time.sleep(POLL)
            for each in processes:
                each.revive()
    finally:
        for each in reversed(processes):  # nginx first, so that nobody is led to a process that is gone
            each.stop()
        for each in processes:
            each.wait()


def check_port(address: str, port: int) -> None:
    """Refuse a port that cannot be listened on.

    Raises:
        ValueError: in one sentence.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    words = msg("{address}:{port} cannot be listened on ({reason}); another one is chosen by --port.")
    with (
        os_error_as(words, address=address, port=port),
        socket.socket(family, socket.SOCK_STREAM) as probe,
    ):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody has now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _end_with_parent() -> None:
    """In a new process, before its program: have it stopped by the system when this one is killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_ON_DEATH, signal.SIGTERM)
