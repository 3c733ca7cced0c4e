"""Photos of three colours and a tiny network: what the tests of fine-tuning learn in a second."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from resnet_explorer import ResNetSpec
from resnet_explorer.finetune.collection import labelled_photos
from resnet_explorer.finetune.settings import Settings
from resnet_explorer.finetune.story import Story
from resnet_explorer.many.entries import entries_of
from resnet_explorer.weights import Preprocessing

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10)
SEEN = Preprocessing(20, 16, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
COLOURS = {"blue": (40, 60, 200), "green": (60, 190, 40), "red": (210, 40, 40)}
QUICK = Settings("all", epochs=3, batch_size=8, rate=0.01)


def photo(colour: tuple[int, int, int], seed: int) -> bytes:
    """A noisy picture of a colour, 24 × 20."""
    noise = np.random.default_rng(seed).normal(0, 60, (20, 24, 3))
    image = Image.fromarray(np.clip(noise + colour, 0, 255).astype(np.uint8))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def colours_zip(path: Path, each: int = 15) -> Path:
    """A ZIP of so many photos of each colour, in a folder for each."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, (name, colour) in enumerate(COLOURS.items()):
            for number in range(each):
                archive.writestr(f"{name}/{number}.png", photo(colour, 100 * place + number))
    return path


def story_of(
    data: Path, settings: Settings = QUICK, label: str = "Colours", called: str = "colours"
) -> Story:
    """The story of a run from random values on photos in folders."""
    photos = labelled_photos(entries_of(str(data), called))
    return Story.of(settings, None, SPEC, photos, SEEN, label, data, called)
