"""The names of classes in every form that people save; what could be the wrong name is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resnet_explorer.model.resnet import ResNet
from resnet_explorer.weights.checkpoint import read_checkpoint
from resnet_explorer.weights.class_names import given_names, names_in
from tests.weights.files import THREE, saved

FOLDERS = {name: index for index, name in enumerate(sorted(map(str, range(1, 12))))}
"""ImageFolder's of the folders 1 to 11: "1" → 0, "10" → 1, "11" → 2, "2" → 3 …"""
FLOWERS = {str(number): f"flower {number}" for number in range(1, 12)}


@pytest.mark.parametrize(
    "names",
    [
        {"classes": list(THREE)},
        {"class_names": THREE},
        {"idx_to_class": {0: "cat", 1: "dog", 2: "fox"}},
        {"id2label": {"2": "fox", "0": "cat", "1": "dog"}},
        {"class_to_idx": {"dog": 1, "cat": 0, "fox": 2}},
        {"class_indices": {"dog": 1, "cat": 0, "fox": 2}},
        {"meta": {"CLASSES": THREE}},
        {"meta": {"dataset_meta": {"classes": list(THREE)}}},
        {"hyper_parameters": {"lr": 0.1, "class_to_idx": {"dog": 1, "cat": 0, "fox": 2}}},
    ],
)
def test_class_names_saved_beside_the_values(model: ResNet, names: dict[str, Any]) -> None:
    assert read_checkpoint(saved({"model": model.state_dict(), **names})).weights.classes == THREE


@pytest.mark.parametrize(
    "value",
    [
        ["cat", "dog", "fox"],
        {"2": "fox", "0": "cat", "1": "dog"},
        {"dog": 1, "cat": 0, "fox": 2},
        {"dog": "1", "cat": "0", "fox": "2"},
        {"0": ["n02123045", "cat"], "1": ["n02085620", "dog"], "2": ["n02119789", "fox"]},
        {"architectures": ["ResNet"], "id2label": {"0": "cat", "1": "dog", "2": "fox"}},
    ],
)
def test_class_names_in_a_file_of_their_own(model: ResNet, value: Any) -> None:
    content = saved({"model": model.state_dict(), "classes": ["x", "y", "z"]})
    assert read_checkpoint(content, class_names=json.dumps(value)).weights.classes == THREE


def test_a_name_a_line(model: ResNet) -> None:
    assert (
        read_checkpoint(saved(model.state_dict()), class_names=b"cat\r\ndog\n\nfox\n").weights.classes
        == THREE
    )


def test_names_that_are_digits_are_names() -> None:
    expected = ("1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9")
    assert given_names(json.dumps(FOLDERS), {}).names == expected
    found = names_in({"class_to_idx": FOLDERS}, 11)
    assert found and found.names == expected
    turned = given_names(json.dumps({"0": "10", "1": "2"}), {})
    assert turned.names == ("10", "2")


@pytest.mark.parametrize("where", ["in the file", "given"])
def test_folders_and_their_names_are_joined(where: str) -> None:
    held: dict[str, Any] = {"class_to_idx": FOLDERS}
    if where == "in the file":
        found = names_in(held | {"cat_to_name": FLOWERS}, 11)
    else:
        found = given_names(json.dumps(FLOWERS), held)
    assert found
    assert found.names[:4] == ("flower 1", "flower 10", "flower 11", "flower 2")
    assert "joined" in found.notes[0]


def test_names_by_index_are_not_joined_with_folders() -> None:
    held = {"class_to_idx": {str(number): number for number in range(10)} | {"10": 10}}
    by_index = {str(index): folder for index, folder in enumerate(held["class_to_idx"])}
    assert given_names(json.dumps(by_index), held).names[10] == "10"
    words = {"class_to_idx": {"cat": 0, "dog": 1}}
    assert given_names('{"0": "Katze", "1": "Hund"}', words).names == ("Katze", "Hund")


def test_names_beside_the_file(model: ResNet, tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    path.write_bytes(saved(model.state_dict()))
    (tmp_path / "labels.txt").write_text("one\ntwo\n")  # of another network
    assert read_checkpoint(path).weights.classes == ("class 0", "class 1", "class 2")
    (tmp_path / "class_indices.json").write_text('{"0": "cat", "1": "dog", "2": "fox"}')
    found = read_checkpoint(path).weights
    assert found.classes == THREE
    assert "The class names are of class_indices.json beside it." in found.notes
    path.write_bytes(saved({"model": model.state_dict(), "class_to_idx": {"a": 0, "b": 1, "c": 2}}))
    assert read_checkpoint(path).weights.classes == ("a", "b", "c"), "the file's own names go before"


def test_cat_to_name_beside_the_file_is_joined(model: ResNet, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    folders = {"1": 0, "10": 1, "2": 2}
    path.write_bytes(saved({"state_dict": model.state_dict(), "class_to_idx": folders}))
    (tmp_path / "cat_to_name.json").write_text('{"1": "rose", "2": "daisy", "10": "tulip"}')
    assert read_checkpoint(path).weights.classes == ("rose", "tulip", "daisy")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((text, "are no JSON like") for text in ("", "no", "3", '{"a": "b"}', b"\xff\xfe", "[{}]")),
        ('{"1": "a", "2": "b"}', "count from 1 to 2, and the outputs of a network from 0"),
        ('{"a": 1, "b": 2}', "count from 1 to 2"),
        ('{"0": "a", "2": "b"}', "have no name for the index 1"),
        ('{"0": "a", "0": "b"}', "have the key '0' twice"),
        ('{"0": "a", "00": "b"}', "have the index 0 twice: a and b"),
        ('{"a": 0, "b": 0}', "have the index 0 twice: a and b"),
        ('["cat", "dog"]', "2 classes are named, and the network has 3 outputs"),
        ("[" * 10**5, "no JSON like"),
    ],
)  # fmt: skip
def test_names_that_would_be_wrong_are_refused(model: ResNet, text: str | bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_checkpoint(saved(model.state_dict()), class_names=text)


def test_names_in_the_file_that_would_be_wrong_are_refused_unless_others_are_given(model: ResNet) -> None:
    content = saved({"model": model.state_dict(), "idx_to_class": {1: "cat", 2: "dog", 3: "fox"}})
    with pytest.raises(ValueError, match=r"^net\.pth: The class names count from 1 to 3"):
        read_checkpoint(content, "net.pth")
    assert read_checkpoint(content, class_names=json.dumps(THREE)).weights.classes == THREE
