"""What commands do alike at the terminal: bars while they work, columns, a stop, a network by its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from resnet_explorer.common.i18n import t
from resnet_explorer.common.text import letters

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import ProgressColumn

    from resnet_explorer.common.progress import Tell
    from resnet_explorer.training.run import Progress as Steps
    from resnet_explorer.weights.download import Progress
    from resnet_explorer.weights.trained_network import TrainedNetwork

STOPPED: Final = 130
"""The exit status after SIGINT: 128 + 2, as shells have it."""


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
        task = bars.add_task(t("epoch {epoch}").format(epoch=1), total=None)

        def update(epoch: int, step: int, steps: int) -> None:
            done = epoch * steps + step
            bars.update(
                task,
                description=t("epoch {epoch}").format(epoch=epoch + 1),
                completed=done,
                total=epochs * steps,
            )

        yield update


@contextmanager
def photo_bar(photos: int) -> Iterator[Callable[[], None]]:
    """What is called once for every photo that is done; a single one has no bar."""
    from rich.progress import MofNCompleteColumn

    with _bars(MofNCompleteColumn(), transient=True) as bars:
        task = bars.add_task(t("photos"), total=photos, visible=photos > 1)
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


@contextmanager
def reading_line() -> Iterator[Tell]:
    """What is told while a file of weights is read: a line on stderr, gone at the end."""
    from rich.console import Console

    words = t("Held against ordinary photos: {question} …")
    with Console(stderr=True).status(t("Reading the checkpoint …")) as line:
        yield lambda asked: line.update(words.format(question=asked))


@contextmanager
def resumable(checkpoint: Path) -> Iterator[None]:
    """Work that can go on from its checkpoint: a stop is told in a line, with the way to go on.

    Raises:
        Exit: with the status `STOPPED`, after KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":  # one of several workers speaks
            typer.echo(_sentence(checkpoint), err=True)
        raise typer.Exit(STOPPED) from None


def named_network(name: str, class_names: bytes | None = None) -> TrainedNetwork:
    """The network with its values as they are stored; what was assumed of a file is told on stderr.

    Args:
        name: as `parse.model` lets it through.
        class_names: for a file, the names of its classes.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    from resnet_explorer.weights.catalogue import find, is_file_name
    from resnet_explorer.weights.trained_network import TrainedNetwork, trained_network

    if is_file_name(name):
        from resnet_explorer.weights.checkpoint import read_checkpoint

        with reading_line() as tell:
            checkpoint = read_checkpoint(Path(name), class_names=class_names, tell=tell)
        for note in checkpoint.weights.notes:
            typer.echo(t("Note: {note}").format(note=note), err=True)
        return TrainedNetwork(checkpoint.weights, checkpoint.network())
    with download_bar(find(name).label) as progress:
        return trained_network(name, progress)


def aligned(headings: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns side by side, the first `left` of them flush left and the others flush right."""
    lines = [headings, *rows]
    widths = [max(letters(line[column]) for line in lines) for column in range(len(headings))]

    def padded(cell: str, column: int) -> str:
        space = " " * (widths[column] - letters(cell))
        return cell + space if column < left else space + cell

    return "\n".join(
        "  ".join(padded(cell, column) for column, cell in enumerate(line)).rstrip() for line in lines
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


def _sentence(checkpoint: Path) -> str:
    if not checkpoint.exists():
        return t("Stopped before an epoch was done.")
    import torch

    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    done = state["epochs_done"] if "epochs_done" in state else state["epoch"]
    return t("Stopped; --resume goes on after epoch {done}.").format(done=done)
