"""Runs on this machine: begun, stopped, cut off and taken up, named, removed."""

import csv
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from resnet_explorer.finetune.runs import store, worker_process
from resnet_explorer.finetune.runs.job import run_job
from resnet_explorer.finetune.runs.queue import queue_place
from resnet_explorer.finetune.runs.status import (
    ALIVE,
    STOP,
    Estimate,
    Status,
    StatusWriter,
    read_status,
)
from resnet_explorer.finetune.runs.store import delete, find_run, rename, runs, runs_folder
from resnet_explorer.finetune.training.hyperparameters import Settings
from resnet_explorer.finetune.training.trainer import Progress
from resnet_explorer.weights import user_store
from resnet_explorer.weights.catalogue import available
from tests.finetune_colours import QUICK, colours_zip, config_of, done, is_over, numbers
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("temporary_home")
LONG = Settings("all", epochs=2000, batch_size=4, rate=0.01)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return colours_zip(tmp_path / "colours.zip")


def processes_of(key: str) -> list[psutil.Process]:
    folder = str(runs_folder() / key)
    return [each for each in psutil.process_iter(["cmdline"]) if folder in (each.info["cmdline"] or [])]


def test_a_run_is_kept_with_all_that_it_was_and_became(data: Path) -> None:
    run = done(config_of(data))
    assert runs() == [run]
    assert run.status == Status("done", epoch=3, weights=run.status.weights, seconds=run.seconds)
    assert run.seconds > sum(epoch.seconds for epoch in run.log), "the time between epochs is in it"
    assert not run.alive
    assert run.config == config_of(data)
    assert [epoch.epoch for epoch in run.log] == [1, 2, 3]
    assert run.best and run.best.val_accuracy == max(epoch.val_accuracy for epoch in run.log)
    assert run.weights and run.weights.label == "Colours"
    assert run.weights.classes == ("blue", "green", "red")
    assert run.weights.key in [entry.key for entry in available()]
    assert not list(run.folder.glob("features-*")), "what was only of use to the run is gone"


