"""A trained network for a command, by its name or its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.progress import download_bar

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.weights import Weights


def trained(name: str) -> tuple[Weights, ResNet]:
    """The network with its values as they are stored; what was assumed of a file is told on stderr.

    Args:
        name: as `parse.model` lets it through.

    Raises:
        ValueError: in one sentence, if it cannot be had.
    """
    if parse.is_file_name(name):
        from resnet_explorer.weights.checkpoint import read_checkpoint

        checkpoint = read_checkpoint(Path(name))
        for note in checkpoint.weights.notes:
            typer.echo(f"Note: {note}", err=True)
        return checkpoint.weights, checkpoint.network()
    from resnet_explorer.weights import find, load

    weights = find(name)
    with download_bar(weights.label) as progress:
        return weights, load(weights, progress)
