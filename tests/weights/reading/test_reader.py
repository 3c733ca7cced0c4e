"""Nothing in a file ever runs, and what is no checkpoint gets a sentence."""

from __future__ import annotations

import argparse
import collections
import datetime
import io
import pickle
import tomllib
import zipfile
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
import torchvision
from torch import Tensor

from resnet_explorer.model.resnet import ResNet, build
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.reading import reader
from resnet_explorer.weights.reading.checkpoint_name import MAX_BYTES
from tests.places import ROOT
from tests.weights.files import SMALL, THREE, Payload, saved


def test_a_pickle_that_would_run_code_is_refused_and_never_runs(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    pickle.loads(pickle.dumps(Payload(trace)))
    assert trace.read_text() == "it ran", "the payload is live"
    trace.unlink()
    hostile = [
        saved({"conv1.weight": Payload(trace)}),
        saved({"model": build(SMALL).state_dict(), "note": Payload(trace)}),
        pickle.dumps({"conv1.weight": Payload(trace)}, protocol=2),
    ]
    for content in hostile:
        with pytest.raises(ValueError, match=r"^bad\.pth holds more than tensors .*; save the tensors alone"):
            read_checkpoint(content, "bad.pth")
    assert not trace.exists()


def test_a_whole_model_is_refused_with_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"torch\.save\(model\.state_dict\(\), path\)"):
        read_checkpoint(saved(torchvision.models.resnet18()), "whole.pth")


def test_harmless_types_are_read_as_data_and_make_nothing_that_acts(model: ResNet, tmp_path: Path) -> None:
    beside = {
        "args": argparse.Namespace(
            lr=0.1, out=tmp_path, when=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
        ),
        "best": np.float64(91.5),
        "order": np.arange(6, dtype=">i4").reshape(2, 3),
        "class_names": np.array(["cat", "dog", "fox"]),
        "log": collections.defaultdict(list, {"loss": [1.0]}),
        "windows": PureWindowsPath("C:/runs"),
        "version": torch.__version__,
        "odd": np.array(["a", None], dtype=object),
    }
    allowed = set(torch.serialization.get_safe_globals())
    raw = reader.read_checkpoint_file(saved({"model": model.state_dict(), **beside}), "net.pth")
    held = raw.content
    assert held["args"] == {"lr": 0.1, "out": str(tmp_path), "when": beside["args"].when}
    assert held["best"] == 91.5
    assert held["order"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (held["class_names"], held["log"]) == (["cat", "dog", "fox"], {"loss": [1.0]})
    assert (held["windows"], held["odd"]) == ("C:\\runs", ["a", None])
    assert type(held["version"]) is str
    assert read_checkpoint(saved({"model": model.state_dict(), **beside})).weights.classes == THREE
    assert set(torch.serialization.get_safe_globals()) == allowed, "torch allows no more than before"


def test_plain_pickles_of_arrays_are_read_and_run_nothing(
    model: ResNet, photos: Tensor, tmp_path: Path
) -> None:
    """Detectron2's R-50.pkl is one."""
    arrays = {name: value.numpy() for name, value in model.state_dict().items()}
    for protocol in (2, 3, 4):
        content = pickle.dumps({"model": arrays, "__author__": "x", "matching_heuristics": True}, protocol)
        assert torch.equal(read_checkpoint(content).network()(photos), model(photos))
    trace = tmp_path / "trace"
    for protocol in (2, 4):
        hostile = pickle.dumps({"model": arrays, "note": Payload(trace)}, protocol)
        with pytest.raises(ValueError, match=r"holds more than tensors \(\w+\.\w+"):
            read_checkpoint(hostile)
    assert not trace.exists()


def test_memory_is_asked_for_only_where_there_are_bytes() -> None:
    shaped = b"\x80\x02}X\x01\x00\x00\x00acnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n"
    bomb = shaped + b"(\x8a\x05\x00\x00\x00\x00\x10tX\x01\x00\x00\x00bt" + b"Rs."
    with pytest.raises(ValueError, match="no residual network"):
        read_checkpoint(bomb)
    with pytest.raises(ValueError, match="bytearray"):
        read_checkpoint(saved({"x": bytearray(9)}))
    with pytest.raises(ValueError, match="damaged"):
        read_checkpoint(b"\x80\x05}\x96" + (2**40).to_bytes(8, "little"))
    shared: dict[str, Any] = {"conv1.weight": torch.zeros(1)}
    for _ in range(15):  # 30 ** 15 ways lead to one tensor
        shared = {str(number): shared for number in range(30)}
    with pytest.raises(ValueError, match="no residual network"):
        read_checkpoint(saved(shared))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 46830571\n",
         "is a pointer of Git LFS, which stands for a file of 46,830,571 bytes; git lfs pull fetches that"),
        (b"\n<!DOCTYPE html><html>", "is a web page"),
        (b"\x1f\x8b\x08" + bytes(50), "is packed with gzip"),
        (b"\x89HDF\r\n\x1a\n", "is an HDF5 file, as Keras writes it"),
        (bytes(257) + b"ustar\x0000" + bytes(300), "is a tar archive; unpack it"),
    ],
)  # fmt: skip
def test_what_a_file_is_that_is_no_checkpoint(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=rf"^net\.pth {words}"):
        read_checkpoint(content, "net.pth")


