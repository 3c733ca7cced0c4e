"""What ships of the example run, and how it is made.

`python -m resnet_explorer.finetune.runs.example RUN` takes from the folder of a run what the app shows of it:
all but the network, and few of the photos, small.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from resnet_explorer.common.atomic_file import write_text
from resnet_explorer.common.i18n import t
from resnet_explorer.finetune.dataset.image_folder import Item
from resnet_explorer.finetune.evaluation.predictions import Predictions, read_predictions
from resnet_explorer.finetune.runs.status import STATUS
from resnet_explorer.finetune.runs.store import EXAMPLE_FOLDER, RunEntry, example_run, run_in
from resnet_explorer.finetune.training.run_config import PACKED, read_json
from resnet_explorer.finetune.training.run_folder import CLASS_INDICES, FIRST_POINTS, NETWORK, PREDICTIONS
from resnet_explorer.training.run_folder import LOG, read_log, write_log

if TYPE_CHECKING:
    from resnet_explorer.finetune.evaluation.weight_change import WeightChange

PHOTOS: Final = "photos.zip"
README: Final = "README.md"
WEIGHT_CHANGE: Final = "weight_change.csv"
MISTAKES: Final = 10
"""The most confident mistakes, of which the photos ship: as many as are seen at once."""
OF_A_CELL: Final = 2
"""Photos that ship of each cell of the confusion matrix, the most confident prediction first."""
ENDING: Final = ".webp"
"""Behind a photo's name in the archive, by the form that it ships in."""
QUALITY: Final = 50


@cache
def example_photos() -> dict[str, Item]:
    """The photos that ship, by their names: as the network takes them, 128 × 128.

    Raises:
        ValueError: if they are gone.
    """
    path, classes = EXAMPLE_FOLDER / PHOTOS, example_run().config.classes

    def read(name: str) -> bytes:
        with zipfile.ZipFile(path) as packed:
            return packed.read(name + ENDING)

    try:
        with zipfile.ZipFile(path) as packed:
            names = [name.removesuffix(ENDING) for name in packed.namelist()]
    except (OSError, zipfile.BadZipFile):
        raise ValueError(
            t("The photos of the example, {name}, are missing or damaged.").format(name=path.name)
        ) from None
    return {
        name: Item(name, classes.index(PurePosixPath(name).parent.name), "val", partial(read, name))
        for name in names
    }


def example_weight_change() -> tuple[WeightChange, ...]:
    """How far its weights moved, which its network would say.

    Raises:
        ValueError: if the file is gone.
    """
    from resnet_explorer.finetune.evaluation.weight_change import WeightChange

    return tuple(read_log(EXAMPLE_FOLDER / WEIGHT_CHANGE, WeightChange))


def chosen(predictions: Predictions) -> list[int]:
    """The photos that ship: the most confident mistakes, and the most confident of each cell."""
    classes = range(len(predictions.classes))
    cells = [predictions.cell(true, predicted)[:OF_A_CELL] for true in classes for predicted in classes]
    return sorted({*predictions.mistakes()[:MISTAKES], *(index for cell in cells for index in cell)})


def pack(run: RunEntry, folder: Path = EXAMPLE_FOLDER) -> None:
    """Write what ships of a run.

    Args:
        run: done, on photos that are there.
        folder: to write into.
    """
    from resnet_explorer.finetune.evaluation.weight_change import WeightChange, weight_changes
    from resnet_explorer.weights.catalogue import find, load
    from resnet_explorer.weights.description import from_file
    from resnet_explorer.weights.tensors import network_of, read_state

    folder.mkdir(exist_ok=True)
    config = read_json(run.folder) | {"data": Path(run.config.data).name}
    text = json.dumps(config, ensure_ascii=False, separators=(",", ":"))
    (folder / PACKED).write_bytes(gzip.compress(text.encode(), mtime=0))
    for name in (LOG, FIRST_POINTS, PREDICTIONS, CLASS_INDICES):
        shutil.copyfile(run.folder / name, folder / name)
    write_text(folder / STATUS, json.dumps(asdict(replace(run.status, weights=""))) + "\n")
    path = run.folder / NETWORK
    end = network_of(from_file(path, "yours/run", "yours").spec, read_state(path))
    assert run.config.start
    changes = weight_changes(load(find(run.config.start)), end)
    write_log(folder / WEIGHT_CHANGE, WeightChange, changes)
    photos = dict(_small(run))
    with zipfile.ZipFile(folder / PHOTOS, "w") as packed:
        for name, content in photos.items():
            packed.writestr(zipfile.ZipInfo(name + ENDING), content)
    write_text(folder / README, _readme(run, list(photos)))


def _readme(run: RunEntry, photos: list[str]) -> str:
    """What it is, how it was made, and whose the photos are."""
    settings, data = run.config.settings, Path(run.config.data).name
    links = [f"[{name.rpartition('/')[2]}]({_page(name)})" for name in photos]
    return f"""# The example run

What *Trust it* and *Progress* show before there is a run of one's own. Made by

    python -m resnet_explorer train {data} --strategy {settings.strategy} --epochs {settings.epochs} \\
        --label "{run.config.label}" --out RUN
    python -m resnet_explorer.finetune.runs.example RUN

It took {run.seconds:.0f} s of two busy cores, seed {settings.seed}; {data} holds flower_photos with a
shorter side of 160 pixels, {run.config.count("train"):,} photos to learn from and {run.config.count("val"):,}
to test on. The network does not ship. `{PHOTOS}` holds {len(photos)} of those, 128 × 128, as the
network takes them: the {MISTAKES} most confident mistakes, and of each cell of the confusion matrix the
{OF_A_CELL} most confident predictions.

The photos are from TensorFlow's [flower_photos](https://www.tensorflow.org/datasets/catalog/tf_flowers), by
photographers of Flickr, under [CC BY 2.0](https://creativecommons.org/licenses/by/2.0/); each was cropped to
its centre and made smaller. Who made which is on its page at Flickr, and in `LICENSE.txt` of the archive:

{chr(10).join(f"- {link}" for link in links)}
"""


def _page(name: str) -> str:
    """Of a photo, by the number that its file's name begins with."""
    return f"https://www.flickr.com/photo.gne?id={name.rpartition('/')[2].partition('_')[0]}"


def _small(run: RunEntry) -> Iterator[tuple[str, bytes]]:
    """Each photo that ships, as the network takes it."""
    import io

    from PIL import Image

    from resnet_explorer.explanation.heatmap import whole_box
    from resnet_explorer.photos.crop import seen_box
    from resnet_explorer.photos.decode import open_photo

    predictions = read_predictions(run.folder / PREDICTIONS, run.config.classes)
    items = {item.name: item for item in run.config.photos().items}
    seen = run.config.preprocessing
    for index in chosen(predictions):
        photo = open_photo(items[predictions.names[index]].read(), predictions.names[index])
        square = photo.image.crop(whole_box(seen_box(photo, seen), photo.image.size))
        file = io.BytesIO()
        square.resize((seen.crop, seen.crop), Image.Resampling.BICUBIC).save(
            file, "WEBP", quality=QUALITY, method=6
        )
        yield predictions.names[index], file.getvalue()


if __name__ == "__main__":
    pack(run_in(Path(sys.argv[1])))
