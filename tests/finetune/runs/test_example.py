"""The run that ships: a real one, small, that nothing changes; and what makes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from resnet_explorer.finetune.evaluation.predictions import read_predictions
from resnet_explorer.finetune.runs import worker_process
from resnet_explorer.finetune.runs.example import (
    chosen,
    example_photos,
    example_weight_change,
    pack,
)
from resnet_explorer.finetune.runs.store import (
    EXAMPLE,
    EXAMPLE_FOLDER,
    delete,
    example_run,
    find_run,
    rename,
    runs,
)
from resnet_explorer.finetune.runs.table import circumstances, newest_first
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RunConfig
from resnet_explorer.photos.decode import open_photo
from tests.finetune_colours import QUICK, colours_zip, config_of, done

pytestmark = pytest.mark.usefixtures("temporary_home")


def test_it_is_the_last_stage_of_the_bundled_network_on_flower_photos() -> None:
    run = example_run()
    config = run.config
    assert (config.start, config.settings.strategy, config.settings.seed) == ("bundled", "stages", 0)
    assert config.settings == Settings("stages", epochs=len(run.log))
    assert config.classes == ("daisy", "dandelion", "roses", "sunflowers", "tulips")
    assert (config.count("train"), config.count("val")) == (2934, 736)
    assert run.status.phase == "done" and not run.alive and run.seconds > 60
    assert circumstances(run).versions["torch"].startswith("2.")
    assert "/" not in config.data, "it names no machine's folder"


def test_its_predictions_its_log_and_its_photos_agree() -> None:
    run = example_run()
    predictions = read_predictions(run.folder / "predictions.csv", run.config.classes)
    assert run.best and predictions.accuracy == pytest.approx(run.best.val_accuracy)
    assert run.best.val_accuracy > 0.8
    assert set(predictions.names) == {name for name, part in run.config.parts.items() if part == "val"}
    assert np.allclose(predictions.probabilities.sum(axis=1), 1, atol=1e-4)
    photos = example_photos()
    assert list(photos) == [predictions.names[index] for index in chosen(predictions)]
    for index in chosen(predictions):
        item = photos[predictions.names[index]]
        assert item.label == predictions.labels[index]
        assert open_photo(item.read(), item.name).image.size == (128, 128)
    frozen, last = example_weight_change()[:4], example_weight_change()[4]
    assert [change.distance for change in frozen] == [0, 0, 0, 0] and last.distance > 0.01
    points = run.first_points
    assert [point.passed for point in points][:3] == [320, 640, 1280] and points[-1].passed == 3670
    assert points[-1].val_accuracy < run.best.val_accuracy


def test_it_is_small_and_says_whose_its_photos_are() -> None:
    assert sum(path.stat().st_size for path in EXAMPLE_FOLDER.iterdir()) < 300_000
    words = (EXAMPLE_FOLDER / "README.md").read_text()
    assert "CC BY 2.0" in words
    for name in example_photos():
        number = name.rpartition("/")[2].partition("_")[0]
        assert f"https://www.flickr.com/photo.gne?id={number}" in words


def test_nothing_changes_it_and_it_is_behind_ones_own(tmp_path: Path) -> None:
    for change in (
        lambda: rename(EXAMPLE, "Mine"),
        lambda: delete(EXAMPLE),
        lambda: worker_process.go_on(EXAMPLE, epochs=20),
        lambda: worker_process.stop(EXAMPLE),
        lambda: find_run(EXAMPLE),
    ):
        with pytest.raises(ValueError, match=r"^The example ships with the app, and stays as it is\.$"):
            change()
    assert runs() == []
    own = done(config_of(colours_zip(tmp_path / "colours.zip")))
    assert newest_first([example_run(), own]) == [own, example_run()]


@pytest.mark.slow
def test_what_ships_of_a_run_is_all_that_is_shown_of_it(tmp_path: Path) -> None:
    first = done(config_of(colours_zip(tmp_path / "colours.zip")), "first")
    from dataclasses import replace

    config = replace(first.config, settings=replace(QUICK, strategy="stages"), start=first.status.weights)
    run = done(config, "second")
    shown = tmp_path / "example"
    pack(run, shown)
    assert RunConfig.read(shown) == replace(config, data="colours.zip")
    assert {path.name for path in shown.iterdir()} == {
        "run.json.gz", "state.json", "log.csv", "first_points.csv", "predictions.csv", "class_indices.json",
        "weight_change.csv", "photos.zip", "README.md",
    }  # fmt: skip
    for name in ("log.csv", "first_points.csv", "predictions.csv"):
        assert (shown / name).read_bytes() == (run.folder / name).read_bytes()
    assert '"weights": ""' in (shown / "state.json").read_text()
