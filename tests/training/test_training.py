"""The recipe from scratch: data, augmentation, resuming, and what it writes."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_explorer.model.resnet import build
from resnet_explorer.network.spec import ResNetSpec
from resnet_explorer.photos.decode import open_photo
from resnet_explorer.training.augment import Augmentation
from resnet_explorer.training.card import preprocessing_of, write_card
from resnet_explorer.training.data import CIFAR10_CLASSES, ImageSet, SmallImages, load_small_images
from resnet_explorer.training.evaluation import (
    channel_statistics,
    measure_norms,
    normalized_batches,
    shuffled,
)
from resnet_explorer.training.figures import LONG_SIDE, as_uploaded, measure
from resnet_explorer.training.recipe import Recipe
from resnet_explorer.training.run_folder import CHECKPOINT, LOG, check_recipe
from resnet_explorer.training.scratch import average_cycles, load_average, train
from resnet_explorer.weights.bundled import export_bundled, load
from tests.photos.files import file_of

TINY = ResNetSpec("basic", (1,), width=8, stem="cifar", num_classes=2)
RECIPE = Recipe(epochs=4, batch_size=16, peak_rate=0.1, average=0.3, sizes=((0.5, 8), (1.0, 12)))


@pytest.fixture
def two_colours() -> SmallImages:
    """Reddish and bluish noise: two classes that a tiny network can tell apart."""
    generator = torch.Generator().manual_seed(0)

    def images(n: int) -> ImageSet:
        labels = torch.arange(n) % 2
        pixels = torch.randint(0, 120, (n, 3, 12, 12), generator=generator, dtype=torch.uint8)
        pixels[labels == 0, 0] += 120
        pixels[labels == 1, 2] += 120
        return ImageSet(pixels, labels)

    return SmallImages(images(64), images(20), ("red", "blue"))


def test_learns_to_tell_two_colours_apart(two_colours: SmallImages, tmp_path: Path) -> None:
    epochs = list(train(TINY, two_colours, RECIPE, tmp_path))
    assert [epoch.size for epoch in epochs] == [8, 8, 12, 12]
    assert epochs[-1].test_accuracy == 1.0
    assert epochs[-1].train_loss < epochs[0].train_loss
    with (tmp_path / LOG).open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1", "2", "3", "4"]


def test_a_channel_that_is_the_same_everywhere_is_learnt_with(
    two_colours: SmallImages, tmp_path: Path
) -> None:
    for part in (two_colours.train, two_colours.test):
        part.images[:, 1] = 0
    epochs = list(train(TINY, two_colours, RECIPE, tmp_path))
    assert epochs[-1].test_accuracy == 1.0
    assert all(epoch.train_loss < 1 for epoch in epochs)


def test_a_loss_that_is_no_number_ends_the_run_in_a_sentence(
    two_colours: SmallImages, tmp_path: Path
) -> None:
    steep = replace(RECIPE, peak_rate=1e38)
    with pytest.raises(ValueError, match=r"^The loss is no number any more in epoch 1, step \d; a smaller"):
        list(train(TINY, two_colours, steep, tmp_path))
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_class_without_test_images_has_no_accuracy(two_colours: SmallImages, tmp_path: Path) -> None:
    red = two_colours.test.labels == 0
    data = replace(two_colours, test=ImageSet(two_colours.test.images[red], two_colours.test.labels[red]))
    preprocessing = preprocessing_of(channel_statistics(data.train.images), 12)
    weights = export_bundled(build(TINY), data.classes, preprocessing, tmp_path / "tiny.safetensors")
    assert list(measure(load(tmp_path / "tiny.safetensors"), weights, data).per_class) == ["red"]


def test_a_resumed_run_gives_the_numbers_of_an_uninterrupted_one(
    two_colours: SmallImages, tmp_path: Path
) -> None:
    whole = list(train(TINY, two_colours, RECIPE, tmp_path / "whole"))
    run = train(TINY, two_colours, RECIPE, tmp_path / "stopped")
    next(run), next(run)
    run.close()
    rest = list(train(TINY, two_colours, RECIPE, tmp_path / "stopped", resume=True))
    assert [epoch.epoch for epoch in rest] == [3, 4]
    assert [epoch.train_loss for epoch in rest] == [epoch.train_loss for epoch in whole[2:]]
    first, second = (
        load_average(tmp_path / name / CHECKPOINT, TINY).state_dict() for name in ("whole", "stopped")
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_does_not_go_on_with_other_images(two_colours: SmallImages, tmp_path: Path) -> None:
    next(train(TINY, two_colours, RECIPE, tmp_path))
    others = replace(two_colours, classes=("cat", "dog"))
    with pytest.raises(ValueError, match=r"was begun with classes red, blue, and this is cat, dog; only the"):
        train(TINY, others, RECIPE, tmp_path, resume=True)
    half = replace(two_colours, train=ImageSet(*(part[:32] for part in vars(two_colours.train).values())))
    with pytest.raises(ValueError, match=r"was begun with training images 64, and this is 32; only the same"):
        train(TINY, half, RECIPE, tmp_path, resume=True)
    path = tmp_path / "recipe.json"
    before = json.loads(path.read_text())
    del before["images"]
    path.write_text(json.dumps(before))
    assert next(train(TINY, others, RECIPE, tmp_path, resume=True)).epoch == 2, "a run of before"


def test_a_folder_that_cannot_be_made_is_told(two_colours: SmallImages, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("dear diary")
    with pytest.raises(ValueError, match=r"file cannot be made: File exists\.$"):
        next(train(TINY, two_colours, RECIPE, tmp_path / "file"))


def test_a_trained_network_goes_on_from_its_values(two_colours: SmallImages, tmp_path: Path) -> None:
    list(train(TINY, two_colours, RECIPE, tmp_path / "first"))
    trained = load_average(tmp_path / "first" / CHECKPOINT, TINY)
    recipe = replace(RECIPE.going_on("0" * 64), epochs=1, peak_rate=1e-6, sizes=((1.0, 12),))
    (epoch,) = train(TINY, two_colours, recipe, tmp_path / "second", initial=trained)
    after = load_average(tmp_path / "second" / CHECKPOINT, TINY)
    assert epoch.test_accuracy == 1.0, "learnt before, at a rate that teaches nothing new"
    kernel, same = trained.conv1.weight, after.conv1.weight
    assert torch.allclose(kernel, same, atol=1e-4)
    assert '"start": "0000' in (tmp_path / "second" / "recipe.json").read_text()


def test_two_cycles_are_averaged_value_by_value() -> None:
    torch.manual_seed(0)
    first, second = build(TINY), build(TINY)
    expected = (first.layer1[0].conv1.weight + second.layer1[0].conv1.weight) / 2
    average_cycles(second, first)
    assert torch.allclose(second.layer1[0].conv1.weight, expected, atol=1e-6)


def test_norms_are_measured_over_all_images_though_they_come_class_by_class() -> None:
    model = build(TINY)
    dark, bright = torch.zeros(500, 3, 8, 8, dtype=torch.uint8), torch.full((500, 3, 8, 8), 200).byte()
    images = torch.cat([dark, bright])
    statistics = channel_statistics(images)
    measure_norms(model, normalized_batches(shuffled(images), statistics))
    after_conv1 = model.conv1(torch.cat(list(normalized_batches(images, statistics))))
    assert not model.training
    assert torch.allclose(model.bn1.running_mean, after_conv1.mean((0, 2, 3)), atol=0.01)
    assert torch.allclose(model.bn1.running_var, after_conv1.var((0, 2, 3)), rtol=0.02)


@pytest.mark.slow
def test_the_card_tells_what_was_measured_of_the_exported_file(
    two_colours: SmallImages, tmp_path: Path
) -> None:
    list(train(TINY, two_colours, RECIPE, tmp_path))
    file = tmp_path / "tiny.safetensors"
    preprocessing = preprocessing_of(channel_statistics(two_colours.train.images), 12)
    trained = load_average(tmp_path / CHECKPOINT, TINY)
    weights = export_bundled(trained, two_colours.classes, preprocessing, file)
    figures = measure(load(file), weights, two_colours)
    assert figures.test == 1.0
    assert figures.per_class == {"red": 1.0, "blue": 1.0}
    assert figures.uploads_count == 20
    assert figures.uploads >= 0.9
    write_card(tmp_path / "card.md", weights, RECIPE, tmp_path, figures, "coloured noise")
    card = (tmp_path / "card.md").read_text()
    assert "| all test images | 100.00% |" in card
    assert "coloured noise" in card
    assert "4 epochs" in card


def test_the_rate_rises_and_falls_once() -> None:
    recipe = Recipe(peak_rate=0.4, warmup=0.2)
    rates = [recipe.rate(progress / 100) for progress in range(101)]
    assert max(rates) == pytest.approx(0.4)
    assert rates.index(max(rates)) == 20
    assert rates[0] == pytest.approx(0.04)
    assert rates[-1] < 0.001


def test_augmentation_keeps_range_and_gives_the_size() -> None:
    images = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    changed = Augmentation()(images, 24, torch.Generator().manual_seed(2))
    assert changed.shape == (6, 3, 24, 24)
    assert changed.min() >= 0 and changed.max() <= 1
    again = Augmentation()(images, 24, torch.Generator().manual_seed(2))
    assert torch.equal(changed, again)


def test_no_augmentation_leaves_images_as_they_are_or_mirrored() -> None:
    images = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    changed = Augmentation().scaled(0)(images, 16, torch.Generator().manual_seed(0))
    same = [torch.allclose(a, b, atol=1e-5) for a, b in zip(changed, images, strict=True)]
    mirrored = [torch.allclose(a, b.flip(-1), atol=1e-5) for a, b in zip(changed, images, strict=True)]
    assert all(a or b for a, b in zip(same, mirrored, strict=True))
    assert any(same) and any(mirrored)


def _files() -> dict[str, bytes]:
    colours = {"train/cat/1": (1, 2, 3), "train/dog/1": (4, 5, 6), "test/dog/7": (7, 8, 9)}
    return {
        f"{name}.png": file_of(Image.new("RGB", (4, 4), colour), "PNG") for name, colour in colours.items()
    }


def test_what_a_mac_leaves_in_an_archive_is_no_image(tmp_path: Path) -> None:
    litter = {"train/cat/._1.png": b"Mac OS X", "__MACOSX/train/cat/1.png": b"Mac OS X"}
    _write_tar(tmp_path / "data.tar.xz", _files() | litter)
    _check_small(load_small_images(tmp_path / "data.tar.xz"))


def _check_small(data: SmallImages) -> None:
    assert data.classes == ("cat", "dog")
    assert data.train.images[:, :, 0, 0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert data.test.labels.tolist() == [1]


def test_reads_a_folder_of_classes(tmp_path: Path) -> None:
    for name, content in _files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    _check_small(load_small_images(tmp_path))


def test_reads_an_archive_of_such_a_folder(tmp_path: Path) -> None:
    _write_tar(tmp_path / "data.tar.xz", _files())
    _check_small(load_small_images(tmp_path / "data.tar.xz"))


def test_reads_cifar_10s_own_binaries(tmp_path: Path) -> None:
    record = bytes([3]) + bytes(range(256)) * 12
    batches = {f"cifar-10-batches-bin/data_batch_{n}.bin": record for n in range(1, 6)}
    _write_tar(tmp_path / "cifar.tar.gz", batches | {"cifar-10-batches-bin/test_batch.bin": record * 2})
    data = load_small_images(tmp_path / "cifar.tar.gz")
    assert (len(data.train), len(data.test)) == (5, 2)
    assert data.classes == CIFAR10_CLASSES
    assert data.classes[int(data.train.labels[0])] == "cat"
    assert data.train.images[0, 0, 1, :3].tolist() == [32, 33, 34]  # row-major, channel by channel


@pytest.mark.parametrize("damage", [{}, {"data_batch_3.bin": b""}, {"data_batch_3.bin": bytes(3000)}])
def test_names_the_file_that_an_incomplete_cifar_10_lacks(tmp_path: Path, damage: dict[str, bytes]) -> None:
    there = {f"data_batch_{n}.bin": bytes(3073) for n in (1, 2, 4, 5)} | {"test_batch.bin": bytes(3073)}
    _write_tar(tmp_path / "cifar.tar.gz", there | damage)
    with pytest.raises(ValueError, match=r"^CIFAR-10's data_batch_3\.bin is missing or damaged\.$"):
        load_small_images(tmp_path / "cifar.tar.gz")


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No images were found under train/CLASS and test/CLASS"):
        load_small_images(tmp_path)
    with pytest.raises(ValueError, match="There is no file or folder"):
        load_small_images(tmp_path / "nothing")


def test_names_a_class_of_the_test_images_that_cannot_be_learned(tmp_path: Path) -> None:
    files = _files()
    _write_tar(tmp_path / "data.tar.xz", files | {"test/emu/8.png": files["test/dog/7.png"]})
    with pytest.raises(ValueError, match=r"^There are test images of emu, and none to learn it from\.$"):
        load_small_images(tmp_path / "data.tar.xz")


@pytest.mark.parametrize("text", ["", "{}", '{"spec": 1}'])
def test_a_run_that_does_not_say_how_it_was_begun_is_not_resumed(tmp_path: Path, text: str) -> None:
    (tmp_path / "recipe.json").write_text(text)
    with pytest.raises(ValueError, match=r"recipe\.json does not say how the run was begun: "):
        check_recipe(tmp_path / "recipe.json", ResNetSpec("basic", (1,)), Recipe())


def _write_tar(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, f"w:{path.suffix[1:]}") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_an_upload_is_a_large_photo_of_the_image() -> None:
    pixels = np.full((32, 32, 3), (200, 40, 40), dtype=np.uint8)
    photo = open_photo(as_uploaded(pixels, np.random.default_rng(0)), "upload.jpg")
    assert max(photo.image.size) == LONG_SIDE
    red, green, blue = np.asarray(photo.image).reshape(-1, 3).mean(0)
    assert red > 2 * green and red > 2 * blue
