"""A batch of 64 JPEGs of one to two megapixels through ResNet-50: ours beside torchvision's own way.

Theirs: a DataLoader of two workers, torchvision's decoding by Pillow, its transforms for these weights
(the shorter side to 256, 224 from the centre, antialiased) and its model in eager mode.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch
import torchvision
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision.models import ResNet50_Weights

from resnet_explorer import build, preset
from resnet_explorer.batch.classify import decoded, predict_in_batches
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.samples import SAMPLES, open_sample
from resnet_explorer.photos.sources import Entry, entries_of
from tests.benchmarks.timing import Row, side_by_side

PHOTOS = 64
SIZES = ((1600, 1200), (1440, 960), (1280, 960), (1200, 900))
IMAGENET = Preprocessing(256, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
ROUNDS = 3


class Files(Dataset):
    """Photos as torchvision's users read them."""

    def __init__(self, folder: Path) -> None:
        self.files = sorted(folder.iterdir())
        self.transform = ResNet50_Weights.IMAGENET1K_V1.transforms()

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> torch.Tensor:
        with Image.open(self.files[index]) as image:
            return self.transform(image.convert("RGB"))


def write_photos(folder: Path) -> None:
    """The samples in several sizes, each flipped or not, as cameras write JPEGs."""
    pictures = [open_sample(each.name).image for each in SAMPLES]
    for number in range(PHOTOS):
        picture = pictures[number % len(pictures)].resize(
            SIZES[number % len(SIZES)], Image.Resampling.BICUBIC
        )
        if number % 2:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        picture.save(folder / f"{number:03}.jpg", quality=90)


def rows() -> Iterator[Row]:
    torch.manual_seed(0)
    theirs = torchvision.models.resnet50().eval()
    stored = build(preset("resnet50")).eval()
    stored.load_state_dict(theirs.state_dict())
    ours = for_evaluation(stored)
    with tempfile.TemporaryDirectory() as folder:
        write_photos(Path(folder))
        entries: list[Entry] = list(entries_of(folder))
        loader = DataLoader(Files(Path(folder)), batch_size=PHOTOS, num_workers=2)

        def by_loader(model: torch.nn.Module | None) -> list[torch.Tensor]:
            with torch.inference_mode():
                return [batch if model is None else model(batch) for batch in loader]

        times = side_by_side(
            {
                "ours": lambda: list(predict_in_batches(entries, ours, IMAGENET, lambda photo: None)),
                "theirs": lambda: by_loader(theirs),
                "our decoding": lambda: list(decoded(entries, IMAGENET, 3, lambda photo: None, PHOTOS)),
                "their decoding": lambda: by_loader(None),
            },
            ROUNDS,
        )
    for ours_of, theirs_of, what, against in (
        (
            "ours",
            "theirs",
            "64 JPEGs through ResNet-50, decoded ahead",
            "a DataLoader and torchvision's model",
        ),
        (
            "our decoding",
            "their decoding",
            "64 JPEGs decoded, shrunk and cropped, no network",
            "the DataLoader with its transforms",
        ),
    ):
        mine, other = times[ours_of], times[theirs_of]
        yield Row(
            f"{what}: {rate(mine)}",
            mine,
            f"{against}: {rate(other)}",
            other,
            "≤ 1" if ours_of == "ours" else "",
        )


def rate(milliseconds: float) -> str:
    return f"{PHOTOS / milliseconds * 1000:.1f} photos/s"
