"""Bundled networks: what is exported comes back, and other files beside the first are found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch
import torchvision
from torch import Tensor

from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.network.spec import preset
from resnet_explorer.photos.tile import SIDE
from resnet_explorer.weights import bundled
from resnet_explorer.weights.bundled import export_bundled
from resnet_explorer.weights.catalogue import available, find, load
from tests.places import ROOT
from tests.weights.files import SMALL, SQUARE, THREE


def test_what_is_exported_comes_back(model: ResNet, photos: Tensor, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "net.safetensors"
    more = {"label": "three animals", "test accuracy": "91.3 %"}
    exported = export_bundled(model, THREE, SQUARE, path, more)
    assert bundled.describe(path) == exported
    assert (exported.spec, exported.classes, exported.preprocessing) == (SMALL, THREE, SQUARE)
    assert (exported.key, exported.label, exported.source) == ("bundled", "three animals", "bundled")
    again = bundled.load(path)
    assert not again.training
    assert not any(parameter.requires_grad for parameter in again.parameters())
    assert {value.dtype for value in again.parameters()} == {torch.float32}
    # float16 keeps 11 bits: a relative 2⁻¹¹ a weight, and its logits stay as near.
    torch.testing.assert_close(again(photos), model(photos), rtol=5e-3, atol=5e-3)
    assert [file.name for file in path.parent.iterdir()] == ["net.safetensors"]


def test_kernels_take_two_bytes_and_norms_four(model: ResNet, tmp_path: Path) -> None:
    export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors")
    stored = safetensors.torch.load_file(tmp_path / "net.safetensors")
    assert {t.dtype for t in stored.values() if t.ndim > 1} == {torch.float16}
    assert {t.dtype for t in stored.values() if t.ndim == 1} == {torch.float32}
    for name, value in stored.items():
        if value.ndim == 1:
            assert torch.equal(value, model.state_dict()[name]), name


def test_a_value_too_large_for_float16_is_refused(model: ResNet, tmp_path: Path) -> None:
    with torch.no_grad():
        model.fc.weight[0, 0] = 70_000
    with pytest.raises(ValueError, match=r"fc\.weight holds values that float16 cannot"):
        export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def test_classes_must_fit(model: ResNet, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names 2 classes for 3 outputs"):
        export_bundled(model, ("cat", "dog"), SQUARE, tmp_path / "net.safetensors")


def test_a_missing_file_is_told_and_left_out_of_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
    assert "bundled" not in {entry.key for entry in available()}
    with pytest.raises(ValueError, match=r"missing: there is no file usual\.safetensors in "):
        find("bundled")


def test_other_files_in_its_folder_are_bundled_too(
    model: ResNet, photos: Tensor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
    export_bundled(model, THREE, SQUARE, bundled.FILE, {"label": "the usual"})
    wider = build(SMALL.with_(width=16)).eval()
    export_bundled(wider, THREE, SQUARE, tmp_path / "another.safetensors", {"label": "another"})
    (tmp_path / "broken.safetensors").write_bytes(b"no such file")
    listed = [(entry.key, entry.label) for entry in available() if entry.source == "bundled"]
    assert listed == [("bundled", "the usual"), ("bundled/another", "another")]
    found = find("bundled/another")
    assert (found.key, found.spec.width, found.source) == ("bundled/another", 16, "bundled")
    torch.testing.assert_close(load(found)(photos), wider(photos), rtol=5e-3, atol=5e-3)
    assert find("bundled").spec == SMALL
    with pytest.raises(ValueError, match=r"broken\.safetensors is no safetensors file"):
        find("bundled/broken")
    bundled.FILE.unlink()
    assert next(iter(available())).key == "bundled/another"


def test_a_file_that_was_written_anew_is_read_anew(
    model: ResNet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "FILE", tmp_path / "usual.safetensors")
    for label in ("the first", "the other"):
        export_bundled(model, THREE, SQUARE, bundled.FILE, {"label": label})
        assert find("bundled").label == label
        assert find("bundled") is find("bundled"), "not read again"


@pytest.mark.parametrize(
    "name",
    [
        *("bundled/nothing", "bundled/../resnet18", "bundled/", "bundled/resnet18", "study/./plain-20"),
        *("study/../../bundled/resnet18", "study//etc/passwd", "study/plain-20\0", "study/"),
    ],
)
def test_no_bundled_network_of_that_name(name: str) -> None:
    with pytest.raises(ValueError, match="no trained network; there are bundled, "):
        find(name)
    with pytest.raises(ValueError, match="is no bundled network; there are bundled"):
        bundled.path_of(name)


def test_a_damaged_file_is_told(model: ResNet, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    export_bundled(model, THREE, SQUARE, path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"net\.safetensors cannot be read"):
        bundled.load(path)
    path.write_bytes(b"no such file")
    with pytest.raises(ValueError, match=r"net\.safetensors is no safetensors file"):
        bundled.describe(path)


def test_text_from_a_file_is_printable(model: ResNet, tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    classes = ("\x1b[31mcat\n", "d" * 900, "fox")
    found = export_bundled(model, classes, SQUARE, path, {"label": "two\nlines"})
    assert found.classes == ("[31mcat", "d" * 200, "fox")
    assert found.label == "twolines"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"spec": "resnet19"}, "no preset"),
        ({"classes": "[" * 100_000}, "nested too deeply"),
        ({"classes": "7"}, "not iterable"),
        ({"preprocessing": "{}"}, "'mean'"),
        (
            {"preprocessing": '{"resize": 32, "crop": 64, "mean": [0, 0, 0], "std": [1, 1, 1]}'},
            "crop ≤ resize",
        ),
        ({"preprocessing": '{"resize": 32, "crop": 32, "mean": [0, 0, NaN], "std": [1, 1, 1]}'}, "needs"),
    ],
)
def test_metadata_that_make_no_sense(
    model: ResNet, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=f"does not describe a trained network: .*{words}"):
        export_bundled(model, THREE, SQUARE, tmp_path / "net.safetensors", change)
    assert not list(tmp_path.iterdir())


def test_the_real_file() -> None:
    assert bundled.FILE.stat().st_size <= 24_000_000
    weights, model = find("bundled"), load(find("bundled"))
    assert weights.spec == preset("resnet18").with_(num_classes=184)
    assert weights.plan.params == sum(each.numel() for each in model.parameters()) == 11_270_904
    assert len(set(weights.classes)) == 184
    assert {"tench", "tabby cat", "espresso"} < set(weights.classes)
    assert (weights.preprocessing.crop, weights.preprocessing.tile) == (128, SIDE)
    assert weights.calibration is not None
    assert sum(each.count for each in weights.calibration.bins) == 6_775, "half of the test photos"
    assert weights.calibration.expected_error < 0.02
    (dog,) = (kind for kind in weights.kinds if kind.name == "dog")
    assert {"Chihuahua", "golden retriever", "dalmatian"} < {weights.classes[i] for i in dog.members}
    assert available()[0] == weights.entry
    theirs = torchvision.models.resnet18(num_classes=184).eval()
    theirs.load_state_dict(model.state_dict())
    photo = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(model(photo), theirs(photo), rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_to_load_it_takes_no_compiler() -> None:
    """torch's compiler is two seconds of imports, and to draw values on the meta device would ask for it."""
    code = (
        "import sys; from resnet_explorer.weights.bundled import load, path_of; "
        "load(path_of('bundled/resnet20')); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
