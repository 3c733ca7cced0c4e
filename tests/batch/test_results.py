"""Predictions of many photos are counted, sorted and written down."""

import csv
import io
import json
import unicodedata

import pytest
import torch

from resnet_explorer.batch.results import (
    PhotoPrediction,
    Results,
    Unread,
    accuracy,
    as_csv,
    as_json,
    chosen,
    counts,
    named_class,
)
from resnet_explorer.photos.crop import CENTRE


def prediction(name: str, cat: float, dog: float) -> PhotoPrediction:
    best = sorted(enumerate((cat, dog)), key=lambda pair: -pair[1])
    return PhotoPrediction(name, tuple(best), torch.tensor([cat, dog]), CENTRE, None)


PREDICTIONS = (prediction("a", 0.1, 0.9), prediction("b", 0.6, 0.4), prediction("c, d", 0.3, 0.7))


def test_counts_orders_and_classes() -> None:
    assert counts(PREDICTIONS) == [(1, 2), (0, 1)]
    assert [each.name for each in chosen(PREDICTIONS, None, "given")] == ["a", "b", "c, d"]
    assert [each.name for each in chosen(PREDICTIONS, None, "unsure")] == ["b", "c, d", "a"]
    assert [each.name for each in chosen(PREDICTIONS, 1, "sure")] == ["a", "c, d"]


def test_csv_is_that_of_the_command_line() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(PREDICTIONS, ("cat", "dog")))))
    assert len(rows) == 6
    assert rows[4] == {"photo": "c, d", "rank": "1", "label": "dog", "probability": "0.700000"}


def test_json_names_what_could_not_be_read() -> None:
    results = Results(list(PREDICTIONS), [Unread("e", "e is empty.")])
    content = json.loads(as_json(results, ("cat", "dog"), "ResNet-18", "pets"))
    assert content["photos"][1]["answers"][0] == {"label": "cat", "probability": 0.6}
    assert content["unread"] == [{"photo": "e", "sentence": "e is empty."}]
    assert (content["network"], content["weights"]) == ("ResNet-18", "pets")


@pytest.mark.parametrize(
    ("photo", "named"),
    [
        ("all.zip/Golden_Retriever/a.jpg", "golden retriever"),
        ("golden-retriever/a.jpg", "golden retriever"),
        ("cat/others/a.jpg", None),
        ("cat.jpg", None),
    ],
)
def test_the_innermost_folder_names_a_class(photo: str, named: str | None) -> None:
    assert named_class(photo, ("cat", "golden retriever")) == named


def test_of_two_classes_of_nearly_one_name_a_folder_names_its_own() -> None:
    assert [named_class(f"{name}/a.jpg", ("cat", "Cat", "dog")) for name in ("cat", "Cat")] == ["cat", "Cat"]
    here, mac = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    assert named_class(f"{here}/a.jpg", (mac, "tea")) == mac


def test_photos_whose_folders_name_no_class_do_not_count() -> None:
    photos = [prediction("dog/a", 0.1, 0.9), prediction("dog/b", 0.6, 0.4), prediction("bird/c", 0.3, 0.7)]
    found = accuracy([*photos, *PREDICTIONS], ("cat", "dog"))
    assert (found.right, found.of) == (1, 2)
