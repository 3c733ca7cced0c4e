"""What a long command says when it is stopped from the keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer

STOPPED: Final = 130
"""The exit status after SIGINT: 128 + 2, as shells have it."""


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


def _sentence(checkpoint: Path) -> str:
    if not checkpoint.exists():
        return "Stopped before an epoch was done."
    import torch

    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    done = state["epochs_done"] if "epochs_done" in state else state["epoch"]
    return f"Stopped; --resume goes on after epoch {done}."
