"""`predict`: what a network sees in photos."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.progress import photo_bar
from resnet_explorer.commands.trained import trained
from resnet_explorer.confidence import confidence_of, in_words, kind_in_words
from resnet_explorer.short_text import on_one_line

if TYPE_CHECKING:
    from resnet_explorer.crop import View
    from resnet_explorer.many.answers import Row
    from resnet_explorer.many.classify import Look
    from resnet_explorer.module import ResNet
    from resnet_explorer.photo import Photo
    from resnet_explorer.target import Target
    from resnet_explorer.weights import Weights


def predict(
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTO...", help="Photos of any usual format, folders of them, and ZIP archives."
        ),
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
    cam: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write a sheet for each photo there: where the evidence is."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(parser=parse.method, metavar="METHOD", help="How the map is read; gradcam unless told."),
    ] = None,
    stage: Annotated[
        int | None, typer.Option(help="Whose map: 0 is the stem's; the last stage's unless told.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            help="Whose evidence, or kind:KIND; the likeliest class's unless told.",
        ),
    ] = None,
) -> None:
    """Name the likeliest classes of photos."""
    if cam is None and (method, stage, label) != (None, None, None):
        raise typer.BadParameter("--method, --stage and --class say which map --cam draws.")
    from resnet_explorer.many.answers import Unread, rows_of
    from resnet_explorer.many.classify import looks
    from resnet_explorer.many.entries import entries_of

    weights, network = _open_model(model)
    sheets = None if cam is None else _Sheets(cam, photos, weights, network, (method, stage, label))
    entries = list(chain.from_iterable(map(entries_of, photos)))
    failed = False
    with _csv(csv_file) as write, photo_bar(len(entries)) as advance:
        keep = _nothing if sheets is None else _itself
        for batch in looks(entries, network, weights.preprocessing, keep, top):
            for look in batch:
                advance()
                if isinstance(look, Unread):
                    typer.echo(f"Error: {on_one_line(look.sentence)}", err=True)
                    failed = True
                    continue
                rows = rows_of(look.name, look.best, weights.classes)
                typer.echo(_as_text(look, rows, weights))
                write(rows)
                if sheets is not None and look.kept is not None:
                    sheets.write(look.kept, look.view)
    if failed:
        raise typer.Exit(1)


def _nothing(photo: Photo) -> Photo | None:
    return None


def _itself(photo: Photo) -> Photo | None:
    return photo


def _open_model(model: str) -> tuple[Weights, ResNet]:
    """A trained network, made ready to look at photos."""
    from resnet_explorer.evaluation import for_evaluation

    weights, network = trained(model)
    return weights, for_evaluation(network)


class _Sheets:
    """What writes the sheets of photos into a folder.

    Raises:
        BadParameter: for a stage or a class that the network does not have.
        ValueError: in one sentence, if the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        photos: list[str],
        weights: Weights,
        network: ResNet,
        asked: tuple[str | None, int | None, str | None],
    ) -> None:
        from resnet_explorer.many.cam_sheets import SheetNames, Wanted

        method, stage, label = asked
        last = len(weights.spec.depths)
        if stage is not None and not 0 <= stage <= last:
            raise typer.BadParameter(f"--stage is {stage}; 0 (the stem) to {last} is allowed.")
        target = None if label is None else _target(weights, label)
        self._wanted = Wanted(last if stage is None else stage, method or "gradcam", target)
        self._weights, self._network, self._names = weights, network, SheetNames(folder, photos)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(f"{folder} cannot be made: {error.strerror}.") from None

    def write(self, photo: Photo, view: View) -> None:
        """Write the sheet of a photo.

        Raises:
            ValueError: in one sentence, if it cannot be written.
        """
        from resnet_explorer.many.cam_sheets import cam_sheet

        file = self._names.for_photo(photo.name)
        content = cam_sheet(self._network, photo, self._weights, view, self._wanted)
        try:
            file.write_bytes(content)
        except OSError as error:
            raise ValueError(f"{file} cannot be written: {error.strerror}.") from None


def _target(weights: Weights, label: str) -> Target:
    """The class of a name; where several have it or none has, of a number; or the kind of a kind's name."""
    classes = weights.classes
    if classes.count(label) == 1:
        return classes.index(label)
    if label.isdecimal() and int(label) < len(classes):
        return int(label)
    for kind in weights.kinds:
        if label == f"kind:{kind.name}":
            return kind
    known = ", ".join(classes[:12]) + (", …" if len(classes) > 12 else "")
    raise typer.BadParameter(f"--class is {label!r}; a name ({known}) or 0 to {len(classes) - 1} is allowed.")


def _as_text(look: Look[Any], rows: list[Row], weights: Weights) -> str:
    lines = [f"  {row.rank:2d}. {row.probability:7.2%}  {row.label}" for row in rows]
    found = confidence_of(look.probabilities, weights)
    if found.kind:
        lines.append(f"      {kind_in_words(found.kind)}")
    if found.is_unsure or found.kind:
        lines.append(f"      {in_words(found, weights.classes)}")
    return "\n".join([on_one_line(look.name), *lines])


@contextmanager
def _csv(path: Path | None) -> Iterator[Callable[[list[Row]], None]]:
    """What writes rows into a CSV file, opened before the first is known; without a path, nothing."""
    from resnet_explorer.many.answers import COLUMNS, csv_lines

    if path is None:
        yield lambda _: None
        return
    try:
        file = path.open("w", newline="", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}.") from None
    with file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        yield lambda rows: writer.writerows(csv_lines(rows))
