"""A lesson on flower_photos: three ways from the bundled ResNet-18, beside the tutorial's own loop.

`FLOWERS=flower_photos.zip python -m tests.benchmarks training`; the ZIP has `train/` and `val/`. It takes a
quarter of an hour on two cores. Ours is the command line in a process of its own: start, survey and saving
are in its seconds. Theirs is what the tutorials write: torchvision's ImageFolder and transforms, a
DataLoader of two workers, Adam at 1e-4, batches of 16, all parameters, tested after each epoch.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from resnet_explorer import ResNetSpec, build, preset
from resnet_explorer.finetune.dataset.image_folder import labelled_photos
from resnet_explorer.finetune.training.backbone_and_head import with_new_head
from resnet_explorer.finetune.training.hyperparameters import STRATEGIES, Settings
from resnet_explorer.finetune.training.run_config import learned_from
from resnet_explorer.finetune.training.trainer import Run
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.sources import entries_of
from resnet_explorer.weights.catalogue import find, load
from resnet_explorer.weights.recognition.network_and_input import assumed_preprocessing
from tests.benchmarks.timing import Row, side_by_side

MOST_EPOCHS = 5
"""Of the tutorial's loop, if it does not reach our accuracy before."""
MANY = 20_000
WEIGHED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Runs a command, and says at last how many kilobytes it had in memory at its peak."""


def rows() -> Iterator[Row]:
    archive = os.environ.get("FLOWERS")
    if not archive:
        print("training: FLOWERS names no ZIP of flower_photos; left out.", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as place:
        photos = Path(place, "photos")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(photos)
        (root,) = photos.iterdir()
        yield from lessons(root, Path(place))
        yield from throughput(root, Path(place))
        yield many_photos(Path(place))


def lessons(root: Path, place: Path) -> Iterator[Row]:
    theirs = tutorial(root, learned_from(find("bundled").preprocessing))
    epochs = Settings().epochs
    for strategy in STRATEGIES:
        seconds, accuracy, memory = ours(root, place / strategy, strategy, epochs)
        reached = next((entry for entry in theirs if entry[1] >= accuracy), theirs[-1])
        yield Row(
            f"{strategy}, {epochs} epochs: {accuracy:.1%}, {memory:,.0f} MB",
            1000 * seconds,
            f"the tutorial's loop from the same start until {reached[1]:.1%}",
            1000 * reached[0],
        )


def ours(data: Path, out: Path, strategy: str, epochs: int) -> tuple[float, float, float]:
    """Seconds, best accuracy and megabytes at the peak of a run on the command line."""
    command = [sys.executable, "-m", "resnet_explorer", "train", str(data), "--out", str(out)]
    told = ["--strategy", strategy, "--epochs", str(epochs)]
    began = time.perf_counter()
    environment = os.environ | {"RESNET_EXPLORER_HOME": str(out.parent / "home")}
    # A child counts the memory of whoever starts it as its own: a small process in between starts small.
    said = subprocess.run(
        [sys.executable, "-c", WEIGHED, *command, *told],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
        check=True,
    ).stdout
    found = re.match(r"([\d.]+)%", said)
    assert found
    return time.perf_counter() - began, float(found[1]) / 100, int(said.split()[-1]) / 1024


def tutorial(root: Path, seen: Preprocessing) -> list[tuple[float, float]]:
    """Seconds so far and accuracy after each epoch of the tutorial's loop."""
    torch.manual_seed(0)
    began = time.perf_counter()
    learnt, tested = loaders(root, seen, 16)
    model = with_new_head(find("bundled").spec, len(learnt.dataset.classes), 0, load(find("bundled"))).train()
    model.requires_grad_(True)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=1e-4), nn.CrossEntropyLoss()
    found = []
    for _ in range(MOST_EPOCHS):
        learn(model, learnt, optimizer, loss_of)
        model.eval()
        with torch.no_grad():
            right = sum(int((model(x).argmax(1) == y).sum()) for x, y in tested)
        found.append((time.perf_counter() - began, right / len(tested.dataset)))
    return found


