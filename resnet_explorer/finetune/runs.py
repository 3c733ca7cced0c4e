"""The runs that are kept on this machine."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Final

from resnet_explorer.finetune import log
from resnet_explorer.finetune.log import Epoch
from resnet_explorer.finetune.state import ALIVE, WORKING, State, read_state
from resnet_explorer.finetune.story import STORY, Story
from resnet_explorer.finetune.turn import is_held
from resnet_explorer.home import home
from resnet_explorer.weights import Weights, find, forget
from resnet_explorer.weights.own import relabel

_TIME: Final = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class RunEntry:
    """A run.

    Attributes:
        key: the name of its folder.
        folder: where it lies.
        story: what it was told.
        state: how far it is.
        alive: whether its process lives.
    """

    key: str
    folder: Path
    story: Story
    state: State
    alive: bool

    @property
    def log(self) -> tuple[Epoch, ...]:
        """Its epochs so far, read again only if they were written since; of a damaged log, none."""
        try:
            written = (self.folder / log.LOG).stat()
        except OSError:
            return ()
        return _epochs(self.folder, written.st_mtime_ns, written.st_size)

    @property
    def best(self) -> Epoch | None:
        """The epoch that was right most often on the photos to test on, the first of equals."""
        return max(self.log, key=lambda epoch: epoch.val_accuracy, default=None)

    @property
    def seconds(self) -> float:
        """That it worked, features and all; of a run that noted none, those of its epochs."""
        return self.state.seconds or sum(epoch.seconds for epoch in self.log)

    @property
    def was_cut_off(self) -> bool:
        """Whether it ended without a word: a crash, or the machine was switched off."""
        return self.state.phase in WORKING and not self.alive

    @property
    def weights(self) -> Weights | None:
        """Its network among one's own, once it ended with one; None also after somebody removed it."""
        try:
            return find(self.state.weights) if self.state.weights else None
        except ValueError:
            return None


def runs_folder() -> Path:
    """Where they lie."""
    return home() / "runs"


def new_folder(label: str) -> Path:
    """Make a folder for a run that is about to begin, named by the time and its label.

    Raises:
        ValueError: if it cannot be made.
    """
    words = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:40]
    name = "-".join(filter(None, (datetime.now().strftime(_TIME), words)))
    for number in count(1):
        folder = runs_folder() / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise ValueError(f"{folder} cannot be made: {error.strerror}.") from None
        break
    return folder


def runs() -> list[RunEntry]:
    """All runs, the newest first; a folder that holds none is passed over."""
    found = []
    for folder in sorted(runs_folder().glob("*/"), key=lambda path: path.name, reverse=True):
        try:
            found.append(_entry(folder))
        except ValueError:
            continue
    return found


def find_run(key: str) -> RunEntry:
    """A run by its key.

    Raises:
        ValueError: if there is none of that key here.
    """
    # A key comes from a link: it must not lead out of the folder.
    if Path(key).name != key or key in ("", ".", "..") or not (runs_folder() / key / STORY).is_file():
        raise ValueError(f"There is no run {key!r} here.")
    return _entry(runs_folder() / key)


def rename(key: str, label: str) -> None:
    """Give a run, and its network, another name.

    Raises:
        ValueError: if the name is empty, the run is under way, or it cannot be written.
    """
    run = _at_rest(key)
    label = "".join(character for character in label if character.isprintable()).strip()[:100]
    if not label:
        raise ValueError("A run needs a name.")
    replace(run.story, label=label).write(run.folder)
    if run.weights:
        relabel(run.weights.key, label)


def delete(key: str) -> None:
    """Remove a run, and its network from one's own.

    Raises:
        ValueError: if it is under way, or its folder cannot be removed.
    """
    run = _at_rest(key)
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise ValueError(f"{run.folder} cannot be removed: {error.strerror}.") from None
    if run.weights:
        forget(run.weights.key)


def _at_rest(key: str) -> RunEntry:
    run = find_run(key)
    if run.alive:
        raise ValueError(f"{run.story.label} is under way; stop it first.")
    return run


def _entry(folder: Path) -> RunEntry:
    path = folder / STORY
    try:
        written = path.stat()
    except OSError:
        raise ValueError(f"{folder} holds no run.") from None
    # A story names every photo, and a page lists all runs at every click: read once for each writing.
    story = _story(folder, written.st_mtime_ns, written.st_size)
    return RunEntry(folder.name, folder, story, read_state(folder), is_held(folder / ALIVE))


@lru_cache(maxsize=256)
def _story(folder: Path, _written: int, _size: int) -> Story:
    return Story.read(folder)


@lru_cache(maxsize=256)
def _epochs(folder: Path, _written: int, _size: int) -> tuple[Epoch, ...]:
    try:
        return tuple(log.read(folder))
    except ValueError:
        return ()
