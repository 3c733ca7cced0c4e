"""Checkpoints of the world on the command line: read, refused, and the names of their classes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_explorer.cli import main
from resnet_explorer.model.resnet import build
from tests.weights.files import SMALL


@pytest.fixture(autouse=True)
def places(temporary_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, and a home of this test's own."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


CASES = {
    "args_namespace.pth": "classes     10: class 0",
    "class_to_idx_digits.pth": "classes     11: 0, 1, 10, 2, 3, …",
    "nan_weights.pth": "Error: nan_weights.pth: fc.weight holds values that are no numbers (NaN)",
    "int8_weights.pth": "Error: int8_weights.pth: conv1.weight holds int8",
    "lightning_criterion_weight.ckpt": "Left aside, for they are no part of the network: criterion.weight.",
    "mmpretrain.pth": "classes     10: class 0",
    "wrapped_in_params.pth": "classes     10: class 0",
    "instance_norm.pth": "It may have had norms without values",
}


@pytest.mark.parametrize("name", CASES)
def test_the_cases_come_out_right(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Small files of the forms that went wrong once, made anew here."""
    model = build(
        SMALL.with_(
            num_classes=11 if "digits" in name else 10, norm="none" if "instance" in name else "batch"
        )
    )
    state = dict(model.state_dict())
    content: dict[str, Any] = {"state_dict": state}
    match name:
        case "args_namespace.pth":
            content = {"model": state, "args": argparse.Namespace(lr=0.1)}
        case "class_to_idx_digits.pth":
            content["class_to_idx"] = {text: n for n, text in enumerate(sorted(map(str, range(11))))}
        case "nan_weights.pth":
            content = state | {"fc.weight": state["fc.weight"] * np.nan}
        case "int8_weights.pth":
            content = {
                key: value.to(torch.int8) if value.ndim == 4 else value for key, value in state.items()
            }
        case "lightning_criterion_weight.ckpt":
            content = {"state_dict": {f"model.{key}": value for key, value in state.items()}}
            content["state_dict"]["criterion.weight"] = torch.ones(10)
        case "mmpretrain.pth":
            names = {key: f"head.{key}" if key.startswith("fc") else f"backbone.{key}" for key in state}
            content = {"state_dict": {names[key]: value for key, value in state.items()}}
        case "wrapped_in_params.pth":
            content = {"params": state}
    torch.save(content, name)
    Image.new("RGB", (40, 40), "red").save("red.png")
    is_refused = CASES[name].startswith("Error")
    assert main(["weights", "inspect", name]) == is_refused
    told = capsys.readouterr()
    assert CASES[name] in (told.err if is_refused else told.out)
    assert main(["predict", "red.png", "--model", name, "--top", "1"]) == is_refused
    if is_refused:
        assert capsys.readouterr().err == told.err


@pytest.mark.parametrize(
    "name", ["a.th", "a.tar", "a.PTH", "a.pth.tar", "a.bin", "a.model", "weights_of_mine"]
)
def test_a_file_that_is_there_is_looked_into(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(build(SMALL).state_dict(), name)
    Path("names.json").write_text('{"cat": 0, "dog": 1, "fox": 2}')
    Image.new("RGB", (40, 40), "red").save("red.png")
    asked = ["predict", "red.png", "--model", name, "--top", "3"]
    assert main([*asked, "--names", "names.json"]) == 0
    answer = capsys.readouterr().out
    assert {line.split()[-1] for line in answer.splitlines()[1:4]} == {"cat", "dog", "fox"}
    assert main([*asked, "--names", "none.json"]) == 1
    assert "none.json cannot be read" in capsys.readouterr().err
    assert main(["predict", "red.png", "--names", "names.json"]) == 2
    assert "--names is for --model FILE" in capsys.readouterr().err.replace("\n", " ")
