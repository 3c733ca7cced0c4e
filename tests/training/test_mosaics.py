"""Mosaics: photos come back in their order, and a broken folder is said in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from resnet_explorer.training.mosaics import is_mosaics, load_mosaics

SIDE, COLUMNS = 8, 4
COUNTS = {
    ("cat", "train", "one"): 6,
    ("cat", "train", "two"): 9,
    ("cat", "test", "two"): 2,
    ("dog", "train", "one"): 5,
    ("dog", "test", "one"): 4,
    ("dog", "test", "two"): 1,
}


def write(folder: Path) -> dict[tuple[str, str, str], Tensor]:
    """A folder of mosaics; its tiles (N, 3, 8, 8) by class, part and source."""
    random = np.random.default_rng(0)
    written: dict[tuple[str, str, str], Tensor] = {}
    classes: dict[str, list[dict[str, Any]]] = {"cat": [], "dog": []}
    for (name, part, source), count in COUNTS.items():
        tiles = random.integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)
        rows = -(-count // COLUMNS)
        picture = np.zeros((rows * SIDE, COLUMNS * SIDE, 3), dtype=np.uint8)
        for place, tile in enumerate(tiles):
            top, left = place // COLUMNS * SIDE, place % COLUMNS * SIDE
            picture[top : top + SIDE, left : left + SIDE] = tile
        file = f"{part}/{name}-{source}.png"
        (folder / part).mkdir(exist_ok=True)
        Image.fromarray(picture).save(folder / file)
        size = {"count": count, "side": SIDE, "columns": COLUMNS}
        classes[name].append({"part": part, "source": source, "file": file, **size})
        written[name, part, source] = torch.from_numpy(tiles).permute(0, 3, 1, 2)
    ids = {"cat": "n02121620", "dog": "n02084071"}
    entries = [{"id": ids[name], "name": name, "mosaics": mosaics} for name, mosaics in classes.items()]
    (folder / "index.json").write_text(json.dumps({"classes": entries}))
    return written


def changed_index(folder: Path, **values: Any) -> None:
    """Change what the index says of the first mosaic."""
    index = json.loads((folder / "index.json").read_text())
    index["classes"][0]["mosaics"][0].update(values)
    (folder / "index.json").write_text(json.dumps(index))


def test_tiles_come_back_in_order_with_their_labels_and_sources(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert is_mosaics(tmp_path)
    mosaics = load_mosaics(tmp_path)
    assert mosaics.images.classes == ("cat", "dog")
    assert mosaics.wordnet == ("n02121620", "n02084071")
    assert mosaics.sources == ("one", "two")
    for part, images in (("train", mosaics.images.train), ("test", mosaics.images.test)):
        expected = [(key, tiles) for key, tiles in written.items() if key[1] == part]
        assert torch.equal(images.images, torch.cat([tiles for _, tiles in expected]))
        labels = [("cat", "dog").index(key[0]) for key, tiles in expected for _ in tiles]
        assert images.labels.tolist() == labels
    assert mosaics.test_sources.tolist() == [1, 1, 0, 0, 0, 0, 1]
    assert mosaics.class_sources == ("one+two", "one+two")


def test_other_folders_are_none(tmp_path: Path) -> None:
    assert not is_mosaics(tmp_path)
    assert not is_mosaics(tmp_path / "nothing")
    (tmp_path / "train").mkdir()
    assert not is_mosaics(tmp_path)
    assert not is_mosaics(tmp_path / "train" / "photo.png")


@pytest.mark.parametrize(
    "index",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"classes": 3}',
        '{"classes": [{"name": "cat"}]}',
        '{"classes": [{"id": "n1", "name": "cat", "mosaics": [{"part": "train"}]}]}',
        '{"classes": ["cat"]}',
        b'{"classes": "\xff"}',
    ],
)
def test_a_broken_index_is_said(tmp_path: Path, index: str | bytes) -> None:
    write(tmp_path)
    (tmp_path / "index.json").write_bytes(index.encode() if isinstance(index, str) else index)
    with pytest.raises(ValueError, match="holds no mosaics that can be read: ") as told:
        load_mosaics(tmp_path)
    assert str(told.value).count("\n") == 0


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_a_missing_or_damaged_mosaic_is_said(tmp_path: Path, content: bytes | None) -> None:
    write(tmp_path)
    file = tmp_path / "train" / "cat-one.png"
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match=r"holds no mosaics that can be read: .*cat-one\.png"):
        load_mosaics(tmp_path)


def test_too_few_tiles_are_said(tmp_path: Path) -> None:
    write(tmp_path)
    changed_index(tmp_path, count=9)
    with pytest.raises(ValueError, match=r"^cat-one\.png holds 8 tiles, and the index says 9\.$"):
        load_mosaics(tmp_path)


@pytest.mark.parametrize(
    "values",
    [{"side": 0}, {"side": -8}, {"side": 8.5}, {"columns": 5}, {"columns": 0}, {"count": 0}, {"count": -2}],
)
def test_an_index_that_does_not_fit_its_mosaic_is_said(tmp_path: Path, values: dict[str, Any]) -> None:
    write(tmp_path)
    changed_index(tmp_path, **values)
    with pytest.raises(ValueError, match=r"cat-one\.png .* does not fit") as told:
        load_mosaics(tmp_path)
    assert str(told.value).count("\n") == 0


def test_tiles_of_two_sizes_are_said(tmp_path: Path) -> None:
    write(tmp_path)
    changed_index(tmp_path, side=4, columns=8)
    with pytest.raises(ValueError, match=r"^The tiles of .* differ in size"):
        load_mosaics(tmp_path)


def test_a_part_without_photos_is_said(tmp_path: Path) -> None:
    write(tmp_path)
    index = json.loads((tmp_path / "index.json").read_text())
    for entry in index["classes"]:
        entry["mosaics"] = [mosaic for mosaic in entry["mosaics"] if mosaic["part"] == "train"]
    (tmp_path / "index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match=r"there are none to test on\.$"):
        load_mosaics(tmp_path)
