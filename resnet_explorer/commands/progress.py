"""A bar on the terminal while bytes come or a network trains; nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import ProgressColumn

    from resnet_explorer.training.scratch import Epoch
    from resnet_explorer.training.scratch import Progress as Steps
    from resnet_explorer.weights.download import Progress


@contextmanager
def download_bar(label: str) -> Iterator[Progress]:
    """What a download tells of its progress, drawn on stderr from its first piece on."""
    from rich.progress import DownloadColumn

    with _bars(DownloadColumn(), transient=True) as bars:
        task = bars.add_task(label, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total or None, visible=True)


@contextmanager
def training_bar(epochs: int) -> Iterator[Steps]:
    """What a training run tells of its steps: one bar over all epochs, with the time that is left."""
    from rich.progress import TimeElapsedColumn

    with _bars(TimeElapsedColumn()) as bars:
        task = bars.add_task("epoch 1", total=None)

        def update(epoch: int, step: int, steps: int) -> None:
            done = epoch * steps + step
            bars.update(task, description=f"epoch {epoch + 1}", completed=done, total=epochs * steps)

        yield update


@contextmanager
def photo_bar(photos: int) -> Iterator[Callable[[], None]]:
    """What is called once for every photo that is done; a single one has no bar."""
    from rich.progress import MofNCompleteColumn

    with _bars(MofNCompleteColumn(), transient=True) as bars:
        task = bars.add_task("photos", total=photos, visible=photos > 1)
        yield lambda: bars.advance(task)


@contextmanager
def piece_bar(shown: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """What is told of work in pieces: what is done, how many pieces are, of how many."""
    from rich.progress import MofNCompleteColumn

    with _bars(MofNCompleteColumn(), transient=True, shown=shown) as bars:
        task = bars.add_task("", total=None, visible=False)
        yield lambda what, done, total: bars.update(
            task, description=what, completed=done, total=total, visible=True
        )


def _bars(measure: ProgressColumn, transient: bool = False, shown: bool = True) -> Bars:
    """Bars on stderr: what it is, the bar, a measure of its own, the time that is left."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), measure, TimeRemainingColumn())
    return Progress(
        *columns,
        console=console,
        disable=not (console.is_terminal and shown),
        transient=transient,
        redirect_stdout=sys.stdout.isatty(),  # the answers in a pipe stay in the pipe
    )


def log_line(epoch: Epoch) -> str:
    """An epoch from scratch, as the terminal has it."""
    return (
        f"epoch {epoch.epoch}: {epoch.size} px, training loss {epoch.train_loss:.3f}, "
        f"test accuracy {epoch.test_accuracy:.2%}, {epoch.seconds:.0f} s"
    )
