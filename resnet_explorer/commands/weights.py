"""`weights`: which trained networks there are, where they lie, and one of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.progress import download_bar
from resnet_explorer.commands.text import aligned

if TYPE_CHECKING:
    from resnet_explorer.weights.checkpoint import Checkpoint

app = typer.Typer(help="Trained networks: list, download, import.", rich_markup_mode=None)

Model = Annotated[str, typer.Argument(parser=parse.model, metavar="NAME", help="A line of `weights list`.")]
File = Annotated[Path, typer.Argument(help="A .pth, .pt or .safetensors file.")]
Classes = Annotated[
    Path | None, typer.Option(metavar="JSON", help='The names of its classes: {"0": "daisy", "1": "rose"}.')
]


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_() -> None:
    """List the trained networks."""
    from resnet_explorer.weights import available

    rows = [(entry.key, entry.label) for entry in available()]
    typer.echo(aligned(("name", "what it is"), rows, left=2))


@app.command()
def where() -> None:
    """Say where the files lie or would lie, for a class without a network connection."""
    from resnet_explorer.weights import available, bundled, imagenet, own
    from resnet_explorer.weights.imagenet_files import cache_folder, cached_file, file_of

    for path in map(bundled.path_of, bundled.all_keys()):
        typer.echo(f"Bundled: {path}" + ("" if path.is_file() else " (missing)"))
    typer.echo(f"Your own: {own.folder()}")
    typer.echo(f"torchvision's: {cache_folder()}\n")
    rows = [
        (
            entry.key.removeprefix("torchvision/"),
            "yes" if cached_file(entry.key) else "no",
            file_of(entry.key).name,
            imagenet.address(entry.key),
        )
        for entry in available()
        if entry.source == "torchvision"
    ]
    typer.echo(aligned(("name", "here", "file", "address"), rows, left=4))


@app.command()
def download(name: Model) -> None:
    """Fetch torchvision's weights into its cache, and check their hash."""
    from resnet_explorer.weights import find, imagenet
    from resnet_explorer.weights.download import fetch
    from resnet_explorer.weights.imagenet_files import cache_folder

    weights = find(name)
    if weights.source != "torchvision":
        raise typer.BadParameter(f"{name} is here already; torchvision's weights can be downloaded.")
    with download_bar(weights.label) as progress:
        path = fetch(imagenet.address(weights.key), cache_folder(), progress)
    typer.echo(f"{weights.label}: {path}")


@app.command()
def inspect(file: File, classes: Classes = None) -> None:
    """Say which network a checkpoint holds."""
    typer.echo(_described(_read(file, classes)))


@app.command("import")
def import_(
    file: File,
    classes: Classes = None,
    label: Annotated[str | None, typer.Option(help="What people read; the file's name unless told.")] = None,
) -> None:
    """Keep a checkpoint of your own, to choose it by name here and in the app."""
    from resnet_explorer.weights import keep

    checkpoint = _read(file, classes, label)
    weights = keep(checkpoint)
    typer.echo(_described(checkpoint))
    typer.echo(f"\nKept. Its name is {weights.key}")


@app.command()
def remove(name: Model) -> None:
    """Forget a checkpoint of your own."""
    from resnet_explorer.weights import forget

    if not name.startswith("yours/"):
        raise typer.BadParameter(f"{name} is not one of your own.")
    forget(name)
    typer.echo(f"{name} is removed.")


def _read(file: Path, classes: Path | None, label: str | None = None) -> Checkpoint:
    from resnet_explorer.weights.checkpoint import read_checkpoint

    try:
        names = classes.read_bytes() if classes else None
    except OSError as error:
        raise ValueError(f"{classes} cannot be read: {error.strerror}.") from None
    return read_checkpoint(file, label, names)


def _described(checkpoint: Checkpoint) -> str:
    from resnet_explorer.link import encode_spec
    from resnet_explorer.plan import plan
    from resnet_explorer.spec import title

    weights = checkpoint.weights
    spec, preprocessing = weights.spec, weights.preprocessing
    shown = ", ".join(weights.classes[:5]) + (", …" if len(weights.classes) > 5 else "")
    rows = [
        ("network", title(spec)),
        ("code", encode_spec(spec)),
        ("parameters", f"{plan(spec).params:,}"),
        ("classes", f"{len(weights.classes)}: {shown}" if weights.classes else "none"),
        ("input", f"shorter side {preprocessing.resize}, the middle {preprocessing.crop} pixels"),
    ]
    return "\n".join(
        [aligned(("file", weights.label), rows, left=2), *(f"- {note}" for note in weights.notes)]
    )
