"""Runs in processes of their own: they go on when the page, or the whole app, is closed.

`python -m resnet_explorer.finetune.runs.worker_process FOLDER` is such a process. It knows all it needs from
the folder, so that a run that was cut off is taken up by the same call.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from resnet_explorer.common.i18n import VARIABLE, language, msg, t
from resnet_explorer.common.os_error import NOT_WRITABLE, os_error_as
from resnet_explorer.common.user_folder import home
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.queue import is_locked, starting
from resnet_explorer.finetune.runs.status import ALIVE, STOP, StatusWriter, read_status
from resnet_explorer.finetune.runs.store import RunEntry, find_run, new_folder, runs
from resnet_explorer.finetune.training.run_config import RunConfig

MESSAGES: Final = "messages.txt"
"""What the process had to say that nobody read: for who looks for the cause of a crash."""
NICE: Final = int(os.environ.get("RESNET_EXPLORER_NICE") or 10)
"""How far the run stands back for the app, on systems that know of it: beside a busy one it has a tenth.

The variable says another number: 0 for not at all, as tests need it that wait for a run.
"""
AUTOGROUP: Final = Path("/proc/self/autogroup")
"""Where Linux shares its processors among sessions first, a session's own say (sched(7))."""
STARTING: Final = 60.0
"""Seconds that a process may take until it is seen."""


def begin(config: RunConfig) -> str:
    """Start a run.

    Returns:
        Its key.

    Raises:
        ValueError: if its folder cannot be made.
    """
    folder = new_folder(config.label)
    config.write(folder)
    _start(folder)
    return folder.name


def go_on(key: str, epochs: int | None = None) -> None:
    """Take up a run that was stopped or cut off, or one that is done, for more epochs.

    Args:
        key: of the run.
        epochs: of the whole run, those that are done among them; as before unless told.

    Raises:
        ValueError: if there is none of that key, it is under way, or its photos are gone.
    """
    run = find_run(key)
    if run.alive:
        raise ValueError(t("{label} is under way.").format(label=run.config.label))
    if not Path(run.config.data).exists():
        raise run.config.gone()
    if epochs is not None:
        settings = replace(run.config.settings, epochs=max(epochs, run.config.settings.epochs))
        replace(run.config, settings=settings).write(run.folder)
    _start(run.folder)


def stop(key: str) -> None:
    """Ask a run to stop; it does after the piece that it is at, and keeps the best network so far.

    Raises:
        ValueError: if there is none of that key, or its folder cannot be written to.
    """
    ask_to_stop(find_run(key))


def ask_to_stop(run: RunEntry) -> None:
    """Ask a run that is at hand to stop, whosever it is.

    Raises:
        ValueError: if its folder cannot be written to.
    """
    with os_error_as(NOT_WRITABLE, folder=run.folder):
        (run.folder / STOP).touch()


def revive() -> None:
    """Take up the runs that were cut off, by a crash or because the machine was switched off."""
    if not any(run.was_cut_off for run in runs()):
        return
    with starting():  # each process of a server comes here, and one of them takes it up
        for run in reversed(runs()):  # the oldest first
            if run.was_cut_off:
                _start(run.folder)


def main(folder: Path) -> None:
    """Train what the folder's run config says, from where it is."""
    stand_back()
    try:
        config = RunConfig.read(folder)
        for _ in run_job(config, config.photos, folder, resume=True):
            pass
    except ValueError:
        sys.exit(1)  # the status in the folder has the sentence


def stand_back() -> None:
    """Leave the processor to the app while it is asked something."""
    with suppress(AttributeError):  # not every system has it
        os.nice(NICE)
    with suppress(OSError):  # a run is a session of its own, in which it is nice to nobody but itself
        AUTOGROUP.write_text(str(NICE))


def _start(folder: Path) -> None:
    (folder / STOP).unlink(missing_ok=True)
    StatusWriter(folder).write(replace(read_status(folder), phase="waiting", total=0, left=None, sentence=""))
    with (
        os_error_as(msg("The run's process could not be started: {reason}.")),
        (folder / MESSAGES).open("ab") as messages,
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=messages,
            # A student's are not the server's.
            env=os.environ | {"RESNET_EXPLORER_HOME": str(home()), VARIABLE: language()},
            start_new_session=True,  # a Ctrl-C that ends the app does not end it
        )
    until = time.monotonic() + STARTING
    while not is_locked(folder / ALIVE) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
