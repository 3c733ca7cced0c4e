"""One's own networks are kept, found and removed, and no key leads out of their folder."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from torch import Tensor

from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights import tensors, user_store
from resnet_explorer.weights.catalogue import available, find, load
from resnet_explorer.weights.checkpoint import read_checkpoint
from tests.places import ROOT
from tests.weights.files import THREE, saved


def test_kept_found_loaded_and_forgotten(model: ResNet, photos: Tensor, home: Path) -> None:
    weights = user_store.keep(read_checkpoint(saved(model.state_dict()), "mine.pth", json.dumps(THREE)))
    assert [entry.label for entry in available() if entry.source == "yours"] == ["mine.pth"]
    assert find(weights.key) == weights
    assert torch.equal(load(weights)(photos), model(photos))
    (home / "notes.safetensors").write_text("not one")
    assert user_store.kept() == [weights]
    user_store.forget(weights.key)
    with pytest.raises(ValueError, match="is not kept here"):
        find(weights.key)


def test_two_files_of_one_name_have_two_labels(model: ResNet, home: Path) -> None:
    first, again = (
        user_store.keep(read_checkpoint(saved({"model": model.state_dict(), "epoch": n}), "net.pth"))
        for n in (1, 2)
    )
    assert first.label == "net.pth"
    assert again.label == f"net.pth ({again.key[6:12]})"
    assert {entry.label for entry in available() if entry.source == "yours"} == {first.label, again.label}


@pytest.mark.parametrize("key", ["yours/../../x", "yours/", "yours/abc", "yours//etc/passwd"])
def test_a_key_never_leads_out_of_the_folder(home: Path, key: str) -> None:
    with pytest.raises(ValueError, match="is no key"):
        find(key)


def test_a_folder_that_cannot_be_written(
    model: ResNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("RESNET_EXPLORER_HOME", str(tmp_path / "file"))
    with pytest.raises(ValueError, match="could not be written"):
        user_store.keep(read_checkpoint(saved(model.state_dict())))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk(model: ResNet, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensors, "whole_or_nothing", lambda _: nullcontext(Path("/dev/full")))
    with pytest.raises(ValueError, match=r"could not be written into .*: No space left on device\.$"):
        user_store.keep(read_checkpoint(saved(model.state_dict())))
    assert user_store.kept() == []


def test_the_list_needs_no_torch() -> None:
    code = (
        "import sys; from resnet_explorer.weights.catalogue import available; available(); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
