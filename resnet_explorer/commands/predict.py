"""`predict`: what a network sees in photos."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from resnet_explorer.commands import parse
from resnet_explorer.commands.terminal import named_network, photo_bar
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.common.os_error import FILE_NOT_WRITABLE, NOT_MADE, os_error_as
from resnet_explorer.common.text import on_one_line
from resnet_explorer.explanation.confidence import confidence_of, in_words, kind_in_words

if TYPE_CHECKING:
    from resnet_explorer.batch.results import PhotoPrediction, Row
    from resnet_explorer.photos.crop import View
    from resnet_explorer.photos.decode import Photo
    from resnet_explorer.weights.description import Weights
    from resnet_explorer.weights.trained_network import TrainedNetwork

Form = Literal["list", "tutorial"]

_ENDING: Final = "-cam.png"
_LONGEST: Final = 80
"""Characters of a photo's name that its figure's has, too."""


def predict(
    photos: Annotated[
        list[str],
        typer.Argument(
            metavar="PHOTO", help=msg("Photos of any usual format, folders of them, and ZIP archives.")
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            parser=parse.model,
            metavar="NAME",
            help=msg("A line of `weights list`, a name (resnet50), or a file ({endings})."),
        ),
    ] = "bundled",
    names: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=parse.NAMES_HELP),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(min=1, help=msg("How many classes to name; 5, or the tutorial's 1, unless told.")),
    ] = None,
    form: Annotated[
        Form,
        typer.Option(help=msg("How it is written; tutorial is one line, class: roses   prob: 0.93.")),
    ] = "list",
    csv_file: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help=msg("Also write `photo`, `rank`, `label`, `probability` there.")
        ),
    ] = None,
    cam: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help=msg("Also write a figure for each photo there: where the evidence is.")
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            parser=parse.method, metavar="METHOD", help=msg("How the map is read; gradcam unless told.")
        ),
    ] = None,
    stage: Annotated[
        int | None, typer.Option(help=msg("Whose map: 0 is the stem's; the last stage's unless told."))
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            "--class",
            metavar="CLASS",
            help=msg("Whose evidence, or kind:KIND; the likeliest class's unless told."),
        ),
    ] = None,
) -> None:
    """The command `predict`; arguments as their helps say."""
    if cam is None and (method, stage, label) != (None, None, None):
        raise typer.BadParameter(t("--method, --stage and --class say which map --cam draws."))
    from resnet_explorer.batch.classify import predict_in_batches
    from resnet_explorer.batch.results import Unread, rows_of
    from resnet_explorer.photos.sources import entries_of

    trained = _trained(model, names).folded()
    weights = trained.weights
    count = top or (1 if form == "tutorial" else 5)
    figures = None if cam is None else _Figures(cam, photos, trained, method or "gradcam", stage, label)
    entries = list(chain.from_iterable(map(entries_of, photos)))
    keep: Callable[[Photo], Photo | None] = (lambda _: None) if figures is None else (lambda photo: photo)
    failed = False
    with _csv(csv_file) as write, photo_bar(len(entries)) as advance:
        for batch in predict_in_batches(entries, trained.network, weights.preprocessing, keep, count):
            for each in batch:
                advance()
                if isinstance(each, Unread):
                    sentence = on_one_line(each.sentence)
                    typer.echo(t("Error: {sentence}").format(sentence=sentence), err=True)
                    failed = True
                    continue
                rows = rows_of(each, weights.classes)
                if form == "tutorial":
                    typer.echo(_as_in_the_tutorial(each, rows, alone=len(entries) == 1))
                else:
                    typer.echo(_as_text(each, rows, weights))
                write(rows)
                if figures is not None and each.kept is not None:
                    figures.write(each.kept, each.view)
    if failed:
        raise typer.Exit(1)


def _trained(model: str, names: Path | None) -> TrainedNetwork:
    """The network to ask, with the names of its classes that were given.

    Raises:
        BadParameter: if names are given to a network that has its own.
        ValueError: in one sentence, if it cannot be had.
    """
    content = parse.names_file(names)
    from resnet_explorer.weights.catalogue import is_file_name

    if content is not None and not is_file_name(model):
        raise typer.BadParameter(t("--names is for --model FILE; any other network has its names."))
    return named_network(model, content)


class _Figures:
    """What writes the figures of photos into a folder.

    Raises:
        BadParameter: for a stage or a class that the network does not have.
        ValueError: in one sentence, if the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        photos: list[str],
        trained: TrainedNetwork,
        method: str,
        stage: int | None,
        label: str | None,
    ) -> None:
        from resnet_explorer.explanation.api import explain_square, target_named

        last = len(trained.weights.spec.depths)
        if stage is not None and not 0 <= stage <= last:
            raise typer.BadParameter(
                t("--stage is {stage}; 0 (the stem) to {last} is allowed.").format(stage=stage, last=last)
            )
        try:
            target = None if label is None else target_named(trained.weights, label, "--class")
        except ValueError as refusal:
            raise typer.BadParameter(str(refusal)) from None
        self._explain = partial(explain_square, trained, method=method, stage=stage, target=target)
        self._names = FigureNames(folder, photos)
        with os_error_as(NOT_MADE, folder=folder):
            folder.mkdir(parents=True, exist_ok=True)

    def write(self, photo: Photo, view: View) -> None:
        """Write the figure of a photo.

        Raises:
            ValueError: in one sentence, if it cannot be written.
        """
        file = self._names.for_photo(photo.name)
        content = self._explain(photo, view).figure()
        with os_error_as(FILE_NOT_WRITABLE, path=file):
            file.write_bytes(content)


