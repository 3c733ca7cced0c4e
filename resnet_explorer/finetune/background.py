"""Runs in processes of their own: they go on when the page, or the whole app, is closed.

`python -m resnet_explorer.finetune.background FOLDER` is such a process. It knows all it needs from the
folder, so that a run that was cut off is taken up by the same call.
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

from resnet_explorer.finetune.conduct import conduct
from resnet_explorer.finetune.runs import find_run, new_folder, runs
from resnet_explorer.finetune.state import ALIVE, STOP, Notes, read_state
from resnet_explorer.finetune.story import Story
from resnet_explorer.finetune.turn import is_held

MESSAGES: Final = "messages.txt"
"""What the process had to say that nobody read: for who looks for the cause of a crash."""
NICE: Final = 5
"""How far the run stands back for the app, on systems that know of it."""
STARTING: Final = 20.0
"""Seconds that a process may take until it is seen."""


def begin(story: Story) -> str:
    """Start a run.

    Returns:
        Its key.

    Raises:
        ValueError: if its folder cannot be made.
    """
    folder = new_folder(story.label)
    story.write(folder)
    _start(folder)
    return folder.name


def go_on(key: str, epochs: int | None = None) -> None:
    """Take up a run that was stopped or cut off, or one that is done, for more epochs.

    Args:
        key: of the run.
        epochs: of the whole run, those that are done among them; as before unless told.

    Raises:
        ValueError: if there is none of that key, or it is under way.
    """
    run = find_run(key)
    if run.alive:
        raise ValueError(f"{run.story.label} is under way.")
    if not Path(run.story.data).exists():
        raise run.story.gone()
    if epochs is not None:
        settings = replace(run.story.settings, epochs=max(epochs, run.story.settings.epochs))
        replace(run.story, settings=settings).write(run.folder)
    _start(run.folder)


def stop(key: str) -> None:
    """Ask a run to stop; it does after the piece that it is at, and keeps the best network so far.

    Raises:
        ValueError: if there is none of that key.
    """
    (find_run(key).folder / STOP).touch()


def revive() -> None:
    """Take up the runs that were cut off, by a crash or because the machine was switched off."""
    for run in reversed(runs()):  # the oldest first
        if run.was_cut_off:
            _start(run.folder)


def main(folder: Path) -> None:
    """Train what the folder's story tells, from where it is."""
    with suppress(AttributeError):  # not every system has it
        os.nice(NICE)
    try:
        story = Story.read(folder)
        for _ in conduct(story, story.photos, folder, resume=True):
            pass
    except ValueError:
        sys.exit(1)  # the state in the folder has the sentence


def _start(folder: Path) -> None:
    (folder / STOP).unlink(missing_ok=True)
    Notes(folder).write(replace(read_state(folder), phase="waiting", total=0, left=None, sentence=""))
    with (folder / MESSAGES).open("ab") as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=messages,
            stderr=messages,
            start_new_session=True,  # a Ctrl-C that ends the app does not end it
        )
    until = time.monotonic() + STARTING
    while not is_held(folder / ALIVE) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
