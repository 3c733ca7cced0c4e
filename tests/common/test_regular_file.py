"""What is no file is not read as one, and what is too large is not read at all, wherever it comes from."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from resnet_explorer.commands.parse import names_file
from resnet_explorer.finetune.dataset.image_folder import photos_at
from resnet_explorer.finetune.dataset.store import datasets, keep_zip
from resnet_explorer.photos.sources import read_file
from resnet_explorer.weights.reading.reader import read_checkpoint_file
from resnet_explorer.weights.reading.safetensors_header import read_header

WAYS: dict[str, Callable[[Path], object]] = {
    "photo": lambda path: read_file(path, "it"),
    "weights": lambda path: read_checkpoint_file(path, "it"),
    "names": names_file,
    "header": read_header,
    "dataset": lambda path: photos_at(path, "it"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_pipe_or_a_device_is_no_file(way: str, tmp_path: Path) -> None:
    """Nobody is at the other end of the pipe: who opened it would wait for ever."""
    os.mkfifo(tmp_path / "pipe.zip")
    for path in (tmp_path / "pipe.zip", Path("/dev/zero")):
        with pytest.raises(ValueError, match="a pipe or a device"):
            WAYS[way](path)


@pytest.mark.parametrize("way", ["photo", "weights", "names", "header"])
def test_a_folder_is_no_file_and_is_not_left_open(way: str, tmp_path: Path) -> None:
    free = os.dup(0)
    os.close(free)
    with pytest.raises(ValueError, match="no file, but a folder"):
        WAYS[way](tmp_path)
    again = os.dup(0)
    os.close(again)
    assert again == free


@pytest.mark.parametrize("way", ["photo", "weights", "names"])
def test_a_sparse_file_of_5_gb_is_refused_by_what_it_claims(way: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"5,000 MB|5,242,880,000 bytes|more than 1,048,576 bytes"):
        WAYS[way](sparse(tmp_path / "large"))


def test_a_sparse_archive_of_5_gb_is_not_copied(temporary_home: Path, tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.zip")
    with zipfile.ZipFile(path, "a") as archive:  # its list stands behind the hole: a true archive
        archive.writestr("cats/a.jpg", b"")
    with path.open("rb") as file, pytest.raises(ValueError, match=r"large\.zip has 5,242,880,\d+ bytes"):
        keep_zip(file, "large.zip")
    assert not datasets()
    assert sum(each.stat().st_blocks * 512 for each in temporary_home.rglob("*") if each.is_file()) < 2**20


def sparse(path: Path) -> Path:
    """A file that claims 5,000 MiB, and has none of them."""
    path.touch()
    os.truncate(path, 5_000 * 2**20)
    return path
