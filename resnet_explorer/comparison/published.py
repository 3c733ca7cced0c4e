"""What torchvision publishes of its ImageNet weights, read from their metadata and never retyped.

torchvision, and torch with it, is loaded by the first call and not before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from resnet_explorer.network.spec import TORCHVISION_NAMES, preset, title
from resnet_explorer.network.table_rows import Row

DATA: Final = "ImageNet-1K"


@dataclass(frozen=True)
class Published:
    """One file of weights: how often it is right on ImageNet's validation images, and what it costs.

    Attributes:
        network: torchvision's name, a preset of ours.
        version: "V1" or "V2", the end of the name of the weights.
        weights: the whole name, "IMAGENET1K_V2".
        top1: percent of the images whose class is the first answer, on one central crop.
        top5: percent whose class is among the first five.
        params: parameters.
        gmacs: multiply–accumulates of one image in units of 10⁹ (`_ops`).
        recipe: address at which the training is described.
        note: what torchvision says of these weights.
    """

    network: str
    version: str
    weights: str
    top1: float
    top5: float
    params: int
    gmacs: float
    recipe: str
    note: str

    @property
    def name(self) -> str:
        """What people call the network."""
        return title(preset(self.network))


@lru_cache
def published() -> tuple[Published, ...]:
    """All weights that torchvision has for its ten residual networks, in the order of the presets."""
    from torchvision.models import get_model_weights

    return tuple(
        _record(network, weights) for network in TORCHVISION_NAMES for weights in get_model_weights(network)
    )


def source() -> str:
    """What was read, with its version: "torchvision 0.29.2"."""
    import torchvision

    return f"torchvision {str(torchvision.__version__).partition('+')[0]}"


def _record(network: str, weights: Any) -> Published:
    meta = weights.meta
    metrics = meta["_metrics"][DATA]
    return Published(
        network,
        weights.name.rpartition("_")[2],
        weights.name,
        metrics["acc@1"],
        metrics["acc@5"],
        meta["num_params"],
        meta["_ops"],
        meta["recipe"],
        _plain(meta["_docs"]),
    )


def _plain(text: str) -> str:
    """reStructuredText as a line of plain words: links without their addresses."""
    words = re.sub(r"`([^`<]*?)\s*<[^>]*>`_+", r"\1", " ".join(text.split()))
    return words.strip()


def published_rows() -> list[Row]:
    """The figures of all weights, one row each, for a table or CSV."""
    return [
        {
            "network": record.network,
            "weights": record.weights,
            "top-1": record.top1,
            "top-5": record.top5,
            "params": record.params,
            "gmacs": record.gmacs,
            "recipe": record.recipe,
            "note": record.note,
        }
        for record in published()
    ]
