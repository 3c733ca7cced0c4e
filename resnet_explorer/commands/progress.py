"""A bar on the terminal while bytes come; nothing in a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resnet_explorer.weights.download import Progress


@contextmanager
def download_bar(label: str) -> Iterator[Progress]:
    """What a download tells of its progress, drawn on stderr from its first piece on."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        task = bars.add_task(label, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total or None, visible=True)
