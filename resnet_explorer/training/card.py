"""The model card of a trained network: figures measured on the very file that is shipped."""

from __future__ import annotations

import csv
import os
import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from resnet_explorer.module import ResNet
from resnet_explorer.photo import open_photo
from resnet_explorer.plan import plan
from resnet_explorer.predictor import first_view, preprocess
from resnet_explorer.spec import title
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.scratch import LOG, Recipe, evaluate
from resnet_explorer.training.uploads import as_uploaded
from resnet_explorer.weights.base import Preprocessing, Weights

UPLOADS: Final = 1000
"""How many test images are also measured as uploads."""


@dataclass(frozen=True)
class Figures:
    """What was measured of a trained network; accuracies from 0 to 1.

    Attributes:
        test: on all test images as they are.
        per_class: the same, class by class.
        uploads: on test images as large, off-centre photos (`as_uploaded`), looked at as the app does.
        uploads_centre: on the same, looked at in the centre.
        uploads_count: on how many of them.
    """

    test: float
    per_class: dict[str, float]
    uploads: float
    uploads_centre: float
    uploads_count: int


def measure(model: ResNet, weights: Weights, data: SmallImages, seed: int = 0) -> Figures:
    """Measure a network on the test part of its data, and on the same images as uploads."""
    mean, std = (
        torch.tensor(values).view(3, 1, 1)
        for values in (weights.preprocessing.mean, weights.preprocessing.std)
    )
    right = evaluate(model, data.test, (mean, std)).argmax(1) == data.test.labels
    per_class = {
        name: float(right[data.test.labels == index].float().mean())
        for index, name in enumerate(weights.classes)
    }
    count = min(UPLOADS, len(data.test))
    centred = replace(weights.preprocessing, look="centre")
    return Figures(
        float(right.float().mean()),
        per_class,
        _uploads_accuracy(model, weights.preprocessing, data.test, count, seed),
        _uploads_accuracy(model, centred, data.test, count, seed),
        count,
    )


@torch.inference_mode()
def _uploads_accuracy(
    model: ResNet, preprocessing: Preprocessing, images: ImageSet, count: int, seed: int
) -> float:
    """Part of the right answers on the first photos of a shuffle, each through the app's whole path."""
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(images))[:count]
    right = 0
    for index in chosen:
        pixels = images.images[index].permute(1, 2, 0).numpy()
        photo = open_photo(as_uploaded(pixels, random), "upload.jpg")
        tensor, _ = preprocess(photo, preprocessing, first_view(model, photo, preprocessing))
        right += int(model(tensor).argmax() == images.labels[index])
    return right / count


def write_card(
    path: Path, weights: Weights, recipe: Recipe, run: Path, figures: Figures, data_name: str
) -> None:
    """Write the card as Markdown.

    Args:
        path: the Markdown file.
        weights: the exported network.
        recipe: how it was trained.
        run: the folder of the run, for its log.
        figures: what was measured of the exported file.
        data_name: the data, with what is to be said of it.
    """
    rows = list(csv.DictReader((run / LOG).open(newline="")))
    minutes = sum(float(row["seconds"]) for row in rows) / 60
    network = plan(weights.spec, (weights.preprocessing.crop, weights.preprocessing.crop))
    lines = [
        f"# {weights.label}",
        "",
        f"{title(weights.spec)}, {weights.spec.stem} stem: "
        f"{network.params:,} parameters, {network.macs / 1e6:.0f} M MACs at "
        f"{weights.preprocessing.crop} × {weights.preprocessing.crop} pixels; kernels stored in float16.",
        "",
        "| measured on the shipped file | accuracy |",
        "|---|---|",
        f"| all test images | {figures.test:.2%} |",
        f"| {figures.uploads_count:,} test images as uploads: large, off-centre, any aspect, JPEG "
        f"(`training/uploads.py`), looked at as the app does: the surest of three squares | "
        f"{figures.uploads:.2%} |",
        f"| the same uploads, looked at in the centre | {figures.uploads_centre:.2%} |",
        "",
        "| class | accuracy on the test images |",
        "|---|---|",
        *(f"| {name} | {accuracy:.1%} |" for name, accuracy in figures.per_class.items()),
        "",
        f"- **Data**: {data_name}",
        f"- **Recipe**: {_recipe_text(recipe)}",
        *_start_lines(recipe),
        f"- **Seed**: {recipe.seed}. Everything random in an epoch comes from the seed and the epoch.",
        f"- **Time**: {minutes:.0f} minutes for {len(rows)} epochs on {machine()}, {recipe.precision}.",
        "- **Chosen by**: nothing in this run. The averaged weights after the last epoch are shipped; the "
        "test images decided neither when to stop nor what to keep.",
        "- **Knows**: "
        + ", ".join(weights.classes)
        + ". Every photo is put into one of these, whatever it shows.",
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def _start_lines(recipe: Recipe) -> list[str]:
    if recipe.start is None:
        return []
    return [
        f"- **Began with** the values of an earlier run's file, SHA-256 {recipe.start}. Shipped is the mean "
        "of those values and of this run's (stochastic weight averaging, Izmailov et al. 2018)."
    ]


def _recipe_text(recipe: Recipe) -> str:
    sizes = ", ".join(f"{size} px until {until:.0%}" for until, size in recipe.sizes)
    return (
        f"{recipe.epochs} epochs, batch {recipe.batch_size}, Nesterov SGD (momentum {recipe.momentum}, "
        f"weight decay {recipe.weight_decay} on weights), rate up to {recipe.peak_rate} over "
        f"{recipe.warmup:.0%} of the run and down to 0 in a line, label smoothing {recipe.label_smoothing}, "
        f"average of the weights ({recipe.average}; at the end its batch norms' statistics are measured on "
        f"the training images without augmentation), images of {sizes} of the epochs; zoom, stretch, shift, "
        "turn, mirror, light, colour and blur, each image by a strength of its own, half as strong in the "
        f"last {recipe.calm:.0%} (`training/scratch.py`, `training/augment.py`)."
    )


def machine() -> str:
    """Where this runs: cores or GPU, and torch's version."""
    cpu = platform.processor() or platform.machine()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{os.cpu_count()} cores ({cpu})"
    return f"{device}, torch {torch.__version__}"


def preprocessing_of(statistics: tuple[Tensor, Tensor], size: int) -> Preprocessing:
    """What a network trained on square images of a size was trained to see."""
    mean, std = (tuple(round(float(v), 6) for v in values.flatten()) for values in statistics)
    return Preprocessing(size, size, mean, std, look="surest")  # type: ignore[arg-type]
