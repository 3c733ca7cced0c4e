"""The model card of a trained network: figures measured on the very file that is shipped."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from resnet_explorer.network.plan import plan
from resnet_explorer.network.spec import title
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.training.figures import Figures
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run_folder import LOG, read_log
from resnet_explorer.training.scratch import Epoch
from resnet_explorer.weights.description import Weights

TEMPLATE: Final = Path(__file__).with_suffix(".md")


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
    log = read_log(run / LOG, Epoch)
    size = weights.preprocessing.crop
    network = plan(weights.spec, (size, size))
    start = (
        f"- **Began with** the values of an earlier run's file, SHA-256 {recipe.start}. Shipped is the mean "
        "of those values and of this run's (stochastic weight averaging, Izmailov et al. 2018).\n"
    )
    text = TEMPLATE.read_text(encoding="utf-8").format(
        label=weights.label,
        network=title(weights.spec),
        stem=weights.spec.stem,
        params=network.params,
        macs=network.macs / 1e6,
        size=size,
        figures=figures,
        per_class=table_rows((name, f"{part:.1%}") for name, part in figures.per_class.items()),
        data=data_name,
        recipe=recipe,
        sizes=", ".join(f"{size} px until {until:.0%}" for until, size in recipe.sizes),
        start=start if recipe.start else "",
        minutes=minutes_of(log),
        epochs=len(log),
        machine=machine(),
        classes=", ".join(weights.classes),
    )
    path.write_text(text, encoding="utf-8")


def table_rows(rows: Iterable[Iterable[str]]) -> str:
    """The rows of a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def minutes_of(log: Iterable[Epoch]) -> float:
    """How long a run took, all its epochs together."""
    return sum(epoch.seconds for epoch in log) / 60


def machine() -> str:
    """Where this runs: cores or GPU, and torch's version."""
    cpu = platform.processor() or platform.machine()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{os.cpu_count()} cores ({cpu})"
    return f"{device}, torch {torch.__version__}"


def preprocessing_of(statistics: tuple[Tensor, Tensor], size: int) -> Preprocessing:
    """What a network trained on square images of a size was trained to see."""
    mean, std = (tuple(round(float(v), 6) for v in values.flatten()) for values in statistics)
    return Preprocessing(size, size, mean, std, crop_policy="most_confident")  # type: ignore[arg-type]
