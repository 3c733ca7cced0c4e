"""The `predict.py` of a bundle: a network names the classes of photos, without this project.

It prepares photos as `photos` and `explanation.predict` do, step by step, so that its answers are the app's:
a test holds its probabilities against ours. What makes a square into a tile is the app's own file, beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from resnet_explorer.common.i18n import t
from resnet_explorer.export.model_py import class_name
from resnet_explorer.export.template import python_file
from resnet_explorer.network.spec import title
from resnet_explorer.photos import decode
from resnet_explorer.weights.description import Weights

TILE: Final = "tile.py"
_LICENCE: Final = "# From ResNet Explorer. MIT License. Copyright (c) 2026 The ResNet Explorer authors.\n"


def tile_file() -> str:
    """The text of `tile.py`, which predict.py needs for a network that looks at tiles."""
    return _LICENCE + files("resnet_explorer.photos").joinpath(TILE).read_text(encoding="utf-8")


def predict_file(weights: Weights) -> str:
    """The text of `predict.py`; the same network and preprocessing give the same text.

    Raises:
        ValueError: in one sentence, for a network that cannot name a photo's class.
    """
    spec, seen = weights.spec, weights.preprocessing
    if not spec.include_top:
        raise ValueError(t("The network has no fully connected layer, so it knows no classes."))
    if spec.in_channels not in (1, 3):
        raise ValueError(
            t("The network takes {channels} channels; a photo has 3, or 1 in grey.").format(
                channels=spec.in_channels
            )
        )
    return python_file(
        "predict_py.jinja",
        spec=spec,
        seen=seen,
        decode=decode,
        title=title(spec).partition(" (")[0],
        class_name=class_name(spec),
        beside=["model.py", *([TILE] if seen.tile else []), "network.safetensors", "class_indices.json"],
        mean=_per_channel(seen.mean, spec.in_channels),
        std=_per_channel(seen.std, spec.in_channels),
    )


def _per_channel(values: Sequence[float], channels: int) -> str:
    """One number for each channel; for grey the average, as the app takes it."""
    shown = values if channels > 1 else [sum(values) / len(values)]
    return "[" + ", ".join(f"{value:.9g}" for value in shown) + "]"
