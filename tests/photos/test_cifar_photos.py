"""The photos that ship: a thousand, balanced, as the networks take them, made again by the command."""

import io
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_explorer.explanation.predict import preprocess
from resnet_explorer.labs.photos import photos_for, photos_of
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos import cifar_photos
from resnet_explorer.photos.cifar_photos import fixed_photos, knows_them, make
from resnet_explorer.photos.crop import CENTRE
from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.training.data import CIFAR10_CLASSES
from resnet_explorer.weights.catalogue import find, load


def test_a_thousand_photos_balanced_in_every_part() -> None:
    images, names = fixed_photos()
    assert images.shape == (1000, 32, 32, 3)
    assert len({image.tobytes() for image in images}) == 1000
    for count in (200, 500, 1000):
        assert Counter(names[:count]) == dict.fromkeys(CIFAR10_CLASSES, count // 10)
    assert cifar_photos.FILE.stat().st_size < 400_000


def test_they_come_as_the_network_takes_them() -> None:
    weights = find("bundled/resnet20")
    photos = photos_for(weights, 200)
    images, names = fixed_photos()
    mean, std = (np.array(values) for values in (weights.preprocessing.mean, weights.preprocessing.std))
    expected = ((images[7] / 255 - mean) / std).transpose(2, 0, 1)
    assert photos.images.shape == (200, 3, 32, 32)
    assert torch.allclose(photos.images[7], torch.from_numpy(expected).float(), atol=1e-5)
    assert photos.labels is not None
    assert [weights.classes[label] for label in photos.labels] == list(names[:200])


@pytest.mark.slow
def test_the_bundled_network_is_as_right_on_them_as_on_all() -> None:
    weights = find("bundled/resnet20")
    photos = photos_for(weights, 1000)
    with torch.inference_mode():
        found = for_evaluation(load(weights))(photos.images).argmax(dim=1)
    # 85.9 % on all 10,000 (bundled/resnet20.md); a thousand know that to ± 2.2 points, twice that is allowed.
    assert float((found == photos.labels).float().mean()) == pytest.approx(0.859, abs=0.044)


@pytest.mark.slow
def test_a_network_of_other_things_is_asked_about_squares_of_the_samples() -> None:
    photos = photos_of(find("bundled"), 1000)
    assert photos.labels is None
    assert photos.images.shape == (2 * 3 * len(SAMPLES), 3, 128, 128)
    one_way, mirrored = photos.images.chunk(2)
    assert torch.equal(mirrored, one_way.flip(3))
    weights = find("bundled")
    first, _ = preprocess(open_sample(SAMPLES[0].name), weights.preprocessing, CENTRE)
    assert torch.equal(photos.images[:1], first)


def test_other_classes_are_refused() -> None:
    assert knows_them(tuple(reversed(CIFAR10_CLASSES)))
    assert not knows_them(CIFAR10_CLASSES[:9])
    assert not knows_them((*CIFAR10_CLASSES, "cow"))


def test_the_command_draws_them_as_they_are(tmp_path: Path) -> None:
    source, target = tmp_path / "all.tar", tmp_path / "few.tar.xz"
    contents: dict[str, bytes] = {}
    with tarfile.open(source, "w") as archive:
        for part in ("train", "test"):
            for label in ("dog", "cat"):
                for number in range(6):
                    stream = io.BytesIO()
                    Image.new("RGB", (32, 32), (number, len(contents), 0)).save(stream, "JPEG")
                    name = f"{part}/{label}/{number:04}.jpg"
                    contents[name] = stream.getvalue()
                    member = tarfile.TarInfo(name)
                    member.size = len(contents[name])
                    archive.addfile(member, io.BytesIO(contents[name]))
    assert make(source, target, per_class=4, seed=1) == 8
    with tarfile.open(target) as archive:
        found = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}  # type: ignore[union-attr]
    assert [name.split("/")[0] for name in found] == ["cat", "dog"] * 4
    assert all(content == contents[f"test/{name}"] for name, content in found.items())
    first = target.read_bytes()
    make(source, target, per_class=4, seed=1)
    assert target.read_bytes() == first
    with pytest.raises(ValueError, match="only 6 test images of cat"):
        make(source, target, per_class=7)
