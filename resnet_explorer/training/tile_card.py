"""The model card of a network that learned from tiles: figures measured on the very file that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import title
from resnet_explorer.training.card import machine, minutes_of, table_rows
from resnet_explorer.training.mosaics import Mosaics
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run_folder import LOG, read_log
from resnet_explorer.training.scratch import Epoch
from resnet_explorer.training.tile_augment import TileAugmentation
from resnet_explorer.training.tile_figures import PhotoFigures, TileFigures
from resnet_explorer.weights.calibration import Calibration
from resnet_explorer.weights.description import Weights

TEMPLATE: Final = Path(__file__).with_suffix(".md")


def write_tile_card(
    path: Path,
    weights: Weights,
    recipe: Recipe,
    run: Path,
    data: Mosaics,
    tiles: TileFigures,
    photos: PhotoFigures | None,
    temperature: float,
    calibration_errors: tuple[float, float],
) -> None:
    """Write the card as Markdown.

    Args:
        path: the Markdown file.
        weights: the exported network, with its calibration.
        recipe: how it was trained.
        run: the folder of the run, for its log.
        data: what it was trained and tested on.
        tiles: measured on the test tiles.
        photos: measured on the sharp photos that are kept for judging, if there are any.
        temperature: what the logits were divided by.
        calibration_errors: expected calibration error of the half of the test tiles that the temperature was
            not measured on, without it and with it.
    """
    log = read_log(run / LOG, Epoch)
    size = weights.preprocessing.crop
    network = plan(weights.spec, (size, size))
    calibration = weights.calibration or Calibration(())
    text = TEMPLATE.read_text(encoding="utf-8").format(
        label=weights.label,
        network=title(weights.spec),
        classes=len(data.images.classes),
        params=network.params,
        macs=network.macs / 1e6,
        size=size,
        accuracy=table_rows(
            [
                (f"{tiles.count:,} test photos of 64 × 64 pixels", f"{tiles.top1:.1%}", f"{tiles.top5:.1%}"),
                *((f"… of them from {name}", f"{part:.1%}", "") for name, part in tiles.per_source.items()),
                *_accuracy_on(photos),
            ]
        ),
        photos=_sources_of(photos),
        train=len(data.images.train),
        test=tiles.count,
        seed=recipe.seed,
        recipe=_recipe_text(recipe),
        minutes=minutes_of(log),
        epochs=len(log),
        machine=machine(),
        precision=recipe.precision,
        test_every=recipe.test_every,
        log=table_rows(
            (str(each.epoch), str(each.size), f"{each.train_loss:.2f}", f"{each.test_accuracy:.1%}")
            for each in log
        ),
        temperature=temperature,
        error_before=calibration_errors[0],
        error_after=calibration_errors[1],
        unsure=calibration.unsure_below,
        calibration=table_rows(
            (f"{each.low:.0%} to {each.high:.0%}", f"{each.count:,}", f"{each.right / each.count:.0%}")
            for each in calibration.bins
            if each.count
        ),
        confusions=table_rows((label, prediction, str(n)) for label, prediction, n in tiles.confusions),
        per_class=table_rows((name, f"{part:.0%}") for name, part in tiles.per_class.items()),
    )
    path.write_text(text, encoding="utf-8")


def _accuracy_on(photos: PhotoFigures | None) -> list[tuple[str, ...]]:
    if photos is None:
        return []
    what = f"{photos.count:,} sharp photos of {len(photos.per_class)} of these things, mean over the classes"
    return [(what, f"{photos.macro_top1:.1%}", f"{photos.macro_top5:.1%}")]


def _sources_of(photos: PhotoFigures | None) -> str:
    """Whether the network favours a collection: its answers to sharp photos, which are from none of them."""
    if photos is None:
        return "No sharp photos were given to judge on."
    answers, references = (
        ", ".join(f"{name} {part:.0%}" for name, part in shares.items() if part)
        for shares in (photos.answers_by_source, photos.references_by_source)
    )
    return (
        "Sharp photos are looked at as the app does. By the collections that a class was learned from, the "
        f"answers are: {answers}. The right answers are: {references}.\n\n"
        "| class | sharp photos that are right |\n|---|---|\n"
        + table_rows((name, f"{part:.0%}") for name, part in sorted(photos.per_class.items()))
    )


def _recipe_text(recipe: Recipe) -> str:
    changes = recipe.augmentation
    assert isinstance(changes, TileAugmentation)
    low, high = changes.quality
    parts = (
        f"{'from the values of ' + recipe.start[:12] if recipe.start else 'from random values'}",
        f"{recipe.epochs} epochs",
        f"batch {recipe.batch_size}",
        f"Nesterov SGD (momentum {recipe.momentum}, weight decay {recipe.weight_decay} on weights)",
        f"rate up to {recipe.peak_rate} over {recipe.warmup:.0%} of the run and down to 0 in a line",
        f"label smoothing {recipe.label_smoothing}",
        *(["each block's last norm from 0"] if recipe.zero_last_norms else []),
        f"weights averaged ({recipe.average} every {recipe.average_every} steps)",
        "tiles of " + ", ".join(f"{size} px until {until:.0%}" for until, size in recipe.sizes),
        f"crops of {changes.area:.0%} to 100% of the area and their mirror images",
        f"light, contrast and saturation by up to {changes.light:.0%}",
        f"JPEG of quality {low:.0f} to {high:.0f} for {changes.jpeg:.0%}",
        f"colours blurred by {changes.colour_sigma[0]} to {changes.colour_sigma[1]} px",
        f"fine detail {changes.sharpness[0]} to {changes.sharpness[1]} of the contrast",
    )
    return ", ".join(parts) + "."
