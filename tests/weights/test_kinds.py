"""Kinds: a tree, checked; the smallest likely one is found; and files of unknown origin are not believed."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
import torch

from resnet_explorer.training import wordnet_kinds
from resnet_explorer.weights.kinds import (
    FILE,
    Kind,
    bundled_kinds,
    from_json,
    likeliest_kind,
    to_json,
)

DOG, CAT = Kind("dog", (0, 1, 2)), Kind("cat", (3, 4))
RETRIEVER, ANIMAL = Kind("retriever", (0, 1)), Kind("animal", (0, 1, 2, 3, 4))
KINDS = (ANIMAL, DOG, RETRIEVER, CAT)


def bundled_file() -> list[dict[str, Any]]:
    kinds: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["kinds"]
    return kinds


def test_the_bundled_kinds_are_a_tree() -> None:
    members = [set(kind["members"]) for kind in bundled_file()]
    assert all(len(each) >= 2 for each in members)
    for one, other in itertools.combinations(members, 2):
        assert one < other or other < one or not one & other


def test_the_bundled_kinds_have_names_of_their_own() -> None:
    kinds = bundled_file()
    assert len({kind["name"] for kind in kinds}) == len(kinds)
    assert all(kind["wordnet"] == list(wordnet_kinds.SYNSETS[kind["name"]]) for kind in kinds)


def test_the_bundled_kinds_take_the_order_of_the_classes() -> None:
    ids = sorted({member for kind in bundled_file() for member in kind["members"]}, reverse=True)
    by_name = {kind.name: kind for kind in bundled_kinds(ids)}
    assert {"n02099601", "n02099712"} == {ids[index] for index in by_name["retriever"].members}
    assert set(by_name["retriever"].members) < set(by_name["dog"].members) < set(by_name["animal"].members)
    with pytest.raises(ValueError, match="members that are no class: n02099601"):
        bundled_kinds([each for each in ids if each != "n02099601"])


def test_a_kind_has_what_falls_under_its_synset() -> None:
    lines = [
        "  1 This software and database is being provided to you\n",
        "02084071 05 n 02 dog 0 domestic_dog 0 002 @ 02083346 n 0000 #m 02083863 n 0000 | a member of\n",
        "02083346 05 n 02 canine 0 canid 0 000 | any of various\n",
        "02114367 05 n 01 wolf 0 001 @ 02083346 n 0000 | wild\n",
    ]
    direct = wordnet_kinds.hypernyms(lines)
    assert direct == {"n02084071": ("n02083346",), "n02083346": (), "n02114367": ("n02083346",)}
    found = {
        kind["name"]: kind["members"] for kind in wordnet_kinds.kinds(["n02114367", "n02084071"], direct)
    }
    assert found["dog"] == ["n02084071"]
    assert found["canine"] == ["n02114367", "n02084071"]
    assert found["cat"] == []


@pytest.mark.parametrize("made", [np.array, torch.tensor])
def test_the_smallest_likely_kind_is_named_with_its_members_in_order(made: Any) -> None:
    found = likeliest_kind(made([0.27, 0.31, 0.06, 0.2, 0.06, 0.1]), KINDS)
    assert found is not None
    assert found.kind == RETRIEVER
    assert found.probability == pytest.approx(0.58)
    assert [index for index, _ in found.members] == [1, 0]
    assert [probability for _, probability in found.members] == pytest.approx([0.31, 0.27])


@pytest.mark.parametrize(
    ("probabilities", "threshold", "name"),
    [
        ([0.2, 0.2, 0.2, 0.2, 0.1, 0.1], 0.5, "dog"),
        ([0.1, 0.1, 0.1, 0.1, 0.1, 0.5], 0.5, None),  # a class is likely
        ([0.1, 0.1, 0.1, 0.05, 0.15, 0.5], 0.6, None),  # no kind is
        ([0.2, 0.1, 0.2, 0.2, 0.1, 0.2], 0.6, "animal"),
        ([0.1, 0.1, 0.02, 0.45, 0.3, 0.03], 0.5, "cat"),
        ([0.27, 0.27, 0.0, 0.25, 0.21, 0.0], 0.5, "retriever"),
    ],
)
def test_which_kind_is_likely(probabilities: list[float], threshold: float, name: str | None) -> None:
    found = likeliest_kind(np.array(probabilities), KINDS, threshold)
    assert (found and found.kind.name) == name


def test_of_two_kinds_as_small_the_likelier_one() -> None:
    shared = (Kind("left", (0, 1)), Kind("right", (1, 2)))
    found = likeliest_kind(np.array([0.2, 0.4, 0.3, 0.1]), shared)
    assert found is not None
    assert found.kind.name == "right"


def test_kinds_come_back_from_json() -> None:
    assert from_json(json.loads(json.dumps(to_json(KINDS))), 5) == KINDS


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"dog": [1]}, "must be a list"),
        ([{"name": "dog"}], "needs a name and members"),
        ([{"name": "", "members": [1]}], "needs a name and members"),
        ([{"name": "dog", "members": []}], "needs a name and members"),
        (["dog"], "needs a name and members"),
        ([{"name": "dog", "members": [4]}], "none of the 4 classes"),
        ([{"name": "dog", "members": [-1]}], "none of the 4 classes"),
        ([{"name": "dog", "members": [True]}], "none of the 4 classes"),
        ([{"name": "dog", "members": [1.0]}], "none of the 4 classes"),
        ([{"name": "dog", "members": [1, 1]}], "a member twice"),
        ([{"name": "dog", "members": [1]}, {"name": "dog", "members": [2]}], "two kinds have one name"),
        ([{"name": str(each), "members": [1]} for each in range(1001)], "at most 1000"),
    ],
)
def test_nonsense_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_json(value, 4)
