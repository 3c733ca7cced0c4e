"""`export`: the files that it writes, and what it says where it cannot."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest

from resnet_explorer import plan, preset
from resnet_explorer.cli import main
from resnet_explorer.export.model_py import model_file
from resnet_explorer.network.table_rows import layer_rows, to_csv
from resnet_explorer.weights.catalogue import find, load
from tests.places import ROOT

ALL = ("--model=m.py", "--svg=g.svg", "--dot=g.dot", "--csv=t.csv", "--markdown=t.md")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_file_and_the_same_bytes_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["export", "resnet20_cifar", "--size", "40x24", *ALL, "--onnx=f.onnx"]
    assert main(arguments) == 0
    told = capsys.readouterr().out.splitlines()
    first = {path.name: path.read_bytes() for path in here.iterdir()}
    assert set(first) == {"m.py", "f.onnx", "g.svg", "g.dot", "t.csv", "t.md"}
    assert f"f.onnx: {len(first['f.onnx']):,} bytes" in told
    assert first["m.py"].decode() == model_file(preset("resnet20_cifar"), (40, 24))
    assert first["t.csv"].decode() == to_csv(layer_rows(plan(preset("resnet20_cifar"), (40, 24))))
    onnx.checker.check_model(onnx.load_from_string(first["f.onnx"]))
    assert main(arguments) == 0
    assert {path.name: path.read_bytes() for path in here.iterdir()} == first
    assert main(["export", "resnet20_cifar", "--onnx=f.onnx", "--seed=1"]) == 0
    assert (here / "f.onnx").read_bytes() != first["f.onnx"], "another seed, other weights"


@pytest.mark.slow
def test_a_trained_network_by_its_name_or_its_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--onnx=t.onnx", "--bundle=b.zip", "--model=m.py"]
    assert main(["export", "--weights=bundled", *arguments]) == 0
    read = onnx.load_from_string((here / "t.onnx").read_bytes())
    assert {entry.key for entry in read.metadata_props} >= {"label", "classes", "preprocessing"}
    weights = find("bundled")
    values = {each.name: onnx.numpy_helper.to_array(each) for each in read.graph.initializer}
    assert np.array_equal(values["fc.weight"], load(weights).fc.weight.numpy())
    with zipfile.ZipFile(here / "b.zip") as packed:
        (here / "n.safetensors").write_bytes(packed.read("network.safetensors"))
        assert packed.read("model.py") == (here / "m.py").read_bytes()
    assert main(["export", "--weights=n.safetensors", "--onnx=again.onnx"]) == 0
    assert (here / "again.onnx").read_bytes() == (here / "t.onnx").read_bytes()


def test_only_onnx_needs_torch(here: Path) -> None:
    code = (
        "import sys; from resnet_explorer.cli import main; "
        f"status = main(['export', 'resnet152', *{ALL}]); "
        "sys.exit(status or 'torch' in sys.modules)"
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=here, env=environment, check=False)
    assert done.returncode == 0
    assert "60,192,808 parameters" in (here / "m.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["resnet18"], 2, "nothing to write: name a file"),
        (["--onnx=f.onnx"], 2, "name a network, or a trained one with --weights; one of the two."),
        (["resnet18", "--weights=bundled", "--onnx=f.onnx"], 2, "with --weights; one of the two."),
        (["resnet18", "--bundle=b.zip"], 2, "--bundle needs trained values; --weights says which."),
        (["--weights=resnet19", "--onnx=f.onnx"], 2, "'resnet19' is no trained network"),
        (["--weights=no.pth", "--onnx=f.onnx"], 1, "Error: no.pth cannot be read"),
        (["resnet19", "--model=m.py"], 2, "'resnet19' is no preset"),
        (["resnet18", "--size=big", "--model=m.py"], 2, "a size is written as 224 or 224x160"),
        (["resnet18", "--model=no/such/m.py"], 1, "Error: no/such/m.py cannot be written: No such file"),
        (["bottleneck.50-50-50-50.width-256", "--onnx=f.onnx"], 1, "Error: As ONNX this network would be"),
    ],
)
def test_what_cannot_be_done(
    here: Path, arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *arguments]) == status
    assert words in " ".join(capsys.readouterr().err.split())
    assert not list(here.iterdir())
