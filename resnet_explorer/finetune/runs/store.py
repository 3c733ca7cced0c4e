"""The runs that are kept on this machine."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from itertools import count
from pathlib import Path
from typing import Final, TypeVar

from resnet_explorer.common.file_cache import file_cache
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.language_cache import language_cache
from resnet_explorer.common.os_error import NOT_MADE, os_error_as
from resnet_explorer.common.user_folder import home
from resnet_explorer.finetune.runs.curves_svg import curves_svg
from resnet_explorer.finetune.runs.queue import is_locked
from resnet_explorer.finetune.runs.status import ALIVE, WORKING, Status, read_status
from resnet_explorer.finetune.training.run_config import RUN_CONFIG, RunConfig
from resnet_explorer.finetune.training.run_folder import FIRST_POINTS, Epoch, FirstPoint
from resnet_explorer.training.run_folder import LOG, read_log
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.description import Weights
from resnet_explorer.weights.user_store import forget, relabel

R = TypeVar("R", Epoch, FirstPoint)

EXAMPLE: Final = "example"
"""Key of the run that ships."""
EXAMPLE_FOLDER: Final = Path(__file__).with_name("example_run")

_LABEL: Final = msg("Example: flowers")
"""What its file calls it."""
_TIME: Final = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class RunEntry:
    """A run.

    Attributes:
        key: the name of its folder.
        folder: where it lies.
        config: what decides it.
        status: how far it is.
        alive: whether its process lives.
    """

    key: str
    folder: Path
    config: RunConfig
    status: Status
    alive: bool

    @property
    def is_example(self) -> bool:
        """Whether it is the one that ships, which stays as it is."""
        return self.folder == EXAMPLE_FOLDER

    @property
    def log(self) -> tuple[Epoch, ...]:
        """Its epochs so far; of a damaged log, none."""
        return _rows(self.folder / LOG, Epoch)

    @property
    def first_points(self) -> tuple[FirstPoint, ...]:
        """What a first head came to before the first epoch, if photos passed through a frozen part."""
        return _rows(self.folder / FIRST_POINTS, FirstPoint)

    def _repr_html_(self) -> str:
        """What a notebook shows: its name, its best epoch and its curves."""
        name, best = escape(self.config.label), self.best
        if best is None:
            return f"<p><b>{name}</b></p>"
        words = t("epoch {epoch}: {share:.1%} of the validation photos are right")
        words = t(", ") + words.format(epoch=best.epoch, share=best.val_accuracy)
        curves = "".join(curves_svg(self.log, quantity) for quantity in ("accuracy", "loss"))
        return f"<p><b>{name}</b>{words}</p>{curves}"

    @property
    def best(self) -> Epoch | None:
        """The epoch that was right most often on the photos to test on, the first of equals."""
        return max(self.log, key=lambda epoch: epoch.val_accuracy, default=None)

    @property
    def seconds(self) -> float:
        """That it worked, features and all; of a run whose status has none, those of its epochs."""
        return self.status.seconds or sum(epoch.seconds for epoch in self.log)

    @property
    def was_cut_off(self) -> bool:
        """Whether it ended without a word: a crash, or the machine was switched off."""
        return self.status.phase in WORKING and not self.alive

    @property
    def weights(self) -> Weights | None:
        """Its network among one's own, once it ended with one; None also after somebody removed it."""
        try:
            return find(self.status.weights) if self.status.weights else None
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
        with os_error_as(NOT_MADE, folder=folder), suppress(FileExistsError):
            folder.mkdir(parents=True)
            break
    return folder


@language_cache(8)
def example_run() -> RunEntry:
    """The run that ships: a real one, without its network, so that there is one to look at.

    Raises:
        ValueError: if its files are gone.
    """
    status = read_status(EXAMPLE_FOLDER)
    config = RunConfig.read(EXAMPLE_FOLDER)
    return RunEntry(EXAMPLE, EXAMPLE_FOLDER, replace(config, label=t(config.label)), status, alive=False)


def runs() -> list[RunEntry]:
    """All runs of who asks, the newest first; a folder that holds none is passed over."""
    return runs_in(runs_folder())


def runs_in(where: Path) -> list[RunEntry]:
    """The runs that lie in a folder, the newest first."""
    found = []
    for folder in sorted(where.glob("*/"), key=lambda path: path.name, reverse=True):
        try:
            found.append(run_in(folder))
        except ValueError:
            continue
    return found


def find_run(key: str) -> RunEntry:
    """A run of one's own by its key.

    Raises:
        ValueError: if there is none of that key here, or it is the example's.
    """
    if key == EXAMPLE:
        raise ValueError(t("The example ships with the app, and stays as it is."))
    # A key comes from a link: it must not lead out of the folder.
    if Path(key).name != key or key in ("", ".", "..") or not (runs_folder() / key / RUN_CONFIG).is_file():
        raise ValueError(t("There is no run {key!r} here.").format(key=key))
    return run_in(runs_folder() / key)


def rename(key: str, label: str) -> None:
    """Give a run, and its network, another name.

    Raises:
        ValueError: if the name is empty, no run has that key, it is under way, or it cannot be written.
    """
    run = _at_rest(key)
    label = "".join(character for character in label if character.isprintable()).strip()[:100]
    if not label:
        raise ValueError(t("A run needs a name."))
    replace(run.config, label=label).write(run.folder)
    if run.weights:
        relabel(run.weights.key, label)


def delete(key: str) -> None:
    """Remove a run, and its network from one's own.

    Raises:
        ValueError: if there is none of that key, it is under way, or its folder cannot be removed.
    """
    run = _at_rest(key)
    with os_error_as(msg("{folder} cannot be removed: {reason}."), folder=run.folder):
        shutil.rmtree(run.folder)
    if run.weights:
        forget(run.weights.key)


def _at_rest(key: str) -> RunEntry:
    run = find_run(key)
    if run.alive:
        raise ValueError(t("{label} is under way; stop it first.").format(label=run.config.label))
    return run


def run_in(folder: Path) -> RunEntry:
    """The run in a folder, wherever it is.

    Raises:
        ValueError: if it holds none.
    """
    try:
        config = _config(folder / RUN_CONFIG)
    except OSError:
        raise ValueError(t("{folder} holds no run.").format(folder=folder)) from None
    alive = is_locked(folder / ALIVE)  # first: one that ends now has said so by then
    return RunEntry(folder.name, folder, config, read_status(folder), alive)


@file_cache  # it names every photo, and a page lists all runs at every click
def _config(path: Path) -> RunConfig:
    return RunConfig.read(path.parent)


def _rows(path: Path, kind: type[R]) -> tuple[R, ...]:
    try:
        return tuple(_logged(path, kind))
    except (OSError, ValueError):
        return ()


_logged = file_cache(read_log)