def test_a_run_that_ends_while_somebody_looks_was_not_cut_off(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = runs_folder() / "run"
    folder.mkdir(parents=True)
    config_of(data).write(folder)
    StatusWriter(folder).write(Status("testing", epoch=3))

    def ended(_: Path) -> bool:
        StatusWriter(folder).write(Status("done", epoch=3))
        return False

    monkeypatch.setattr(store, "is_locked", ended)
    assert not find_run("run").was_cut_off


def test_the_config_finds_the_photos_again_and_says_if_they_are_gone(data: Path) -> None:
    config = config_of(data)
    photos = config.photos()
    assert {item.name: item.part for item in photos.items} == config.parts
    assert photos.items[0].name == "colours/blue/0.png"
    assert photos.counts("train") == (12, 12, 12) and photos.counts("val") == (3, 3, 3)
    with pytest.raises(ValueError, match=r"^1 of the 46 photos of Colours are not in colours any more\.$"):
        replace(config, parts=config.parts | {"colours/red/99.png": "val"}).photos()
    data.unlink()
    with pytest.raises(ValueError, match=r"^The photos of this run \(colours\) are not where they were\.$"):
        config.photos()


def test_the_predictions_agree_with_the_log(data: Path) -> None:
    run = done(config_of(data))
    with (run.folder / "predictions.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["photo", "class", "blue", "green", "red"]
    assert {row[0] for row in rows} == {name for name, part in run.config.parts.items() if part == "val"}
    answers = [header[2:][max(range(3), key=lambda place: float(row[2 + place]))] for row in rows]
    right = sum(answer == row[1] for answer, row in zip(answers, rows, strict=True))
    assert run.best and right / len(rows) == pytest.approx(run.best.val_accuracy)
    assert all(sum(map(float, row[2:])) == pytest.approx(1, abs=1e-5) for row in rows)


@pytest.mark.slow
def test_a_stop_keeps_the_best_so_far_and_the_run_goes_on_to_the_same_numbers(data: Path) -> None:
    whole = done(config_of(data), "whole")
    config, folder = config_of(data, label="Parts"), runs_folder() / "parts"
    for progress in run_job(config, config.photos, folder):
        if isinstance(progress, Progress) and progress.result and progress.epoch == 2:
            (folder / STOP).touch()
    stopped = find_run("parts")
    assert (stopped.status.phase, stopped.status.epoch) == ("stopped", 2)
    assert stopped.weights, "the best so far can be used"
    again = done(config, "parts", resume=True)
    assert again.status.phase == "done"
    assert numbers(again.log) == numbers(whole.log)
    one, other = (load_file(run.folder / "network.safetensors") for run in (whole, again))
    assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    assert [weights.label for weights in user_store.kept()] == ["Colours", "Parts"], "what it had before went"


def test_a_run_that_fails_says_why_and_keeps_what_it_had(data: Path) -> None:
    config, folder = config_of(data), runs_folder() / "one"
    with pytest.raises(ValueError, match="is damaged in the archive"):
        for progress in run_job(config, config.photos, folder):
            if isinstance(progress, Progress) and progress.result:
                data.write_bytes(b"\0" * data.stat().st_size)  # the photos are gone from under it
    run = find_run("one")
    assert run.status.phase == "failed"
    assert "is damaged in the archive." in run.status.sentence
    assert len(run.log) == 1 and run.weights


def test_a_run_waits_for_the_one_before_it(data: Path) -> None:
    config, folder = config_of(data), runs_folder() / "second"
    with queue_place():
        steps = run_job(config, config.photos, folder)
        assert next(steps) == Status("waiting", total=1)
        assert read_status(folder).phase == "waiting"
    assert isinstance(next(steps), Progress)
    steps.close()
    assert read_status(folder).phase == "stopped"


def test_a_run_is_no_job_twice_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resnet_explorer.finetune.runs.job.PATIENCE", 0.1)
    config, folder = config_of(data), runs_folder() / "one"
    steps = run_job(config, config.photos, folder)
    next(steps)
    with pytest.raises(ValueError, match="is under way already"):
        next(run_job(config, config.photos, folder, resume=True))
    steps.close()


@pytest.mark.slow
def test_a_killed_process_is_taken_up_where_it_was(data: Path) -> None:
    key = worker_process.begin(config_of(data, replace(QUICK, epochs=40)))
    wait_until(lambda: bool(processes_of(key)))
    (process,) = processes_of(key)
    wait_until(lambda: len(find_run(key).log) >= 2)
    process.kill()  # before all is done: nothing slow may stand between the two
    process.wait(60)
    cut_off = find_run(key)
    assert cut_off.was_cut_off and not cut_off.alive
    before = cut_off.log
    worker_process.revive()
    wait_until(lambda: is_over(find_run(key)))
    run = find_run(key)
    assert run.status.phase == "done" and len(run.log) == 40
    assert run.log[: len(before)] == before


@pytest.mark.slow
def test_two_runs_queue_and_stop(data: Path) -> None:
    first = worker_process.begin(config_of(data, LONG, "First"))
    wait_until(lambda: find_run(first).status.phase == "training")
    second = worker_process.begin(config_of(data, LONG, "Second"))
    wait_until(lambda: find_run(second).status == Status("waiting", total=1))
    with pytest.raises(ValueError, match=r"^First is under way\.$"):
        worker_process.go_on(first)
    with pytest.raises(ValueError, match=r"^First is under way; stop it first\.$"):
        delete(first)
    worker_process.stop(first)
    wait_until(lambda: find_run(second).status.phase == "training")
    worker_process.stop(second)
    wait_until(lambda: not find_run(second).alive)
    assert {run.status.phase for run in runs()} == {"stopped"}
    assert [run.config.label for run in runs()] == ["Second", "First"], "the newest first"


@pytest.mark.slow
def test_a_run_that_is_done_goes_on_for_more_epochs(data: Path) -> None:
    run = done(config_of(data))
    first = run.log
    worker_process.go_on(run.key, epochs=5)
    wait_until(lambda: is_over(find_run(run.key)))
    again = find_run(run.key)
    assert again.status.phase == "done" and again.config.settings.epochs == 5
    assert again.log[:3] == first and len(again.log) == 5


@pytest.mark.slow
def test_a_run_whose_photos_are_gone_stays_as_it_is(data: Path) -> None:
    run = done(config_of(data))
    data.unlink()
    with pytest.raises(ValueError, match="are not where they were"):
        worker_process.go_on(run.key, epochs=5)
    assert find_run(run.key) == run


@pytest.mark.slow
def test_on_a_full_disk_the_end_is_written_over_the_last_status(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = done(config_of(data))

    def full(path: Path, content: str) -> None:
        raise ValueError("No space left on device")

    monkeypatch.setattr("resnet_explorer.finetune.runs.status.write_text", full)
    StatusWriter(run.folder).write(Status("failed", sentence="The disk is full."))
    assert read_status(run.folder) == Status("failed", sentence="The disk is full.")


@pytest.mark.slow
def test_a_new_name_is_the_networks_too_and_deleting_takes_both(data: Path) -> None:
    run = done(config_of(data))
    rename(run.key, "  Three\ncolours ")
    renamed = find_run(run.key)
    assert renamed.config.label == "Threecolours"
    assert renamed.weights and renamed.weights.label == "Threecolours"
    with pytest.raises(ValueError, match=r"^A run needs a name\.$"):
        rename(run.key, " ")
    delete(run.key)
    assert runs() == []
    assert run.status.weights not in [entry.key for entry in available()]
    with pytest.raises(ValueError, match="There is no run"):
        delete(run.key)


@pytest.mark.parametrize("key", ["", "..", "../weights", "/etc", "unknown", "a/b"])
def test_a_key_leads_nowhere_else(key: str) -> None:
    with pytest.raises(ValueError, match="There is no run"):
        find_run(key)


@pytest.mark.slow
def test_foreign_folders_and_damaged_configs_are_passed_over(data: Path) -> None:
    run = done(config_of(data))
    for name, content in {
        "empty": "",
        "text": "dear diary",
        "list": "[1]",
        "half": '{"settings": {}}',
    }.items():
        (runs_folder() / name).mkdir()
        (runs_folder() / name / "run.json").write_text(content)
    (runs_folder() / "nothing").mkdir()
    (run.folder / "state.json").write_text("{}")
    assert [each.key for each in runs()] == [run.key]
    assert runs()[0].status == Status("stopped")


@pytest.mark.slow
def test_the_lock_of_a_living_run_is_what_counts(data: Path) -> None:
    run = done(config_of(data))
    assert (run.folder / ALIVE).exists() and not run.alive


def test_an_estimate_counts_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    estimate = Estimate(epochs=3)
    assert estimate.left("features", 1, 0, 100) is None
    now[0] = 2
    assert estimate.left("features", 1, 25, 100) == pytest.approx(6)
    estimate.left("training", 1, 0, 10)
    now[0] = 3  # one second for the first of ten batches: nine more, and two epochs of ten
    assert estimate.left("training", 1, 1, 10) == pytest.approx(9 + 20)
    estimate.epoch_took(12)
    estimate.left("training", 2, 0, 10)
    now[0] = 9
    assert estimate.left("training", 2, 5, 10) == pytest.approx(6 + 12)
    assert estimate.left("testing", 2, 1, 4) == pytest.approx(6 + 12)


def test_what_cannot_be_asked_to_stop_is_told_in_a_sentence(data: Path) -> None:
    run = done(config_of(data))
    (run.folder / STOP).symlink_to(run.folder / "nowhere" / STOP)
    with pytest.raises(ValueError, match=r"one cannot be written to: No such file or directory\.$"):
        worker_process.stop("one")
