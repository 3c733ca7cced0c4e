"""The figures that a card of weights publishes: against scikit-learn's, and by hand."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import accuracy_score, recall_score, top_k_accuracy_score

from resnet_explorer.training.clean_photos import load_clean_photos
from resnet_explorer.training.data import ImageSet, SmallImages
from resnet_explorer.training.mosaics import Mosaics
from resnet_explorer.training.tile_figures import photo_figures, tile_figures
from tests.photos.files import file_of

CLASSES = ("cat", "dog", "fox", "hen", "oak", "elm", "fir", "ash")
SOURCES = (*["animals"] * 4, *["animals+trees"] * 2, *["trees"] * 2)
COUNTS = (30, 20, 10, 5, 4, 2, 1)
"""Photos of each class; of the last one there is none."""


def answers() -> tuple[torch.Tensor, torch.Tensor]:
    """Logits that are often right, and labels."""
    labels = np.repeat(np.arange(7), COUNTS)
    logits = np.random.default_rng(5).normal(size=(len(labels), 8))
    logits[np.arange(len(labels)), labels] += 1
    return torch.from_numpy(logits), torch.from_numpy(labels)


def test_of_photos_each_class_counts_the_same() -> None:
    logits, labels = answers()
    found = photo_figures(logits, labels, CLASSES, SOURCES)
    recalls = recall_score(labels, logits.argmax(1), labels=range(7), average=None)
    fives = [
        top_k_accuracy_score(labels[labels == each], logits[labels == each], k=5, labels=range(8))
        for each in range(7)
    ]
    assert found.count == 72
    assert found.per_class == {
        name: pytest.approx(recall) for name, recall in zip(CLASSES, recalls, strict=False)
    }
    assert found.macro_top1 == pytest.approx(recalls.mean())
    assert found.macro_top5 == pytest.approx(np.mean(fives))
    assert abs(found.macro_top1 - accuracy_score(labels, logits.argmax(1))) > 0.02, "it is no mean of photos"
    assert found.references_by_source == {"animals": 65 / 72, "animals+trees": 6 / 72, "trees": 1 / 72}
    assert sum(found.answers_by_source.values()) == pytest.approx(1)


def test_of_tiles_each_tile_counts_the_same() -> None:
    logits, labels = answers()
    tiles = ImageSet(torch.zeros(72, 3, 1, 1, dtype=torch.uint8), labels)
    first = torch.arange(72) < 40
    data = Mosaics(SmallImages(tiles, tiles, CLASSES), CLASSES, ("one", "two"), (~first).long(), SOURCES)
    found = tile_figures(logits, data)
    predicted = logits.argmax(1)
    assert found.top1 == pytest.approx(accuracy_score(labels, predicted))
    assert found.top5 == pytest.approx(top_k_accuracy_score(labels, logits, k=5, labels=range(8)))
    assert found.per_source == {
        name: pytest.approx(accuracy_score(labels[part], predicted[part]))
        for name, part in (("one", first), ("two", ~first))
    }
    assert sum(count for *_, count in found.confusions) <= int((predicted != labels).sum())
    truth, answer, count = found.confusions[0]
    mistaken = (labels == CLASSES.index(truth)) & (predicted == CLASSES.index(answer))
    assert truth != answer and count == int(mistaken.sum())
    assert [each[2] for each in found.confusions] == sorted(each[2] for each in found.confusions)[::-1]


def test_what_is_tuned_by_is_not_judged_by(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(40):
            picture = Image.new("RGB", (20, 20), (5 * number, 90, 60))
            packed.writestr(f"photos/{('dog', 'cat')[number % 2]}/{number}.png", file_of(picture, "PNG"))
        packed.writestr("photos/cow/0.png", file_of(Image.new("RGB", (20, 20)), "PNG"))
        for number in range(4):
            packed.writestr(f"__MACOSX/photos/cat/._{number}.png", f"Mac OS X {number}")
    tune, judge = (load_clean_photos(path, CLASSES, half) for half in ("tune", "judge"))
    names = [{photo.name for photo in each.photos} for each in (tune, judge)]
    assert names[0] | names[1] == {f"{number}.png" for number in range(40)} and not names[0] & names[1]
    assert min(map(len, names)) > 8, "about half each"
    for each in (tune, judge):
        expected = [int(photo.name.removesuffix(".png")) % 2 == 0 for photo in each.photos]
        assert each.labels.tolist() == [int(is_dog) for is_dog in expected]
    with pytest.raises(ValueError, match=r"is named as one of the 1 classes\.$"):
        load_clean_photos(path, ["emu"], "judge")
