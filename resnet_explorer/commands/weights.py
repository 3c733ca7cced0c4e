"""`weights`: which trained networks there are, where they lie, and one of your own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.spoken import Command, Group
from resnet_explorer.commands.terminal import aligned, download_bar, reading_line
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import ResNetSpec, title
from resnet_explorer.network.spec_code import encode_spec

if TYPE_CHECKING:
    from resnet_explorer.weights.checkpoint import Checkpoint

app = typer.Typer(help=msg("Trained networks: list, download, import."), rich_markup_mode=None, cls=Group)

Published = Annotated[
    str,
    typer.Argument(
        parser=parse.model,
        metavar="NAME",
        help=msg("One of torchvision's: a line of `weights list`, or a name (resnet50)."),
    ),
]
Own = Annotated[
    str,
    typer.Argument(
        parser=parse.model, metavar="NAME", help=msg("One of your own: a line of `weights list`, yours/….")
    ),
]
File = Annotated[Path, typer.Argument(help=msg("The file of a checkpoint ({endings})."))]
Classes = Annotated[Path | None, typer.Option("--names", "--classes", metavar="FILE", help=parse.NAMES_HELP)]


Network = Annotated[
    ResNetSpec | None,
    typer.Option(
        "--network",
        parser=parse.network,
        metavar="CODE",
        help=msg("Read it as this network of the same shapes, whatever its norms tell."),
    ),
]
Input = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="NAME",
        help=msg(
            "How photos become numbers: imagenet, 0-1, minus1-1, cifar10, 0-255, …; "
            "with -bgr behind it where blue comes first."
        ),
    ),
]


@app.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list", help=msg("List the trained networks."), cls=Command)
def list_() -> None:
    """The command `weights list`."""
    from resnet_explorer.weights.catalogue import available

    rows = [(entry.key, entry.label) for entry in available()]
    typer.echo(aligned((t("name"), t("what it is")), rows, left=2))


@app.command(
    help=msg("Say where the files lie or would lie, for a class without a network connection."), cls=Command
)
def where() -> None:
    """The command `weights where`."""
    from resnet_explorer.weights import bundled, imagenet, user_store
    from resnet_explorer.weights.catalogue import available
    from resnet_explorer.weights.imagenet_files import cache_folder, cached_file, file_of

    for path in map(bundled.path_of, bundled.all_keys()):
        typer.echo(t("Bundled: {path}").format(path=path) + ("" if path.is_file() else t(" (missing)")))
    typer.echo(t("Your own: {folder}").format(folder=user_store.folder()))
    typer.echo(t("torchvision's: {folder}").format(folder=cache_folder()) + "\n")
    rows = [
        (
            entry.key.removeprefix("torchvision/"),
            t("yes") if cached_file(entry.key) else t("no"),
            file_of(entry.key).name,
            imagenet.address(entry.key),
        )
        for entry in available()
        if entry.source == "torchvision"
    ]
    typer.echo(aligned((t("name"), t("here"), t("file"), t("address")), rows, left=4))


@app.command(help=msg("Fetch torchvision's weights into its cache, and check their hash."), cls=Command)
def download(name: Published) -> None:
    """The command `weights download`."""
    from resnet_explorer.weights import imagenet
    from resnet_explorer.weights.catalogue import find
    from resnet_explorer.weights.download import fetch
    from resnet_explorer.weights.imagenet_files import cache_folder

    weights = find(name)
    if weights.source != "torchvision":
        raise typer.BadParameter(
            t("{name} is here already; torchvision's weights can be downloaded.").format(name=name)
        )
    with download_bar(weights.label) as progress:
        path = fetch(imagenet.address(weights.key), cache_folder(), progress)
    typer.echo(f"{weights.label}: {path}")


@app.command(help=msg("Say which network a checkpoint holds."), cls=Command)
def inspect(file: File, classes: Classes = None, network: Network = None, input_: Input = None) -> None:
    """The command `weights inspect`."""
    checkpoint = _read(file, classes, network=network, form=input_)
    typer.echo(_described(checkpoint))
    typer.echo(_others(checkpoint))


@app.command(
    "import",
    help=msg("Keep a checkpoint of your own, to choose it by name here and in the app."),
    cls=Command,
)
def import_(
    file: File,
    classes: Classes = None,
    label: Annotated[
        str | None, typer.Option(help=msg("What people read; the file's name unless told."))
    ] = None,
    network: Network = None,
    input_: Input = None,
) -> None:
    """The command `weights import`."""
    from resnet_explorer.weights.user_store import keep

    checkpoint = _read(file, classes, label, network, input_)
    weights = keep(checkpoint)
    typer.echo(_described(checkpoint))
    typer.echo("\n" + t("Kept. Its name is {key}").format(key=weights.key))


@app.command(help=msg("Forget a checkpoint of your own."), cls=Command)
def remove(name: Own) -> None:
    """The command `weights remove`."""
    from resnet_explorer.weights.user_store import forget

    if not name.startswith("yours/"):
        raise typer.BadParameter(t("{name} is not one of your own.").format(name=name))
    forget(name)
    typer.echo(t("{name} is removed.").format(name=name))


def _read(
    file: Path,
    classes: Path | None,
    label: str | None = None,
    network: ResNetSpec | None = None,
    form: str | None = None,
) -> Checkpoint:
    from resnet_explorer.weights.checkpoint import read_checkpoint
    from resnet_explorer.weights.recognition.network_and_input import Chosen

    with reading_line() as tell:
        return read_checkpoint(file, label, parse.names_file(classes), Chosen(network, form), tell)


def _others(checkpoint: Checkpoint) -> str:
    """The networks of the same shapes, and the ways from photos to numbers, to choose from."""
    from resnet_explorer.weights.recognition.alternatives import alternatives, what_it_is
    from resnet_explorer.weights.recognition.input_forms import input_forms

    spec = checkpoint.weights.spec
    rows = [(encode_spec(each), what_it_is(each)) for each in alternatives(spec) if each != spec]
    forms = [(form.name, form.full_words) for form in input_forms(spec.in_channels)]
    return "\n\n".join(
        ["", aligned(("--network", t("of the same shapes")), rows, left=2)]
        + ([aligned(("--input", t("photos as")), forms, left=2)] if forms else [])
    )


def _described(checkpoint: Checkpoint) -> str:
    weights = checkpoint.weights
    spec, preprocessing = weights.spec, weights.preprocessing
    shown = ", ".join(weights.classes[:5]) + (", …" if len(weights.classes) > 5 else "")
    rows = [
        (t("network"), title(spec)),
        (t("code"), encode_spec(spec)),
        (t("parameters"), f"{plan(spec).params:,}"),
        (t("classes"), f"{len(weights.classes)}: {shown}" if weights.classes else t("none")),
        (
            t("input"),
            t("shorter side {resize}, the middle {crop} pixels").format(
                resize=preprocessing.resize, crop=preprocessing.crop
            ),
        ),
    ]
    return "\n".join(
        [aligned((t("file"), weights.label), rows, left=2), *(f"- {note}" for note in weights.notes)]
    )
