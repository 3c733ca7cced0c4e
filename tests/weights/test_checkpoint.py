"""What people save is unwrapped and recognised, with the names of its classes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
import torchvision
from torch import Tensor

from resnet_explorer.model.resnet import ResNet
from resnet_explorer.network.spec import preset
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import is_file_name
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.imagenet import categories
from tests.weights.files import SMALL, SQUARE, THREE, saved


def with_prefix(prefix: str) -> Callable[[dict[str, Tensor]], dict[str, Any]]:
    return lambda state: {prefix + name: value for name, value in state.items()}


WRAPPINGS: dict[str, Callable[[dict[str, Tensor]], dict[str, Any]]] = {
    "bare": dict,
    "state_dict": lambda state: {"state_dict": state, "epoch": 3, "best": 0.5},
    "model": lambda state: {"model": state, "optimizer": {"state": {}, "param_groups": []}},
    "model_state_dict": lambda state: {"model_state_dict": state, "loss": torch.tensor(0.5)},
    "DataParallel": with_prefix("module."),
    "Lightning": lambda state: {"state_dict": with_prefix("model.")(state), "hyper_parameters": {"lr": 0.1}},
    "backbone": with_prefix("backbone."),
    "two prefixes": with_prefix("module.backbone."),
    "compiled": with_prefix("_orig_mod."),
    "EMA": lambda state: {
        "model": {name: value * 0 for name, value in state.items()},
        "model_ema": {"n_averaged": torch.tensor(9), **with_prefix("module.")(state)},
    },
    "this library's run": lambda state: {
        "epoch": 1,
        "model": {name: value * 0 for name, value in state.items()},
        "average": state,
        "optimizer": {"state": {}},
    },
    "kuangliu's pytorch-cifar": lambda state: {
        "net": {
            "module." + name.replace("fc.", "linear.").replace(".downsample.", ".shortcut."): value
            for name, value in state.items()
        },
        "acc": 95.1,
        "epoch": 199,
    },
    "double": lambda state: {name: v.double() for name, v in state.items()},
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_what_people_save_is_unwrapped(model: ResNet, photos: Tensor, wrapping: str) -> None:
    content = saved(WRAPPINGS[wrapping](dict(model.state_dict())))
    found = read_checkpoint(content, "net.pth")
    assert found.weights.spec == SMALL
    assert found.weights.classes == ("class 0", "class 1", "class 2")
    assert found.weights.key == "yours/" + hashlib.sha256(content).hexdigest()[:12]
    assert torch.equal(found.network()(photos), model(photos))
    assert any("average" in note for note in found.weights.notes) == (
        wrapping in ("EMA", "this library's run")
    )


def test_old_formats(model: ResNet, photos: Tensor, tmp_path: Path) -> None:
    torch.save(model.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    safetensors.torch.save_file(model.state_dict(), tmp_path / "net.safetensors")
    for name in ("old.pth", "net.safetensors"):
        found = read_checkpoint(tmp_path / name)
        assert found.weights.label == name
        assert torch.equal(found.network()(photos), model(photos))


def test_torchvision_networks_are_recognised_and_named() -> None:
    found = read_checkpoint(saved(torchvision.models.resnet18().state_dict()), "r18.pth")
    assert found.weights.spec == preset("resnet18")
    assert found.weights.classes == categories()
    assert found.weights.classes[207] == "golden retriever"
    assert any("ImageNet's class names are assumed" in note for note in found.weights.notes)
    assert (found.weights.preprocessing.resize, found.weights.preprocessing.crop) == (256, 224)


def test_an_exported_file_says_all_of_itself(model: ResNet, photos: Tensor, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    export_bundled(model, THREE, SQUARE, path, {"label": "animals"})
    found = read_checkpoint(path)
    assert (found.weights.classes, found.weights.preprocessing) == (THREE, SQUARE)
    assert found.weights.label == "animals"
    torch.testing.assert_close(found.network()(photos), model(photos), rtol=5e-3, atol=5e-3)


@pytest.mark.parametrize("name", ["net.pth", "NET.PT", "a.b.th", "x/net.pth.tar", "w.ckpt", "w.SafeTensors"])
def test_a_file_is_known_by_its_ending_or_because_it_is_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_file_name(name)
    assert not any(map(is_file_name, ("resnet50", "bundled", "no_file", "notes.txt")))
    for there in ("resnet50", "weights_of_mine"):
        Path(there).touch()
    assert is_file_name("weights_of_mine") and not is_file_name("resnet50")
