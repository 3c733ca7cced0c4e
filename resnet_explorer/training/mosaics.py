"""Small square photos kept as mosaics: one picture a class, part and source, of tiles in rows.

The folder's `index.json` lists the classes (WordNet id and name) and, for each mosaic, its file, part,
source, side of a tile, number of tiles, and tiles in a row. 119,400 photos are 368 files and 150 MB.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_explorer.common.i18n import t
from resnet_explorer.training.data import ImageSet, SmallImages

INDEX: Final = "index.json"


@dataclass(frozen=True)
class Mosaics:
    """Photos from mosaics.

    Attributes:
        images: training and test part, and the names of the classes.
        wordnet: of each class, its id in WordNet, such as "n01440764".
        sources: the collections that the photos are from.
        test_sources: of each test photo, the index of its source.
        class_sources: of each class, the sources that it has photos from, with a plus between.
    """

    images: SmallImages
    wordnet: tuple[str, ...]
    sources: tuple[str, ...]
    test_sources: Tensor
    class_sources: tuple[str, ...]


def is_mosaics(path: Path) -> bool:
    """Whether a path is a folder of mosaics."""
    return (path / INDEX).is_file()


def load_mosaics(folder: Path) -> Mosaics:
    """Read a folder of mosaics.

    Raises:
        ValueError: if the index or a mosaic cannot be read, or the tiles differ in size.
    """
    try:
        classes = json.loads((folder / INDEX).read_text(encoding="utf-8"))["classes"]
        sources = sorted({mosaic["source"] for entry in classes for mosaic in entry["mosaics"]})
        train, _ = _part(folder, classes, "train", sources)
        test, test_sources = _part(folder, classes, "test", sources)
    except (OSError, KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            t("{folder} holds no mosaics that can be read: {error}.").format(folder=folder, error=error)
        ) from None
    return Mosaics(
        SmallImages(train, test, tuple(entry["name"] for entry in classes)),
        tuple(entry["id"] for entry in classes),
        tuple(sources),
        test_sources,
        tuple("+".join(sorted({mosaic["source"] for mosaic in entry["mosaics"]})) for entry in classes),
    )


def _part(
    folder: Path, classes: list[dict[str, Any]], part: str, sources: list[str]
) -> tuple[ImageSet, Tensor]:
    tiles, labels, from_source = [], [], []
    for index, entry in enumerate(classes):
        for mosaic in entry["mosaics"]:
            if mosaic["part"] == part:
                found = _tiles(folder / mosaic["file"], mosaic["side"], mosaic["columns"], mosaic["count"])
                tiles.append(found)
                labels += [index] * len(found)
                from_source += [sources.index(mosaic["source"])] * len(found)
    if len({found.shape[1:] for found in tiles}) != 1:
        raise ValueError(
            t("The tiles of {folder} differ in size, or there are none to {part} on.").format(
                folder=folder, part=part
            )
        )
    return ImageSet(torch.cat(tiles), torch.tensor(labels)), torch.tensor(from_source)


def _tiles(path: Path, side: int, columns: int, count: int) -> Tensor:
    """(N, 3, side, side), from left to right, row by row."""
    with Image.open(path) as picture:
        pixels = torch.from_numpy(np.array(picture.convert("RGB")))
    numbers = (side, columns, count)
    if not all(isinstance(number, int) and number > 0 for number in numbers) or (
        columns * side > pixels.shape[1]
    ):
        raise ValueError(
            t("{name} of {shape} pixels across does not fit what the index says.").format(
                name=path.name, shape=pixels.shape[1]
            )
        )
    rows = pixels.shape[0] // side
    grid = pixels[: rows * side, : columns * side].view(rows, side, columns, side, 3)
    tiles = grid.permute(0, 2, 4, 1, 3).reshape(rows * columns, 3, side, side)
    if len(tiles) < count:
        raise ValueError(
            t("{name} holds {count} tiles, and the index says {expected}.").format(
                name=path.name, count=len(tiles), expected=count
            )
        )
    return tiles[:count].contiguous()
