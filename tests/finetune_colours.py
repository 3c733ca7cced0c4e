"""Photos of three colours and a tiny network: what the tests of fine-tuning learn in a second."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from resnet_explorer import ResNetSpec
from resnet_explorer.finetune.dataset.image_folder import labelled_photos
from resnet_explorer.finetune.dataset.store import Dataset, keep_zip
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.status import WORKING
from resnet_explorer.finetune.runs.store import RunEntry, find_run, runs_folder
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.finetune.training.run_folder import Epoch
from resnet_explorer.photos.preprocessing import Preprocessing
from resnet_explorer.photos.sources import entries_of
from tests.photos.files import file_of, zipped

SPEC = ResNetSpec("basic", (1, 1), width=8, stem="cifar", num_classes=10)
SEEN = Preprocessing(20, 16, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
COLOURS = {"blue": (40, 60, 200), "green": (60, 190, 40), "red": (210, 40, 40)}
QUICK = Settings("all", epochs=3, batch_size=8, rate=0.01)


def photo(colour: tuple[int, int, int], seed: int) -> bytes:
    """A noisy picture of a colour, 24 × 20."""
    noise = np.random.default_rng(seed).normal(0, 60, (20, 24, 3))
    return file_of(Image.fromarray(np.clip(noise + colour, 0, 255).astype(np.uint8)), "PNG")


def colours_zip(path: Path, each: int = 15) -> Path:
    """A ZIP of so many photos of each colour, in a folder for each."""
    files = {
        f"{name}/{number}.png": photo(colour, 100 * place + number)
        for place, (name, colour) in enumerate(COLOURS.items())
        for number in range(each)
    }
    path.write_bytes(zipped(files))
    return path


def kept_colours(path: Path, each: int = 15) -> Dataset:
    """The same photos as a dataset that is kept, called "colours"."""
    with colours_zip(path / "colours.zip", each).open("rb") as file:
        return keep_zip(file, "colours.zip")


def numbers(epochs: Iterable[Epoch]) -> list[tuple[float, ...]]:
    """What two runs that are the same have in common: all but the seconds."""
    return [(e.epoch, e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy) for e in epochs]


def config_of(
    data: Path, settings: Settings = QUICK, label: str = "Colours", called: str = "colours"
) -> RunConfig:
    """The config of a run from random values on photos in folders."""
    photos = labelled_photos(entries_of(str(data), called))
    return RunConfig.of(settings, None, SPEC, photos, SEEN, label, data, called)


def is_over(run: RunEntry) -> bool:
    """Whether a run is at its end: before its process is there to be seen, it is not alive either."""
    return run.status.phase not in WORKING and not run.alive


def done(config: RunConfig, key: str = "one", *, resume: bool = False) -> RunEntry:
    """A run from its beginning to its end, in this process."""
    for _ in run_job(config, config.photos, runs_folder() / key, resume=resume):
        pass
    return find_run(key)
