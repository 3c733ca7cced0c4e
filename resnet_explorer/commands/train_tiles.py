"""`train` on mosaics of tiles: the recipe of the bundled ResNet-18, its finish, its card."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from resnet_explorer.commands.progress import log_line, piece_bar, training_bar
from resnet_explorer.commands.trained import beginning
from resnet_explorer.spec import ResNetSpec, preset

if TYPE_CHECKING:
    from resnet_explorer.module import ResNet
    from resnet_explorer.training.clean_photos import CleanPhotos
    from resnet_explorer.training.mosaics import Mosaics
    from resnet_explorer.training.scratch import Recipe
    from resnet_explorer.training.tile_figures import PhotoFigures
    from resnet_explorer.weights import Weights
    from resnet_explorer.weights.kinds import Kind

EXPORT = "network.safetensors"
CARD = "card.md"


def train_tiles(
    data: Path,
    out: Path,
    epochs: int | None,
    seed: int,
    network: ResNetSpec | None,
    start: Path | None,
    label: str | None,
    photos: Path | None,
    *,
    resume: bool,
) -> None:
    """Train by the recipe, tune norms and head at the size of use, calibrate, export, write the card.

    Args:
        data: a folder of mosaics.
        out: the folder of the run.
        epochs: the recipe's unless told.
        seed: of everything random.
        network: ResNet-18 unless told.
        start: the file of a trained network, whose values to begin with: a second cycle of the rate.
        label: what people read.
        photos: a ZIP of sharp photos; half of them are judged on.
        resume: go on with the run in `out`.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    from resnet_explorer.training.clean_photos import load_clean_photos
    from resnet_explorer.training.mosaics import load_mosaics
    from resnet_explorer.training.same_run import check_same
    from resnet_explorer.training.scratch import CHECKPOINT, fastest_precision, load_average
    from resnet_explorer.training.scratch import train as run
    from resnet_explorer.training.tile_recipe import NETWORK, next_cycle, tile_recipe

    mosaics = load_mosaics(data)
    classes = mosaics.images.classes
    initial, spec = beginning(start, network, preset(NETWORK), len(classes))
    clean = load_clean_photos(photos, classes, "judge") if photos else None
    recipe = tile_recipe(seed, fastest_precision())
    if start:
        recipe = next_cycle(recipe, hashlib.sha256(start.read_bytes()).hexdigest())
    batch_size = min(recipe.batch_size, len(mosaics.images.train))
    recipe = replace(recipe, epochs=epochs or recipe.epochs, batch_size=batch_size)
    if (out / "recipe.json").is_file():
        check_same(out / "recipe.json", spec, recipe)
    count = f"{len(mosaics.images.train):,} training and {len(mosaics.images.test):,} test tiles"
    typer.echo(f"{count}, {recipe.epochs} epochs", err=True)
    with training_bar(recipe.epochs) as progress:
        for epoch in run(
            spec, mosaics.images, recipe, out, initial=initial, resume=resume, progress=progress
        ):
            typer.echo(log_line(epoch), err=True)
    finish_tiles(load_average(out / CHECKPOINT, spec), mosaics, recipe, out, label, clean)


def finish_tiles(
    model: ResNet,
    data: Mosaics,
    recipe: Recipe,
    out: Path,
    label: str | None = None,
    photos: CleanPhotos | None = None,
) -> None:
    """From the averaged network to the file that is shipped, and its card.

    Args:
        model: the averaged network of a run; changed in place.
        data: what it was trained on.
        recipe: how.
        out: the folder of the run.
        label: what people read.
        photos: sharp photos that nothing was chosen by, to judge on.

    Raises:
        ValueError: in one sentence, if a file cannot be written.
    """
    from resnet_explorer.training import tile_recipe as tiles
    from resnet_explorer.training.tile_card import write_tile_card
    from resnet_explorer.training.tile_figures import tile_figures
    from resnet_explorer.weights.bundled import export_bundled
    from resnet_explorer.weights.calibration import calibrate_temperature, measure_calibration

    classes, test = data.images.classes, data.images.test
    seen, names = tiles.tile_preprocessing(), {"label": label or out.name}
    path = out / EXPORT
    with piece_bar() as told:
        tiles.measure_norms_at(model, data.images.train.images, seen.crop, told)
        tiles.tune_head(model, data.images.train, seen.crop, recipe.seed, told)
        export_bundled(model, classes, seen, path, names)
        # One half of the test tiles says how sure the answers may be, the other whether that is so.
        logits = tiles.tile_logits(_as_shipped(path), test.images[::2], seen.crop, told)
        temperature = calibrate_temperature(logits, test.labels[::2])
        calibration = measure_calibration((logits / temperature).softmax(1), test.labels[::2])
        tiles.fold_temperature(model, temperature)
        kinds = _kinds(data.wordnet)
        weights = export_bundled(model, classes, seen, path, names, calibration, kinds)
        logits = tiles.tile_logits(_as_shipped(path), test.images, seen.crop, told)
    before, after = (
        measure_calibration((logits[1::2] * factor).softmax(1), test.labels[1::2]).expected_error
        for factor in (temperature, 1.0)
    )
    figures = tile_figures(logits, data)
    judged = _judged(path, weights, data, photos) if photos else None
    write_tile_card(out / CARD, weights, recipe, out, data, figures, judged, temperature, (before, after))
    typer.echo(f"{figures.top1:.1%} of the test tiles are right. {path}, {out / CARD}")


def _kinds(wordnet: tuple[str, ...]) -> tuple[Kind, ...]:
    """Those of the bundled network, for its classes; other classes have none."""
    from resnet_explorer.weights.kinds import bundled_kinds

    try:
        return bundled_kinds(wordnet)
    except ValueError:
        return ()


def _as_shipped(path: Path) -> ResNet:
    from resnet_explorer.evaluation import for_evaluation
    from resnet_explorer.weights import bundled

    return for_evaluation(bundled.load(path))


def _judged(path: Path, weights: Weights, data: Mosaics, photos: CleanPhotos) -> PhotoFigures:
    from resnet_explorer.training.clean_photos import photo_logits
    from resnet_explorer.training.tile_figures import photo_figures

    logits = photo_logits(_as_shipped(path), photos.photos, weights.preprocessing)
    return photo_figures(logits, photos.labels, weights.classes, data.class_sources)
