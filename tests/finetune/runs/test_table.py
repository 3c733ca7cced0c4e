"""What tables and files say of runs."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import torch

from resnet_explorer.export.bundle import bundle
from resnet_explorer.finetune.runs.curves import RunCurve, comparison_figure
from resnet_explorer.finetune.runs.downloads import network_file, network_onnx, run_bundle
from resnet_explorer.finetune.runs.status import Status
from resnet_explorer.finetune.runs.store import RunEntry, find_run, rename, runs
from resnet_explorer.finetune.runs.table import (
    differences,
    labels_of,
    learns,
    newest_first,
    row_of,
    settings_of,
    status_word,
)
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.run_config import RUN_CONFIG
from resnet_explorer.finetune.training.run_folder import Epoch
from resnet_explorer.model.fold_batch_norm import for_evaluation
from resnet_explorer.training.run_folder import LOG, write_log
from resnet_explorer.weights.checkpoint import read_checkpoint
from tests.finetune_colours import QUICK, SPEC, colours_zip, config_of, done

pytestmark = pytest.mark.usefixtures("temporary_home")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return colours_zip(tmp_path / "colours.zip")


def begun_at(run: RunEntry, moment: str) -> RunEntry:
    path = run.folder / RUN_CONFIG
    path.write_text(json.dumps(json.loads(path.read_text()) | {"begun": moment}))
    return find_run(run.key)


@pytest.mark.slow
def test_a_row_tells_what_decided_the_run_and_what_came_of_it(data: Path) -> None:
    run = done(config_of(data))
    row = row_of(run, {})
    log = list(csv.DictReader((run.folder / LOG).open()))
    assert (row.run, row.state, row.learns, row.start) == (
        "Colours",
        "done",
        "all parameters",
        "random values",
    )
    assert (row.photos, row.tested, row.classes) == (36, 9, 3)
    assert (row.done, row.epochs) == (3, 3)
    assert row.best == max(float(each["val_accuracy"]) for each in log)
    assert row.seconds == run.status.seconds > sum(float(each["seconds"]) for each in log)
    assert len(row.begun) == len("2026-11-21 23:05")
    named = replace(run, config=replace(run.config, start="bundled"))
    assert row_of(named, {"bundled": "ResNet-18"}).start == "ResNet-18"
    assert row_of(named, {}).start == "bundled"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings("head"), "a new head"),
        (Settings("stages"), "the last stage"),
        (Settings("stages", stages=3), "the last 3 stages"),
        (Settings("all"), "all parameters"),
    ],
)
def test_what_learns_in_words(settings: Settings, words: str) -> None:
    assert learns(settings) == words


@pytest.mark.slow
def test_only_what_differs_is_listed(data: Path) -> None:
    one = done(config_of(data))
    other = done(config_of(data, replace(QUICK, rate=0.02, seed=7, balance=True)), "two")
    assert differences([one, one], {}) == []
    assert dict(differences([one, other], {})) == {
        "Learning rate": ("0.01", "0.02"),
        "Rare classes weigh more": ("no", "yes"),
        "Seed": ("0", "7"),
    }
    told = settings_of(one, {})
    assert told["Classes"] == "blue, green, red"
    assert told["Sees"] == "16 × 16 pixels of 20"
    assert told["Photos"] == "colours"
    assert set(told) >= {"Epochs", "Photos a step", "Optimizer", "Schedule", "Label smoothing"}


@pytest.mark.slow
def test_the_newest_comes_first_and_two_of_one_name_are_told_apart(data: Path) -> None:
    old = begun_at(done(config_of(data), "b"), "2026-11-20T10:00:00+00:00")
    new = begun_at(done(config_of(data), "a"), "2026-11-21T10:00:00+00:00")
    assert [run.key for run in newest_first([old, new])] == ["a", "b"]
    labels = labels_of([old, new])
    assert labels["a"].startswith("Colours · 2026-11-21")
    assert len(set(labels.values())) == 2
    same = begun_at(done(config_of(data), "c"), "2026-11-21T10:00:20+00:00")
    assert len(set(labels_of([old, new, same]).values())) == 3


def test_a_damaged_log_is_an_empty_one(data: Path) -> None:
    run = done(config_of(data))
    for content in (b"epoch,train_loss\n1,x\n", b"epoch\n1\n", b"\xff\xfe\x00", b"a,b\n1,2,3\n"):
        (run.folder / LOG).write_bytes(content)
        assert run.log == ()
        assert row_of(run, {}).best is None
    (run.folder / RUN_CONFIG).write_text("[]")
    assert [each.key for each in runs()] == []


def test_a_run_that_died_is_cut_off(data: Path) -> None:
    run = done(config_of(data))
    assert status_word(run) == "done"
    assert status_word(replace(run, status=Status("training"), alive=True)) == "training"
    assert status_word(replace(run, status=Status("training"), alive=False)) == "cut off"


def test_the_best_is_the_first_of_equals(data: Path) -> None:
    run = done(config_of(data))
    epochs = [Epoch(number, 1.0, 0.5, 1.0, share, 1.0) for number, share in ((1, 0.5), (2, 0.8), (3, 0.8))]
    write_log(run.folder / LOG, Epoch, epochs)
    assert run.best == epochs[1]
    write_log(run.folder / LOG, Epoch, [])
    assert run.best is None


@pytest.mark.slow
def test_what_is_taken_home_has_the_name_of_today_and_the_best_values(data: Path) -> None:
    run = done(config_of(data))
    stored = (run.folder / "network.safetensors").read_bytes()
    assert network_file(run) == stored
    rename(run.key, "Three *colours*")
    run = find_run(run.key)
    renamed = read_checkpoint(network_file(run), "n.safetensors")
    assert renamed.weights.label == "Three *colours*"
    before = read_checkpoint(stored, "n.safetensors").state
    assert all(torch.equal(value, before[name]) for name, value in renamed.state.items())
    assert renamed.weights.spec == SPEC.with_(num_classes=3)

    content = run_bundle(run, {})
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        packed_one = read_checkpoint(packed.read("network.safetensors"), "n.safetensors")
        assert packed.read("class_indices.json") == (run.folder / "class_indices.json").read_bytes()
        readme = packed.read("README.md").decode()
    assert packed_one.weights == replace(renamed.weights, key=packed_one.weights.key)
    best = run.best
    assert best is not None
    assert "# Three \\*colours\\*" in readme
    assert f"after epoch {best.epoch} it was right on {best.val_accuracy:.1%} of 9 photos" in readme
    assert "all parameters learnt (Adam, learning rate 0.01, 8 photos a step, 3 epochs, seed 0)" in readme
    assert content != bundle(renamed.weights, network_file(run)), "where it comes from is told"

    read = onnx.load_from_string(network_onnx(run))
    assert {each.key: each.value for each in read.metadata_props}["label"] == "Three *colours*"
    values = {each.name: onnx.numpy_helper.to_array(each) for each in read.graph.initializer}
    fc = for_evaluation(renamed.network()).fc.weight
    assert torch.equal(torch.from_numpy(values["fc.weight"].copy()), fc)


def test_without_a_network_there_is_nothing_to_take_home(data: Path) -> None:
    run = done(config_of(data))
    (run.folder / "network.safetensors").unlink()
    with pytest.raises(ValueError, match=r"^Colours has no network yet\.$"):
        network_file(run)


def test_a_curve_for_each_run_in_its_colour() -> None:
    epochs = tuple(Epoch(number, 2.0 / number, 0.5, 1.0 / number, 0.1 * number, 1.0) for number in (1, 2, 3))
    figure = comparison_figure(
        (RunCurve('<b>"one" & more', epochs), RunCurve("two", epochs[:2])), "val_accuracy"
    )
    assert [trace.name for trace in figure.data] == ['&lt;b&gt;"one" &amp; more', "two"]
    assert [list(trace.x) for trace in figure.data] == [[1, 2, 3], [1, 2]]
    assert list(figure.data[0].y) == pytest.approx([0.1, 0.2, 0.3])
    assert figure.data[0].line.color != figure.data[1].line.color
    assert figure.data[0].marker.symbol != figure.data[1].marker.symbol, "not by a colour alone"
    assert figure.layout.yaxis.tickformat == ".0%"
    loss = comparison_figure((RunCurve("one", epochs),), "train_loss")
    assert list(loss.data[0].y) == pytest.approx([2.0, 1.0, 2 / 3])
