"""A trained network for a command, by its name or its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.progress import download_bar

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.spec import ResNetSpec
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


def beginning(
    start: Path | None, network: ResNetSpec | None, usual: ResNetSpec, classes: int
) -> tuple[ResNet | None, ResNetSpec]:
    """What a training from scratch begins with: a trained network's values, if told, and the spec.

    Args:
        start: the file of a trained network; None for random values.
        network: what was asked for, if anything.
        usual: where neither says which network it is.
        classes: how many are learned.

    Raises:
        ValueError: if the file cannot be read, or holds another network.
    """
    from resnet_explorer.link import encode_spec
    from resnet_explorer.weights import bundled

    initial = bundled.load(start) if start else None
    spec = (network or (initial.spec if initial else usual)).with_(num_classes=classes)
    if initial and initial.spec != spec:
        raise ValueError(
            f"{start} holds {encode_spec(initial.spec)}, and this run is of {encode_spec(spec)}."
        )
    return initial, spec
