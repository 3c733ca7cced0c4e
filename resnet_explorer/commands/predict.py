"""`predict`: what a network sees in photos."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.progress import download_bar

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.weights import Weights

COLUMNS = ("photo", "rank", "label", "probability")


@dataclass(frozen=True)
class Row:
    """A line of the answer: a class and its probability, the likeliest of rank 1."""

    photo: str
    rank: int
    label: str
    probability: float


def predict(
    photos: Annotated[
        list[str], typer.Argument(metavar="PHOTO...", help="Files of photos, of any usual format.")
    ],
    model: Annotated[
        str,
        typer.Option(
            parser=parse.model,
            metavar="NAME",
            help="A line of `weights list`, a name (resnet50), or a .pth or .safetensors file.",
        ),
    ] = "bundled",
    top: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 5,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Also write photo, rank, label, probability there."),
    ] = None,
) -> None:
    """Name the likeliest classes of photos."""
    weights, network = _open_model(model)
    failed = False
    with _csv(csv_file) as write:
        for photo in photos:
            try:
                rows = _classify(photo, weights, network, top)
            except ValueError as error:
                typer.echo(f"Error: {error}", err=True)
                failed = True
                continue
            typer.echo(_as_text(photo, rows))
            write(rows)
    if failed:
        raise typer.Exit(1)


def _open_model(model: str) -> tuple[Weights, ResNet]:
    if parse.is_file_name(model):
        from resnet_explorer.weights.checkpoint import read_checkpoint

        checkpoint = read_checkpoint(Path(model))
        for note in checkpoint.weights.notes:
            typer.echo(f"Note: {note}", err=True)
        return checkpoint.weights, checkpoint.network()
    from resnet_explorer.weights import find, load

    weights = find(model)
    with download_bar(weights.label) as progress:
        return weights, load(weights, progress)


def _classify(photo: str, weights: Weights, network: ResNet, top: int) -> list[Row]:
    """The likeliest classes of a photo.

    Raises:
        ValueError: in one sentence that names the photo, if it cannot be read.
    """
    from resnet_explorer.photo import open_photo
    from resnet_explorer.predictor import first_view, preprocess
    from resnet_explorer.predictor import predict as forward

    try:
        content = Path(photo).read_bytes()
    except OSError as error:
        raise ValueError(f"{photo} cannot be read: {error.strerror}.") from None
    opened = open_photo(content, photo)
    view = first_view(network, opened, weights.preprocessing)
    tensor, _ = preprocess(opened, weights.preprocessing, view, weights.spec.in_channels)
    likeliest = forward(network, tensor).top(top)
    return [Row(photo, rank, weights.classes[index], p) for rank, (index, p) in enumerate(likeliest, start=1)]


def _as_text(photo: str, rows: list[Row]) -> str:
    lines = (f"  {row.rank:2d}. {row.probability:7.2%}  {row.label}" for row in rows)
    return "\n".join([photo, *lines])


@contextmanager
def _csv(path: Path | None) -> Iterator[Callable[[list[Row]], None]]:
    """What writes rows into a CSV file, opened before the first is known; without a path, nothing."""
    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from None
    with file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda rows: writer.writerows((r.photo, r.rank, r.label, f"{r.probability:.6f}") for r in rows)
