"""A small network, its classes and its preprocessing, for tests of files of weights."""

import io
from pathlib import Path
from typing import Any

import torch

from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.preprocessing import Preprocessing

SMALL = ResNetSpec("basic", (1, 1), width=4, stem="cifar", num_classes=3)
THREE = ("cat", "dog", "fox")
SQUARE = Preprocessing(36, 32, (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), "bicubic")


def saved(content: object) -> bytes:
    """What torch.save writes."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


class Payload:
    """A pickle that writes a file when it is opened."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.trace, "it ran")