def loaders(root: Path, seen: Preprocessing, batch: int) -> tuple[DataLoader, DataLoader]:
    normal = transforms.Normalize(seen.mean, seen.std)
    augmented = transforms.Compose(
        [
            transforms.RandomResizedCrop(seen.crop),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            normal,
        ]
    )
    plain = transforms.Compose(
        [transforms.Resize(seen.resize), transforms.CenterCrop(seen.crop), transforms.ToTensor(), normal]
    )
    learnt = datasets.ImageFolder(str(root / "train"), augmented)
    tested = datasets.ImageFolder(str(root / "val"), plain)
    return (
        DataLoader(learnt, batch_size=batch, shuffle=True, num_workers=2),
        DataLoader(tested, batch_size=batch, num_workers=2),
    )


def learn(model: nn.Module, photos: DataLoader, optimizer: torch.optim.Optimizer, loss_of: nn.Module) -> None:
    model.train()
    for x, y in photos:
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()


def throughput(root: Path, place: Path) -> Iterator[Row]:
    """One epoch of all parameters over the same photos, ours beside the plain loop."""
    bundled, imagenet = find("bundled"), preset("resnet18")
    for name, spec, seen, count in (
        ("the bundled ResNet-18, 128 px", bundled.spec, learned_from(bundled.preprocessing), 512),
        ("ResNet-18, 224 px", imagenet, assumed_preprocessing(imagenet), 128),
    ):
        found = labelled_photos(entries_of(str(root), "flowers"))
        every = len(found.part("train")) // count
        kept = {item.name for item in found.part("train")[:: every or 1][:count]}
        photos = found.without({item.name for item in found.part("train") if item.name not in kept})
        photos = photos.without({item.name for item in photos.part("val")[1:]})

        def our_epoch(spec: ResNetSpec = spec, seen: Preprocessing = seen, photos=photos) -> None:
            folder = Path(tempfile.mkdtemp(dir=place))
            settings = Settings("all", epochs=1, batch_size=32)
            for _ in Run(build(spec.with_(num_classes=5)), photos, seen, settings, folder).epochs():
                pass

        learnt, _ = loaders(root, seen, 32)
        step = max(1, len(learnt.dataset) // count)
        subset = Subset(learnt.dataset, range(0, step * count, step))
        loader = DataLoader(subset, batch_size=32, shuffle=True, num_workers=2, drop_last=True)

        def their_epoch(spec: ResNetSpec = spec, loader: DataLoader = loader) -> None:
            model = build(spec.with_(num_classes=5))
            learn(model, loader, torch.optim.Adam(model.parameters(), lr=1e-3), nn.CrossEntropyLoss())

        times = side_by_side({"ours": our_epoch, "theirs": their_epoch}, 2)
        yield Row(
            f"an epoch of {count:,} photos, all parameters of {name}: "
            f"{count / times['ours'] * 1000:.0f} photos/s",
            times["ours"],
            f"a plain loop with a DataLoader: {count / times['theirs'] * 1000:.0f} photos/s",
            times["theirs"],
            "≤ 1",
        )


def many_photos(place: Path) -> Row:
    """20,000 generated photos, 64 × 48, a new head for three epochs."""
    archive = place / "many.zip"
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(MANY):
            colour = rng.integers(0, 256, 3)
            noise = np.clip(rng.normal(0, 40, (48, 64, 3)) + colour, 0, 255).astype(np.uint8)
            with packed.open(f"{'light' if colour.sum() > 382 else 'dark'}/{number:05}.jpg", "w") as file:
                Image.fromarray(noise).save(file, "JPEG")
    seconds, accuracy, memory = ours(archive, place / "many", "head", 3)
    few, _, few_memory = ours(archive_of(place, archive, MANY // 10), place / "few", "head", 3)
    return Row(
        f"a new head on {MANY:,} generated photos: {accuracy:.1%}, {memory:,.0f} MB",
        1000 * seconds,
        f"on {MANY // 10:,} of them: {few_memory:,.0f} MB",
        1000 * few,
    )


def archive_of(place: Path, archive: Path, count: int) -> Path:
    """The first photos of an archive, in one of their own."""
    few = place / "few.zip"
    with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(few, "w") as fewer:
        for info in packed.infolist()[:count]:
            fewer.writestr(info, packed.read(info))
    return few