def test_torchscript_and_other_archives_are_named(tmp_path: Path) -> None:
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / "net.pt"))
    with pytest.raises(
        ValueError, match=r"^net\.pt is TorchScript, .* is not run; save the values alone, with"
    ):
        read_checkpoint(tmp_path / "net.pt")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("run/network.safetensors", b"x")
    with pytest.raises(ValueError, match=r"^x\.zip is a ZIP archive \(run/network\.safetensors\); unpack it"):
        read_checkpoint(file.getvalue(), "x.zip")
    arrays = io.BytesIO()
    np.savez(arrays, conv1_w=np.ones(2))
    with pytest.raises(
        ValueError, match=r"^x\.npz is an archive of NumPy arrays; .* numpy\.load\(path\)\.items"
    ):
        read_checkpoint(arrays.getvalue(), "x.npz")


def test_quantized_tensors_are_told_apart() -> None:
    with pytest.raises(ValueError, match=r"holds quantized tensors, .* tensor\.dequantize\(\)"):
        read_checkpoint(
            saved({"conv1.weight": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
        )


@pytest.mark.parametrize(
    "content", [b"\x80", b"PK\x03\x04", b"hello" * 99, b"\x10\0\0\0\0\0\0\0{", b"\xff" * 8 + b"{}"]
)
def test_what_is_no_checkpoint(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^net\.pth is damaged"):
        read_checkpoint(content, "net.pth")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("form", ["zip", "legacy", "safetensors"])
def test_a_file_that_is_cut_off(model: ResNet, tmp_path: Path, part: float, form: str) -> None:
    path = tmp_path / "net.pth"
    if form == "safetensors":
        safetensors.torch.save_file(model.state_dict(), path)
    else:
        torch.save(model.state_dict(), path, _use_new_zipfile_serialization=form == "zip")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(ValueError, match=r"^net\.pth is damaged"):
        read_checkpoint(path)


def test_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.pth"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(ValueError, match=r"huge\.pth has 536,870,913 bytes; up to 536,870,912 are read"):
        read_checkpoint(path)


def test_the_app_takes_uploads_as_large() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 2**20 == MAX_BYTES


def test_a_bomb_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 5_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/data/0", bytes(6_000_000))
    assert len(file.getvalue()) < 10_000
    with pytest.raises(ValueError, match="would unpack to 6,000,000 bytes; up to 5,000,000 are read"):
        read_checkpoint(file.getvalue(), "bomb.pth")


def test_shapes_beyond_the_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="claims 40,000,000,000 bytes"):
        read_checkpoint(saved({"conv1.weight": torch.zeros(1).expand(10**10)}))
    with pytest.raises(ValueError, match="not a plain array"):
        read_checkpoint(saved({"conv1.weight": torch.zeros(2, 2).to_sparse()}))


def test_a_mapping_that_holds_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["model"] = endless
    with pytest.raises(ValueError, match="nested more than 20 levels deep"):
        read_checkpoint(saved(endless))


@pytest.mark.parametrize("content", [[1, 2], torch.zeros(3), "text"])
def test_no_state_dict_in_it(content: object) -> None:
    with pytest.raises(ValueError, match="and a state_dict is needed"):
        read_checkpoint(saved(content))


def test_another_network_is_named_by_its_tensor() -> None:
    vgg = {"features.0.weight": torch.zeros(4, 3, 3, 3), "classifier.0.weight": torch.zeros(2, 4)}
    with pytest.raises(ValueError, match=r"^vgg\.pth: .* there is features\.0\.weight\.$"):
        read_checkpoint(saved(vgg), "vgg.pth")


@pytest.mark.parametrize(
    "content",
    [{}, {"model": {}}, {1: torch.zeros(2)}, {"state_dict": {3: torch.zeros(1)}}, {"a": {"b": {}}}],
)
def test_odd_contents_get_a_sentence(content: dict[Any, Any]) -> None:
    with pytest.raises(ValueError, match="no residual network"):
        read_checkpoint(saved(content))
