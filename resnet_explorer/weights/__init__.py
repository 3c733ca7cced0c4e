"""Trained networks: bundled, torchvision's, and your own."""

from resnet_explorer.weights.base import Entry, Preprocessing, Weights
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import available, find, load
from resnet_explorer.weights.own import forget, keep

__all__ = [
    "Entry",
    "Preprocessing",
    "Weights",
    "available",
    "export_bundled",
    "find",
    "forget",
    "keep",
    "load",
]