class FigureNames:
    """Names for figures in a folder, each once, and none that is a photo's own.

    Args:
        folder: where the figures are written.
        photos: files that must stay as they are.
    """

    def __init__(self, folder: Path, photos: Iterable[str]) -> None:
        self._folder = folder
        self._taken = {str(Path(photo).resolve()).casefold() for photo in photos}

    def for_photo(self, name: str) -> Path:
        """The file for a photo of that name, whatever stands in the name: always in the folder itself."""
        stem = PurePosixPath(name.replace("\\", "/")).stem
        plain = re.sub(r"[^\w-]+", "_", stem)[:_LONGEST].strip("_") or "photo"
        number = 1
        while True:
            path = self._folder / (plain + (f"-{number}" if number > 1 else "") + _ENDING)
            key = str(path.resolve()).casefold()
            if key not in self._taken:
                self._taken.add(key)
                return path
            number += 1


def _as_in_the_tutorial(prediction: PhotoPrediction[Any], rows: list[Row], *, alone: bool) -> str:
    """The lines of the tutorial's predict.py, below the photo's name where there are several photos."""
    lines = [f"class: {row.label}   prob: {row.probability:.3}" for row in rows]
    return "\n".join(lines if alone else [on_one_line(prediction.name), *lines])


def _as_text(prediction: PhotoPrediction[Any], rows: list[Row], weights: Weights) -> str:
    lines = [f"  {row.rank:2d}. {row.probability:7.2%}  {row.label}" for row in rows]
    found = confidence_of(prediction.probabilities, weights)
    if found.kind:
        lines.append(f"      {kind_in_words(found.kind)}")
    if found.is_unsure or found.kind:
        lines.append(f"      {in_words(found, weights.classes)}")
    return "\n".join([on_one_line(prediction.name), *lines])


@contextmanager
def _csv(path: Path | None) -> Iterator[Callable[[list[Row]], None]]:
    """What writes rows into a CSV file, opened before the first is known; without a path, nothing."""
    from resnet_explorer.batch.results import Row, csv_lines

    if path is None:
        yield lambda _: None
        return
    with os_error_as(FILE_NOT_WRITABLE, path=path):
        file = path.open("w", newline="", encoding="utf-8", errors="backslashreplace")
    with file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        yield lambda rows: writer.writerows(csv_lines(rows))
