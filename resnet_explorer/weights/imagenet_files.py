"""torchvision's files of ImageNet weights, and where they lie: known without torch, held to it by tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True)
class File:
    """A file as torchvision publishes it."""

    name: str
    megabytes: float


_V1: Final = "IMAGENET1K_V1"
_V2: Final = "IMAGENET1K_V2"

FILES: Final[Mapping[str, dict[str, File]]] = {
    "resnet18": {_V1: File("resnet18-f37072fd.pth", 44.661)},
    "resnet34": {_V1: File("resnet34-b627a593.pth", 83.275)},
    "resnet50": {_V2: File("resnet50-11ad3fa6.pth", 97.79), _V1: File("resnet50-0676ba61.pth", 97.781)},
    "resnet101": {
        _V2: File("resnet101-cd907fc2.pth", 170.53),
        _V1: File("resnet101-63fe2227.pth", 170.511),
    },
    "resnet152": {
        _V2: File("resnet152-f82ba261.pth", 230.474),
        _V1: File("resnet152-394f9c45.pth", 230.434),
    },
    "resnext50_32x4d": {
        _V2: File("resnext50_32x4d-1a0047aa.pth", 95.833),
        _V1: File("resnext50_32x4d-7cdf4587.pth", 95.789),
    },
    "resnext101_32x8d": {
        _V2: File("resnext101_32x8d-110c445d.pth", 339.673),
        _V1: File("resnext101_32x8d-8ba56ff5.pth", 339.586),
    },
    "resnext101_64x4d": {_V1: File("resnext101_64x4d-173b62eb.pth", 319.318)},
    "wide_resnet50_2": {
        _V2: File("wide_resnet50_2-9ba9bcbe.pth", 263.124),
        _V1: File("wide_resnet50_2-95faca4d.pth", 131.82),
    },
    "wide_resnet101_2": {
        _V2: File("wide_resnet101_2-d733dc28.pth", 484.747),
        _V1: File("wide_resnet101_2-32ee1156.pth", 242.896),
    },
}
"""By network and version, the better version first."""


SERVER: Final = "https://download.pytorch.org"
"""Where all of them are published."""


def cache_folder() -> Path:
    """Where torchvision keeps its weights, as `torch.hub` says; the environment's TORCH_HOME moves it."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.environ.get("TORCH_HOME", f"{cache}/torch")).expanduser() / "hub" / "checkpoints"


def file_of(key: str) -> File:
    """The file of a key like "torchvision/resnet50/IMAGENET1K_V2"."""
    _, network, version = key.split("/")
    return FILES[network][version]


def cached_file(key: str) -> Path | None:
    """The file in torchvision's cache, or None. Its hash is checked when it is loaded."""
    path = cache_folder() / file_of(key).name
    return path if path.is_file() else None
