"""`train` from scratch: small images by a short recipe, or mosaics of tiles by the bundled ResNet-18's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import is_zipfile

import typer

from resnet_explorer.commands.terminal import piece_bar, training_bar
from resnet_explorer.common.i18n import msg, t
from resnet_explorer.network.spec import ResNetSpec, preset

if TYPE_CHECKING:
    from resnet_explorer.model.resnet import ResNet
    from resnet_explorer.training.clean_photos import CleanPhotos
    from resnet_explorer.training.data import SmallImages
    from resnet_explorer.training.mosaics import Mosaics
    from resnet_explorer.training.recipe import Recipe
    from resnet_explorer.training.scratch import Epoch
    from resnet_explorer.training.tile_figures import PhotoFigures
    from resnet_explorer.weights.description import Weights
    from resnet_explorer.weights.kinds import Kind

EXPORT: Final = "network.safetensors"
CARD: Final = "card.md"


@dataclass(frozen=True)
class ScratchOptions:
    """What the command was told of a training from scratch.

    Attributes:
        data: the images.
        out: the folder of the run.
        epochs: the recipe's unless told.
        seed: of everything random.
        network: --start's or the recipe's own unless told.
        start: the file of a trained network, whose values to begin with.
        label: what people read.
        photos: for mosaics, a ZIP of sharp photos; half of them are judged on.
        resume: go on with the run in `out`.
    """

    data: Path
    out: Path
    epochs: int | None
    seed: int
    network: ResNetSpec | None
    start: Path | None
    label: str | None
    photos: Path | None
    resume: bool

    def initial(self, default: ResNetSpec, classes: int) -> tuple[ResNet | None, ResNetSpec]:
        """The trained network that it begins with, if any, and the spec.

        Raises:
            ValueError: if the file cannot be read, or holds another network than was asked for.
        """
        from resnet_explorer.network.spec_code import encode_spec
        from resnet_explorer.weights import bundled

        initial = bundled.load(self.start) if self.start else None
        spec = (self.network or (initial.spec if initial else default)).with_(num_classes=classes)
        if initial and initial.spec != spec:
            raise ValueError(
                t("{start} holds {network}, and this run is of {other}.").format(
                    start=self.start, network=encode_spec(initial.spec), other=encode_spec(spec)
                )
            )
        return initial, spec

    def start_digest(self) -> str | None:
        """The SHA-256 of the file that it begins with; None for random values."""
        return hashlib.sha256(self.start.read_bytes()).hexdigest() if self.start else None

    def adapted(self, recipe: Recipe, images: SmallImages) -> Recipe:
        """A recipe with as many epochs as were asked for, and no batch larger than what there is."""
        batch_size = min(recipe.batch_size, len(images.train))
        return replace(recipe, epochs=self.epochs or recipe.epochs, batch_size=batch_size)


def train_small_images(told: ScratchOptions) -> None:
    """Train by the recipe, export the network, and write its card.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    from resnet_explorer.training.data import load_small_images
    from resnet_explorer.training.optimization import fastest_precision
    from resnet_explorer.training.recipe import Recipe

    # A pipe is asked for nothing: it would be waited for until somebody came to its other end.
    if told.data.is_file() and is_zipfile(told.data):
        raise ValueError(
            t("{data} is a ZIP: to learn from the photos in it, choose a --strategy.").format(data=told.data)
        )
    images = load_small_images(told.data)
    initial, spec = told.initial(preset("resnet20_cifar"), len(images.classes))
    recipe = Recipe(seed=told.seed, precision=fastest_precision())
    if digest := told.start_digest():
        recipe = recipe.going_on(digest)
    side, largest = images.train.images.shape[-1], recipe.sizes[-1][1]
    sizes = tuple((part, max(1, size * side // largest)) for part, size in recipe.sizes)
    recipe = told.adapted(replace(recipe, sizes=sizes), images)
    _train(told, spec, images, recipe, initial, msg("images"))
    _finish(told, spec, images, recipe, initial)


def train_tiles(told: ScratchOptions) -> None:
    """Train by the recipe, tune norms and head at the size of use, calibrate, export, write the card.

    Raises:
        ValueError: in one sentence, if it cannot be done.
    """
    from resnet_explorer.training.clean_photos import load_clean_photos
    from resnet_explorer.training.mosaics import load_mosaics
    from resnet_explorer.training.optimization import fastest_precision
    from resnet_explorer.training.run_folder import CHECKPOINT
    from resnet_explorer.training.scratch import load_average
    from resnet_explorer.training.tile_recipe import NETWORK, next_cycle, tile_recipe

    mosaics = load_mosaics(told.data)
    classes = mosaics.images.classes
    initial, spec = told.initial(preset(NETWORK), len(classes))
    photos = load_clean_photos(told.photos, classes, "judge") if told.photos else None
    recipe = tile_recipe(told.seed, fastest_precision())
    if digest := told.start_digest():
        recipe = next_cycle(recipe, digest)
    recipe = told.adapted(recipe, mosaics.images)
    _train(told, spec, mosaics.images, recipe, initial, msg("tiles"))
    _finish_tiles(told, load_average(told.out / CHECKPOINT, spec), mosaics, recipe, photos)


def log_line(epoch: Epoch) -> str:
    """An epoch, as the terminal has it."""
    return t(
        "epoch {epoch}: {size} px, training loss {train_loss:.3f}, test accuracy "
        "{test_accuracy:.2%}, {seconds:.0f} s"
    ).format(**vars(epoch))


def _train(
    told: ScratchOptions,
    spec: ResNetSpec,
    images: SmallImages,
    recipe: Recipe,
    initial: ResNet | None,
    what: str,
) -> None:
    """The epochs, each told when it is done."""
    from resnet_explorer.training.scratch import train

    typer.echo(
        t("{images}, {epochs} epochs").format(images=_counts(images, what), epochs=recipe.epochs), err=True
    )
    with training_bar(recipe.epochs) as progress:
        for epoch in train(
            spec, images, recipe, told.out, initial=initial, resume=told.resume, progress=progress
        ):
            typer.echo(log_line(epoch), err=True)


def _counts(images: SmallImages, what: str) -> str:
    return t("{learnt:,} training and {tested:,} test {what}").format(
        learnt=len(images.train), tested=len(images.test), what=t(what)
    )


def _finish(
    told: ScratchOptions, spec: ResNetSpec, images: SmallImages, recipe: Recipe, initial: ResNet | None
) -> None:
    """Export the averaged network, measure the very file, and write its card."""
    from resnet_explorer.training.card import preprocessing_of, write_card
    from resnet_explorer.training.evaluation import (
        channel_statistics,
        measure_norms,
        normalized_batches,
        shuffled,
    )
    from resnet_explorer.training.figures import measure
    from resnet_explorer.training.run_folder import CHECKPOINT
    from resnet_explorer.training.scratch import average_cycles, load_average
    from resnet_explorer.weights import bundled
    from resnet_explorer.weights.bundled import export_bundled

    out = told.out
    statistics = channel_statistics(images.train.images)
    preprocessing = preprocessing_of(statistics, images.train.images.shape[-1])
    model = load_average(out / CHECKPOINT, spec)
    if initial:
        average_cycles(model, initial)
    typer.echo(t("Measuring the batch norms' statistics for the averaged weights"), err=True)
    measure_norms(model, normalized_batches(shuffled(images.train.images), statistics))
    weights = export_bundled(
        model, images.classes, preprocessing, out / EXPORT, {"label": told.label or told.data.name}
    )
    typer.echo(t("Measuring the network that was written"), err=True)
    figures = measure(bundled.load(out / EXPORT), weights, images)
    write_card(out / CARD, weights, recipe, out, figures, f"{told.data.name}, {_counts(images, 'images')}.")
    typer.echo(
        t("{test:.2%} of the test images are right. {network}, {card}").format(
            test=figures.test, network=out / EXPORT, card=out / CARD
        )
    )


def _finish_tiles(
    told: ScratchOptions, model: ResNet, data: Mosaics, recipe: Recipe, photos: CleanPhotos | None
) -> None:
    """From the averaged network, changed in place, to the file that is shipped, and its card."""
    from resnet_explorer.training import tile_recipe as tiles
    from resnet_explorer.training.tile_card import write_tile_card
    from resnet_explorer.training.tile_figures import tile_figures
    from resnet_explorer.weights.bundled import export_bundled
    from resnet_explorer.weights.calibration import calibrate_temperature, measure_calibration

    classes, test = data.images.classes, data.images.test
    seen, names = tiles.tile_preprocessing(), {"label": told.label or told.out.name}
    out, path = told.out, told.out / EXPORT
    with piece_bar() as show:
        tiles.measure_tile_norms(model, data.images.train.images, seen.crop, show)
        tiles.tune_head(model, data.images.train, seen.crop, recipe.seed, show)
        export_bundled(model, classes, seen, path, names)
        # One half of the test tiles says how sure the answers may be, the other whether that is so.
        logits = tiles.tile_logits(_as_shipped(path), test.images[::2], seen.crop, show)
        temperature = calibrate_temperature(logits, test.labels[::2])
        calibration = measure_calibration((logits / temperature).softmax(1), test.labels[::2])
        tiles.fold_temperature(model, temperature)
        kinds = _kinds(data.wordnet)
        weights = export_bundled(model, classes, seen, path, names, calibration, kinds)
        logits = tiles.tile_logits(_as_shipped(path), test.images, seen.crop, show)
    before, after = (
        measure_calibration((logits[1::2] * factor).softmax(1), test.labels[1::2]).expected_error
        for factor in (temperature, 1.0)
    )
    figures = tile_figures(logits, data)
    judged = _judged(path, weights, data, photos) if photos else None
    write_tile_card(out / CARD, weights, recipe, out, data, figures, judged, temperature, (before, after))
    typer.echo(
        t("{top1:.1%} of the test tiles are right. {path}, {card}").format(
            top1=figures.top1, path=path, card=out / CARD
        )
    )


def _kinds(wordnet: tuple[str, ...]) -> tuple[Kind, ...]:
    """Those of the bundled network, for its classes; other classes have none."""
    from resnet_explorer.weights.kinds import bundled_kinds

    try:
        return bundled_kinds(wordnet)
    except ValueError:
        return ()


def _as_shipped(path: Path) -> ResNet:
    from resnet_explorer.model.fold_batch_norm import for_evaluation
    from resnet_explorer.weights import bundled

    return for_evaluation(bundled.load(path))


def _judged(path: Path, weights: Weights, data: Mosaics, photos: CleanPhotos) -> PhotoFigures:
    from resnet_explorer.training.clean_photos import photo_logits
    from resnet_explorer.training.tile_figures import photo_figures

    logits = photo_logits(_as_shipped(path), photos.photos, weights.preprocessing)
    return photo_figures(logits, photos.labels, weights.classes, data.class_sources)
