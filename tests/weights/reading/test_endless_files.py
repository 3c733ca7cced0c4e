"""A few hundred bytes that would keep the machine busy for ever, or take all its memory, get a sentence."""

from __future__ import annotations

import inspect
import io
import json
import pickle
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from resnet_explorer.model.resnet import build
from resnet_explorer.photos import zip_archive
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.class_names import given_names, names_in
from resnet_explorer.weights.description import from_metadata
from resnet_explorer.weights.reading import inert_types, pickle_program, torch_archive
from resnet_explorer.weights.reading.reader import Raw, read_checkpoint_file
from resnet_explorer.weights.reading.safetensors_header import MAX_HEADER, read_header
from tests.weights.files import SMALL, saved


def archived(program: bytes) -> bytes:
    """As torch.save packs it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/data.pkl", program)
        archive.writestr("a/version", "3\n")
    return file.getvalue()


def twice(code: bytes, times: int) -> bytes:
    """What makes of the thing on top two of the same in one, so often."""
    return b"".join(b"q" + bytes([n]) + b"h" + bytes([n]) + code for n in range(times))


PROGRAMS = {
    "a tuple of 16 million things as a key": b"\x80\x02})" + twice(b"\x86", 24) + b"K\x01s.",
    "a tuple a thousand deep as a key": b"\x80\x02})" + b"\x85" * 1000 + b"K\x01s.",
    "a list of 16 million things": b"\x80\x02}K\x01]"
    + b"".join(b"q" + bytes([n]) + b"](h" + bytes([n]) + b"h" + bytes([n]) + b"e" for n in range(24))
    + b"s.",
    "a list in itself": b"\x80\x02}K\x01]q\x01h\x01as.",
}


@pytest.mark.parametrize("around", [bytes, archived])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_would_take_for_ever_is_not_begun(program: bytes, around: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match=r"^x\.pth asks for more memory than there is\.$"):
        read_checkpoint_file(around(program), "x.pth")


def test_a_program_too_long_for_a_checkpoint_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_program, "MOST_STEPS", 1000)
    assert isinstance(read_checkpoint_file(saved({"a": torch.zeros(2)}), "x.pth"), Raw)
    with pytest.raises(ValueError, match="asks for more memory"):
        read_checkpoint_file(pickle.dumps({"a": list(range(1000))}), "x.pth")


def test_what_is_often_in_a_checkpoint_is_read_as_before() -> None:
    history = [(float(n), {"lr": 0.1}) for n in range(2000)]
    held = {
        "a": torch.zeros(2),
        "b": torch.nn.Parameter(torch.ones(3)),
        "history": [history, history],
        ("a", (1, 2)): {3, 4},
        "empty": ((), [], {}),
    }
    for is_zip in (True, False):
        file = io.BytesIO()
        torch.save(held, file, _use_new_zipfile_serialization=is_zip)
        read = read_checkpoint_file(file.getvalue(), "x.pth").content
        assert read["history"][1][1999] == (1999.0, {"lr": 0.1})
        assert read["b"].tolist() == [1, 1, 1]
        assert read["empty"] == ((), [], {})
        assert ("a", (1, 2)) in read


def test_names_that_hold_names_without_end_are_told_by_their_beginning() -> None:
    endless: Any = ["a"]
    for _ in range(60):
        endless = [endless, endless]
    found = names_in({"classes": [endless, endless]}, 2)
    assert found and all(len(name) <= 200 for name in found.names)
    assert given_names('{"cat": 0, "dog": 1}', {}).names == ("cat", "dog")


def test_a_type_that_stands_for_another_keeps_nothing_of_a_file() -> None:
    """It is the same for all who open one."""
    program = b"\x80\x02cyacs.config\nCfgNode\nN}X\x05\x00\x00\x00trace" + b"K\x01s\x86b."
    with pytest.raises(ValueError, match="damaged"):
        read_checkpoint_file(program, "x.pkl")
    assert not hasattr(inert_types.INERT["yacs.config.CfgNode"], "trace")


def test_a_long_double_is_left_out_for_torch_has_none() -> None:
    content = pickle.dumps({"a": np.zeros(2, np.longdouble), "b": np.ones(2, np.float32)}, 4)
    held = read_checkpoint_file(content, "x.pkl").content
    assert held["b"].tolist() == [1, 1]
    assert held["a"] is None or held["a"].dtype == torch.float64  # where it is no longer than a double


def test_safetensors_that_say_nothing_of_themselves() -> None:
    header = json.dumps({"__metadata__": None, "a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    content = struct.pack("<Q", len(header)) + header.encode() + bytes(4)
    assert read_checkpoint_file(content, "x.safetensors").metadata == {}


@pytest.mark.parametrize("endless", ["1e999", "Infinity", "9" * 400])
@pytest.mark.parametrize("name", ["resize", "mean", "std"])
def test_numbers_without_end_are_refused(name: str, endless: str) -> None:
    values = {"resize": "8", "crop": "8", "mean": "[0, 0, 0]", "std": "[1, 1, 1]"}
    values[name] = endless if name == "resize" else f"[{endless}, 1, 1]"
    content = "{" + ", ".join(f'"{key}": {value}' for key, value in values.items()) + "}"
    metadata = {"spec": "basic.1.num_classes-1", "classes": '["a"]', "preprocessing": content}
    with pytest.raises(ValueError, match=r"^The metadata does not describe a trained network"):
        from_metadata(metadata, "yours/0123456789ab", "yours")


@pytest.mark.parametrize("count", [float("inf"), float("nan"), -1.0])
def test_batches_counted_without_end_tell_nothing(count: float) -> None:
    state = build(SMALL).eval().state_dict()
    state["bn1.num_batches_tracked"] = torch.tensor(count)
    assert read_checkpoint(saved(state), "x.pth").weights.spec == SMALL


def test_a_header_larger_than_any_is_not_parsed(tmp_path: Path) -> None:
    """Of "[[],[],…" each three bytes are a list of sixty-four."""
    header = b'{"__metadata__":{"classes":"[' + b"[]," * (MAX_HEADER // 3) + b'[]]"}}'
    content = struct.pack("<Q", len(header)) + header
    with pytest.raises(ValueError, match=r"^x\.safetensors is no safetensors file\.$"):
        read_checkpoint_file(content, "x.safetensors")
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"^x\.safetensors is no safetensors file\.$"):
        read_header(path)


def test_a_file_of_names_larger_than_any_is_not_parsed() -> None:
    with pytest.raises(ValueError, match=r"^The file of class names has 16,777,217 bytes; up to 16"):
        given_names(b"[" + b" " * 2**24, {})
    nested = '{"classes":' * 900 + "1" + "}" * 900
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 700)
    try:
        with pytest.raises(ValueError, match=r"^The class names are no JSON"):
            given_names(nested, {})
    finally:
        sys.setrecursionlimit(before)


def test_torch_sees_the_archive_that_was_judged() -> None:
    """Python looks for the list of an archive just before its end, torch where the end says that it is."""
    tensor = {"a": torch.arange(4.0)}
    file = io.BytesIO(b"PK" + bytes(4096))
    with zipfile.ZipFile(io.BytesIO(saved(tensor))) as small, zipfile.ZipFile(file, "a", 8) as packed:
        for info in small.infolist():
            content = bytes(5_000_000) if info.filename.endswith("data/0") else small.read(info)
            packed.writestr(info.filename, content)
    whole = file.getvalue()
    size, start = struct.unpack("<II", whole[-10:-2])
    seen = bytearray(whole[start : start + size])
    place = 0
    while place < size:
        name, extra, comment = struct.unpack("<HHH", seen[place + 28 : place + 34])
        offset = int.from_bytes(seen[place + 42 : place + 46], "little")
        if seen[place + 46 : place + 46 + name].endswith(b"data/0"):
            seen[place + 16 : place + 20] = struct.pack("<I", zlib.crc32(bytes(16)))
            seen[place + 24 : place + 28] = struct.pack("<I", 16)
        seen[place + 42 : place + 46] = struct.pack("<I", offset - size)
        place += 46 + name + extra + comment
    two = whole[: start + size] + bytes(seen) + whole[-22:]
    assert len(torch._C.PyTorchFileReader(io.BytesIO(two)).get_record("data/0")) == 5_000_000
    anew, _ = torch_archive.packed_anew(two, "x.pth", 100_000)
    assert len(torch._C.PyTorchFileReader(anew).get_record("data/0")) == 16


def test_an_archive_of_too_many_files_is_not_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(zip_archive, "MAX_MEMBERS", 3)
    path = tmp_path / "many.pth"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4):
            archive.writestr(f"archive/data/{number}", b"")
    with pytest.raises(ValueError, match="holds more than 3 files"):
        read_checkpoint_file(path, "many.pth")
