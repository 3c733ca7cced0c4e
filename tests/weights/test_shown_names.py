"""Class names in the language of who reads, and back to those of the network."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from resnet_explorer.common.i18n import speaking
from resnet_explorer.finetune.runs.example import example_run
from resnet_explorer.weights import shown_names as module
from resnet_explorer.weights.catalogue import find
from resnet_explorer.weights.shown_names import code_of, short_names, shown_name, shown_names

FILES = sorted(Path(module.__file__).parent.glob("class_names_*.csv"))


@pytest.fixture(scope="module")
def known() -> list[str]:
    """What the networks that ship call things."""
    things, cifar = find("bundled"), find("bundled/resnet20")
    kinds = [kind.name for kind in things.kinds]
    return [*things.classes, *kinds, *cifar.classes, *example_run().config.classes]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_class_has_a_twin_and_no_two_have_the_same(file: Path, known: list[str]) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    assert {name for name, _ in rows} == set(known)
    for column in zip(*rows, strict=True):
        assert [name for name, times in Counter(column).items() if times > 1] == []


def test_chinese_stands_before_the_english(known: list[str]) -> None:
    with speaking("zh"):
        assert shown_name("tabby cat") == "虎斑猫 tabby cat"
        assert shown_name("iPod") == "iPod"
        assert short_names(["tabby cat", "lion"]) == ("虎斑猫", "狮子")
        assert [code_of(name) for name in shown_names(known)] == known


def test_names_that_are_not_all_known_stay_as_they_are() -> None:
    with speaking("zh"):
        assert shown_names(["crane", "heron"]) == ("crane", "heron")  # the bundled crane lifts loads
        assert code_of("heron") == "heron"
    assert shown_names(["dog", "cat"]) == ("dog", "cat")
